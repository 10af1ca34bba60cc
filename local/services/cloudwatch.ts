import { isDeepStrictEqual } from 'node:util';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import type { CloudContext } from '../local-services.ts';
import type { Stack } from '../stack.ts';
import { type Alarms, type SeenAlarm, statisticOf } from './alarms.ts';
import {
  type AwsAnswer,
  type AwsCall,
  AwsError,
  type AwsService,
  jsonAnswer,
  jsonBody,
  unknownOperation,
} from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import type { Datapoint, Metrics } from './metrics.ts';
import { pageOf } from './page.ts';

/** What the service reads. */
interface CloudWatchParts {
  readonly alarms: Alarms;
  readonly metrics: Metrics;
  /** Measures now what is measured at intervals otherwise. */
  sample(): Promise<void>;
}

type Input = Readonly<Record<string, unknown>>;
type Dimensions = readonly { readonly Name: string; readonly Value: string }[];

interface MetricDataQuery {
  readonly Id: string;
  readonly Label?: string;
  readonly ReturnData?: boolean;
  readonly MetricStat?: {
    readonly Metric: {
      readonly Namespace: string;
      readonly MetricName: string;
      readonly Dimensions?: Dimensions;
    };
    /** Seconds. */
    readonly Period: number;
    readonly Stat: string;
  };
}

/** Alarms in one answer. Source: "DescribeAlarms" of the CloudWatch API reference. */
const MAX_ALARMS = 100;
/** Statistics that are known: those with a name, and percentiles. */
const STATISTIC = /^(Sum|Average|Minimum|Maximum|SampleCount|p(100|\d{1,2}(\.\d+)?))$/;
/** Settings of an alarm that are told as the template has them. */
const SHOWN = [
  'Period',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
  'Statistic',
  'ExtendedStatistic',
  'Dimensions',
  'Unit',
];

/** Tells the alarms' states and the measurements, and takes measurements. */
export class CloudWatch implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #parts: CloudWatchParts;

  constructor(context: CloudContext, caller: CallerAccess, parts: CloudWatchParts) {
    this.#context = context;
    this.#caller = caller;
    this.#parts = parts;
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    const input = jsonBody(call);
    switch (call.operation) {
      case 'DescribeAlarms':
        this.#caller.authorise(
          call,
          'cloudwatch:DescribeAlarms',
          `arn:aws:cloudwatch:${LOCAL_REGION}:${LOCAL_ACCOUNT}:alarm:*`,
        );
        return jsonAnswer(await this.#describeAlarms(input));
      case 'GetMetricData':
        this.#caller.authorise(call, 'cloudwatch:GetMetricData', '*');
        return jsonAnswer(await this.#getMetricData(input));
      case 'PutMetricData':
        this.#caller.authorise(call, 'cloudwatch:PutMetricData', '*');
        this.#parts.metrics.add(...datapoints(input, this.#context.clock.now()));
        return jsonAnswer({});
      default:
        throw unknownOperation('CloudWatch', call.operation);
    }
  }

  async #describeAlarms(input: Input): Promise<object> {
    const { AlarmNames, AlarmNamePrefix, StateValue, MaxRecords, NextToken } = input;
    await this.#parts.alarms.evaluate();
    const found = this.#parts.alarms
      .seen()
      .filter(
        ({ name, state }) =>
          (!Array.isArray(AlarmNames) || AlarmNames.includes(name)) &&
          (AlarmNamePrefix === undefined || name.startsWith(String(AlarmNamePrefix))) &&
          (StateValue === undefined || state === StateValue),
      )
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const { items, next } = pageOf(found, NextToken, Number(MaxRecords ?? MAX_ALARMS));
    return {
      MetricAlarms: items.map((alarm) => description(this.#context.stack, alarm)),
      CompositeAlarms: [],
      NextToken: next,
    };
  }

  /** Values of whole periods; a period begins at a multiple of its length. */
  async #getMetricData({ MetricDataQueries, StartTime, EndTime, ScanBy }: Input): Promise<object> {
    await this.#parts.sample();
    const [start, end] = [Number(StartTime) * 1000, Number(EndTime) * 1000];
    if (!(start < end)) throw invalid('The parameter StartTime must be less than the parameter EndTime.');
    const queries = (MetricDataQueries ?? []) as readonly MetricDataQuery[];
    const ascending = ScanBy === 'TimestampAscending';
    return {
      MetricDataResults: queries
        .map((query) => ({ query, points: this.#values(query, start, end) }))
        .filter(({ query }) => query.ReturnData !== false)
        .map(({ query, points }) => {
          const ordered = ascending ? points : points.toReversed();
          return {
            Id: query.Id,
            Label: query.Label ?? query.MetricStat?.Metric.MetricName,
            Timestamps: ordered.map(({ at }) => at / 1000),
            Values: ordered.map(({ value }) => value),
            StatusCode: 'Complete',
          };
        }),
      Messages: [],
    };
  }

  /** One value for each period in which something was measured, oldest first. */
  #values({ Id, MetricStat }: MetricDataQuery, start: number, end: number): { at: number; value: number }[] {
    if (!MetricStat) {
      throw invalid(`The local cloud knows no expressions: the query ${Id} must have a MetricStat.`);
    }
    const { Metric, Period, Stat } = MetricStat;
    if (!STATISTIC.test(Stat)) throw invalid(`The local cloud does not know the statistic ${Stat}.`);
    if (!(Period > 0)) throw invalid('The parameter Period must be a positive number of seconds.');
    const periodMs = Period * 1000;
    const first = Math.floor(start / periodMs) * periodMs;
    const dimensions = byName(Metric.Dimensions);
    const periods = new Map<number, number[]>();
    for (const point of this.#parts.metrics.find({ name: Metric.MetricName, namespace: Metric.Namespace })) {
      if (point.timestamp < first || point.timestamp >= end) continue;
      if (!isDeepStrictEqual(point.dimensions, dimensions)) continue;
      const at = Math.floor(point.timestamp / periodMs) * periodMs;
      const values = periods.get(at);
      if (values) values.push(point.value);
      else periods.set(at, [point.value]);
    }
    return [...periods]
      .map(([at, values]) => ({ at, value: statisticOf(Stat, values) }))
      .sort((a, b) => a.at - b.at);
  }
}

function description(stack: Stack, alarm: SeenAlarm): object {
  const properties = stack.properties(alarm.resource);
  return {
    ...Object.fromEntries(SHOWN.map((name) => [name, properties[name]])),
    AlarmName: alarm.name,
    AlarmArn: alarm.arn,
    AlarmDescription: alarm.description,
    Namespace: alarm.namespace,
    MetricName: alarm.metric,
    ActionsEnabled: properties.ActionsEnabled !== false,
    AlarmActions: properties.AlarmActions ?? [],
    OKActions: properties.OKActions ?? [],
    InsufficientDataActions: properties.InsufficientDataActions ?? [],
    StateValue: alarm.state,
    StateUpdatedTimestamp: alarm.since / 1000,
    StateTransitionedTimestamp: alarm.since / 1000,
  };
}

/** The measurements of a call to PutMetricData. @param now for those without a time of their own, in ms since 1970 */
function datapoints({ Namespace, MetricData }: Input, now: number): Datapoint[] {
  return ((MetricData ?? []) as readonly Input[]).flatMap((datum) => {
    if (datum.StatisticValues !== undefined)
      throw invalid('The local cloud takes single values, no StatisticValues.');
    const values = (datum.Values ?? [datum.Value]) as readonly number[];
    const counts = (datum.Counts ?? values.map(() => 1)) as readonly number[];
    return values.flatMap((value, index) =>
      Array.from({ length: counts[index] ?? 1 }, () => ({
        namespace: String(Namespace),
        name: String(datum.MetricName),
        dimensions: byName(datum.Dimensions as Dimensions | undefined),
        value,
        unit: String(datum.Unit ?? 'None'),
        timestamp: datum.Timestamp === undefined ? now : Number(datum.Timestamp) * 1000,
      })),
    );
  });
}

const byName = (dimensions: Dimensions = []): Record<string, string> =>
  Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, Value]));

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
