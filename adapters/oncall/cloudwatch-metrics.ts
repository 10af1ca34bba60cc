import { type CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type {
  MetricQuery,
  MetricRange,
  MetricSeries,
  MetricSource,
} from '../../core/oncall/metric-source.ts';

/** Longest time for everything that is asked, retries included, ms. */
const DEADLINE = 6000;
/** Pages that are followed at most: a day of all series has two. */
const MAX_PAGES = 10;

/**
 * Metrics as CloudWatch keeps them. Rejects with whatever the client throws.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html
 */
export function cloudWatchMetrics(client: Pick<CloudWatchClient, 'send'>): MetricSource {
  return {
    read: async (queries, range) => {
      const abortSignal = AbortSignal.timeout(DEADLINE);
      const found = new Map<string, Map<number, number>>();
      let token: string | undefined;
      for (let page = 0; page < MAX_PAGES; page += 1) {
        const answer = await client.send(commandOf(queries, range, token), { abortSignal });
        for (const { Id = '', Timestamps = [], Values = [] } of answer.MetricDataResults ?? []) {
          const series = found.get(Id) ?? new Map<number, number>();
          for (const [index, at] of Timestamps.entries()) series.set(at.getTime(), Values[index] ?? 0);
          found.set(Id, series);
        }
        token = answer.NextToken;
        if (token === undefined) break;
      }
      return found satisfies ReadonlyMap<string, MetricSeries>;
    },
  };
}

function commandOf(
  queries: readonly MetricQuery[],
  { from, to, step }: MetricRange,
  token: string | undefined,
): GetMetricDataCommand {
  return new GetMetricDataCommand({
    StartTime: new Date(from),
    EndTime: new Date(to),
    ScanBy: 'TimestampAscending',
    NextToken: token,
    MetricDataQueries: queries.map(({ id, namespace, metric, dimensions, statistic }) => ({
      Id: id,
      MetricStat: {
        Metric: {
          Namespace: namespace,
          MetricName: metric,
          Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        },
        Period: step,
        Stat: statistic,
      },
    })),
  });
}
