/** One series of a metric. */
export interface MetricQuery {
  /** Starts with a lower-case letter; letters, digits and underscores. Source: CloudWatch, "MetricDataQuery". */
  readonly id: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Maximum`, `Average`, or a percentile such as `p95`. */
  readonly statistic: string;
}

/** Values by the instant at which their step begins, ms since the epoch. */
export type MetricSeries = ReadonlyMap<number, number>;

/** What is asked for, in steps of `step` seconds from one instant to another (ms since the epoch). */
export interface MetricRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

export interface MetricSource {
  /** The series by the ids of the queries; nothing for one of which nothing is known. Rejects when they can't be had. */
  read(queries: readonly MetricQuery[], range: MetricRange): Promise<ReadonlyMap<string, MetricSeries>>;
}
