/** One measurement. */
export interface Datapoint {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
  readonly unit: string;
  /** Milliseconds since 1970, by the movable clock. */
  readonly timestamp: number;
}

interface EmbeddedMetrics {
  readonly Timestamp: number;
  readonly CloudWatchMetrics: readonly {
    readonly Namespace: string;
    readonly Dimensions: readonly (readonly string[])[];
    readonly Metrics: readonly { readonly Name: string; readonly Unit?: string }[];
  }[];
}

/** Datapoints kept of each metric; older ones are dropped. */
const LIMIT = 50_000;

/** Every measurement, from the functions' log lines and from the services themselves. */
export class Metrics {
  /** By the metric's name. */
  readonly #points = new Map<string, Datapoint[]>();

  add(...points: readonly Datapoint[]): void {
    for (const point of points) {
      const known = this.#points.get(point.name);
      if (!known) {
        this.#points.set(point.name, [point]);
        continue;
      }
      known.push(point);
      // Dropping a quarter at a time keeps the cost of an addition constant on average.
      if (known.length > LIMIT) known.splice(0, LIMIT / 4);
    }
  }

  /** Takes the measurements out of a log line, if it holds any. */
  addLine(line: string): void {
    this.add(...embeddedMetrics(line));
  }

  /** Measurements by name (all without one) and namespace; those of one name oldest first. */
  find({ name, namespace }: { name?: string; namespace?: string } = {}): Datapoint[] {
    const named = name === undefined ? [...this.#points.values()].flat() : (this.#points.get(name) ?? []);
    return named.filter((point) => namespace === undefined || point.namespace === namespace);
  }
}

/**
 * The measurements in a log line of the embedded metric format: one per set of dimensions and value.
 * Source: "Specification: Embedded metric format" of the CloudWatch user guide.
 */
export function embeddedMetrics(line: string): Datapoint[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  const document = parse(line);
  const metadata = document?._aws as EmbeddedMetrics | undefined;
  if (!document || metadata?.CloudWatchMetrics === undefined || typeof metadata.Timestamp !== 'number')
    return [];
  return metadata.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics: definitions }) =>
    (Dimensions.length > 0 ? Dimensions : [[]]).flatMap((names) => {
      const dimensions = Object.fromEntries(names.map((name) => [name, String(document[name])]));
      return definitions.flatMap(({ Name, Unit = 'None' }) =>
        [document[Name]].flat().flatMap((value) =>
          typeof value === 'number'
            ? [
                {
                  namespace: Namespace,
                  name: Name,
                  dimensions,
                  value,
                  unit: Unit,
                  timestamp: metadata.Timestamp,
                },
              ]
            : [],
        ),
      );
    }),
  );
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
