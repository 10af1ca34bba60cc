import {
  Alarm,
  ComparisonOperator,
  type IAlarm,
  type IAlarmAction,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct, type IDependable } from 'constructs';
import {
  ALARMS,
  type AlarmDefinition,
  type AlarmName,
  anchorOf,
  ESCALATED_SUFFIX,
  ESCALATES_AFTER,
  type Level,
  levelOf,
  nextLevel,
} from '../../core/health/alarms.ts';
import type { AlertTopics } from './alert-topics.ts';
import type { Condition } from './conditions.ts';

const COMPARISONS: Readonly<Record<Condition['side'], ComparisonOperator>> = {
  at_least: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
};

interface AlarmsProps {
  /** Those there are. */
  readonly names: readonly AlarmName[];
  readonly conditions: Readonly<Record<AlarmName, Condition>>;
  readonly topics: AlertTopics;
  /** What stands before each name. */
  readonly prefix: string;
  /** Where the troubleshooting guide is. */
  readonly runbookUrl: string;
  /** Whether an alarm that nobody cures reaches the next level. */
  readonly escalates: boolean;
  /** What has to be there before silence means anything. */
  readonly checking: IDependable;
}

/**
 * Every alarm, with an escalation alarm for those that escalate: the same condition, watched until it has lasted for a quarter of
 * an hour longer. It is an alarm like any other, so nothing has to run for it that could fail too.
 */
export class Alarms extends Construct {
  readonly all: readonly IAlarm[];
  readonly #props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
    this.all = ALARMS.filter(({ name }) => props.names.includes(name)).flatMap((alarm) =>
      this.#withTwin(alarm),
    );
  }

  #withTwin(definition: AlarmDefinition & { readonly name: AlarmName }): Alarm[] {
    const { name, severity, description } = definition;
    const condition = this.#props.conditions[name];
    const runbook = `${this.#props.runbookUrl}#${anchorOf(definition)}`;
    const guide = `Severity: ${severity}. What to do: ${runbook}`;
    const level = levelOf(severity);
    const first = this.#alarm(name, condition, `${description} ${guide}`);
    if (level === null) {
      const { notices } = this.#props.topics;
      if (notices) first.addAlarmAction(new SnsAction(notices));
      return [first];
    }
    this.#notify(first, level);
    const next = nextLevel(severity);
    if (next === null || !this.#props.escalates) return [first];
    const longer = { ...condition, minutes: condition.minutes + ESCALATES_AFTER / 60_000 };
    const escalation = this.#alarm(
      `${name}${ESCALATED_SUFFIX}`,
      longer,
      `Still so after 15 minutes: ${description} ${guide}`,
    );
    this.#notify(escalation, next);
    return [first, escalation];
  }

  #alarm(name: string, { metric, side, threshold, minutes, missing }: Condition, description: string): Alarm {
    const alarm = new Alarm(this, idOf(name), {
      alarmName: `${this.#props.prefix}${name}`,
      alarmDescription: description,
      metric,
      comparisonOperator: COMPARISONS[side],
      threshold,
      evaluationPeriods: minutes,
      treatMissingData: missing,
    });
    // Else a first deployment would be told of a silence that is only its own beginning.
    if (missing === TreatMissingData.BREACHING) alarm.node.addDependency(this.#props.checking);
    return alarm;
  }

  /** That it is over is worth knowing to whoever was told that it is not. */
  #notify(alarm: Alarm, level: Level): void {
    const action: IAlarmAction = new SnsAction(this.#props.topics.levels[level]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

function idOf(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
