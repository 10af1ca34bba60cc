import { isDeepStrictEqual } from 'node:util';
import type { CloudContext } from '../local-services.ts';
import type { Resource } from '../template.ts';
import type { Delivery } from './delivery.ts';
import type { Metrics } from './metrics.ts';

/** What an alarm says. Source: "Alarm states" of the CloudWatch user guide. */
type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

interface Alarm {
  readonly resource: Resource;
  readonly name: string;
  readonly arn: string;
  readonly description: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
  readonly periodMs: number;
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly threshold: number;
  readonly breaches: (value: number, threshold: number) => boolean;
  readonly missing: string;
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  state: AlarmState;
  /** Of the last change of state, in milliseconds since 1970 by the movable clock. */
  since: number;
  /** Why the action of the newest change failed; absent where none did. */
  actionError?: string;
}

/** An alarm and its state, for those who look. */
export type SeenAlarm = Readonly<
  Pick<Alarm, 'resource' | 'name' | 'arn' | 'description' | 'namespace' | 'metric' | 'state' | 'since'>
>;

const COMPARISONS: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: sum,
  SampleCount: (values) => values.length,
  Average: (values) => sum(values) / values.length,
  Minimum: (values) => Math.min(...values),
  Maximum: (values) => Math.max(...values),
};

/** The template's alarms on single metrics, judged by the measurements of the local cloud. */
export class Alarms {
  readonly #context: CloudContext;
  readonly #metrics: Metrics;
  readonly #deliver: Delivery;
  readonly #alarms: readonly Alarm[];
  /** When the alarms were made, ms: nothing is missing from before that. */
  readonly #madeAt: number;

  constructor(context: CloudContext, metrics: Metrics, deliver: Delivery) {
    this.#context = context;
    this.#metrics = metrics;
    this.#deliver = deliver;
    this.#madeAt = context.clock.now();
    this.#alarms = context.stack.resources('AWS::CloudWatch::Alarm').map((resource) => this.#read(resource));
  }

  /** Judges every alarm now, sends what its change of state calls for, and returns the states. */
  async evaluate(): Promise<{ name: string; state: AlarmState; action_error?: string }[]> {
    for (const alarm of this.#alarms) {
      const state = this.#judge(alarm);
      if (state === alarm.state) continue;
      const before = alarm.state;
      alarm.state = state;
      alarm.since = this.#context.clock.now();
      delete alarm.actionError;
      for (const action of alarm.actions[state]) await this.#act(alarm, action, before);
    }
    return this.#alarms.map(({ name, state, actionError }) => ({
      name,
      state,
      ...(actionError === undefined ? {} : { action_error: actionError }),
    }));
  }

  /** What fails is told, and not tried again: so it is in AWS. */
  async #act(alarm: Alarm, action: string, before: AlarmState): Promise<void> {
    try {
      await this.#deliver(action, this.#notification(alarm, before), {
        service: 'cloudwatch.amazonaws.com',
        source: alarm.arn,
        subject: `${alarm.state}: "${alarm.name}"`.slice(0, 100),
      });
    } catch (error) {
      alarm.actionError = String(error);
      console.error(`The action of the alarm ${alarm.name} failed: ${alarm.actionError}`);
    }
  }

  /** Every alarm with the state that it was found in last. */
  seen(): readonly SeenAlarm[] {
    return this.#alarms;
  }

  #read(resource: Resource): Alarm {
    const { stack } = this.#context;
    const properties = stack.properties(resource);
    const refuse = (what: string): Error =>
      new Error(`The local cloud does not know ${what} of the alarm ${resource.logicalId}.`);
    const breaches = COMPARISONS[String(properties.ComparisonOperator)];
    if (!breaches) throw refuse(`the comparison ${properties.ComparisonOperator}`);
    const statistic = String(properties.Statistic ?? properties.ExtendedStatistic);
    if (!STATISTICS[statistic] && !/^p\d+(\.\d+)?$/.test(statistic))
      throw refuse(`the statistic ${statistic}`);
    const evaluationPeriods = Number(properties.EvaluationPeriods);
    const dimensions = (properties.Dimensions ?? []) as { Name: string; Value: unknown }[];
    const enabled = properties.ActionsEnabled !== false;
    const actions = (name: string) => (enabled ? ((properties[name] ?? []) as string[]) : []);
    return {
      resource,
      name: stack.attribute(resource, 'Ref'),
      arn: stack.attribute(resource, 'Arn'),
      description: String(properties.AlarmDescription ?? ''),
      namespace: String(properties.Namespace),
      metric: String(properties.MetricName),
      dimensions: Object.fromEntries(dimensions.map(({ Name, Value }) => [Name, String(Value)])),
      statistic,
      periodMs: Number(properties.Period) * 1000,
      evaluationPeriods,
      datapointsToAlarm: Number(properties.DatapointsToAlarm ?? evaluationPeriods),
      threshold: Number(properties.Threshold),
      breaches,
      missing: String(properties.TreatMissingData ?? 'missing'),
      actions: {
        ALARM: actions('AlarmActions'),
        OK: actions('OKActions'),
        INSUFFICIENT_DATA: actions('InsufficientDataActions'),
      },
      state: 'INSUFFICIENT_DATA',
      since: this.#context.clock.now(),
    };
  }

  /**
   * The newest periods, the one under way among them.
   * Source: "Configuring how CloudWatch alarms treat missing data" of the CloudWatch user guide.
   */
  #judge(alarm: Alarm): AlarmState {
    const { periodMs, evaluationPeriods, datapointsToAlarm, threshold, missing } = alarm;
    const end = (Math.floor(this.#context.clock.now() / periodMs) + 1) * periodMs;
    const start = end - periodMs * evaluationPeriods;
    const points = this.#metrics
      .find({ name: alarm.metric, namespace: alarm.namespace })
      .filter((point) => point.timestamp >= start && point.timestamp < end)
      .filter((point) => isDeepStrictEqual(point.dimensions, alarm.dimensions));
    const periods = Array.from({ length: evaluationPeriods }, (_, index) =>
      points
        .filter(({ timestamp }) => Math.floor((timestamp - start) / periodMs) === index)
        .map(({ value }) => value),
    );
    const judged = periods.flatMap((values, index) => {
      if (values.length > 0) return [alarm.breaches(statisticOf(alarm.statistic, values), threshold)];
      if (start + (index + 1) * periodMs <= this.#madeAt) return [];
      if (missing === 'breaching') return [true];
      return missing === 'notBreaching' ? [false] : [];
    });
    if (judged.filter((breaching) => breaching).length >= datapointsToAlarm) return 'ALARM';
    if (judged.length > 0) return 'OK';
    return missing === 'ignore' ? alarm.state : 'INSUFFICIENT_DATA';
  }

  #notification(alarm: Alarm, before: AlarmState): string {
    return JSON.stringify({
      AlarmName: alarm.name,
      AlarmDescription: alarm.description,
      AlarmArn: alarm.arn,
      NewStateValue: alarm.state,
      OldStateValue: before,
      StateChangeTime: new Date(this.#context.clock.now()).toISOString(),
      Trigger: { MetricName: alarm.metric, Namespace: alarm.namespace, Threshold: alarm.threshold },
    });
  }
}

/** @param statistic by its name, or a percentile such as `p99` */
export function statisticOf(statistic: string, values: readonly number[]): number {
  const known = STATISTICS[statistic];
  if (known) return known(values);
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.ceil((Number(statistic.slice(1)) / 100) * sorted.length);
  return sorted[Math.max(0, rank - 1)] ?? 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
