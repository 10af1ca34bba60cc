import { Alarm, ComparisonOperator, type IAlarm, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Construct } from 'constructs';
import {
  ALARMS,
  type AlarmDefinition,
  type AlarmName,
  anchorOf,
  ESCALATES_AFTER,
  type Level,
  levelOf,
  nextLevel,
  TWIN,
} from '../../core/health/alarms.ts';
import type { AlertTopics } from './alert-topics.ts';
import type { Condition } from './conditions.ts';

const COMPARISONS: Readonly<Record<Condition['side'], ComparisonOperator>> = {
  at_least: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
  below: ComparisonOperator.LESS_THAN_THRESHOLD,
};

export interface AlarmsProps {
  readonly conditions: Readonly<Record<AlarmName, Condition>>;
  readonly topics: AlertTopics;
  /** What stands before each name. */
  readonly prefix: string;
  /** Where the troubleshooting guide is. */
  readonly runbookUrl: string;
}

/**
 * Every alarm, with a twin for those that escalate: the same condition, watched until it has lasted for a quarter of
 * an hour longer. A twin is an alarm like any other, so nothing has to run for it that could fail too.
 */
export class Alarms extends Construct {
  readonly all: readonly IAlarm[];
  readonly #props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.#props = props;
    this.all = ALARMS.flatMap((alarm) => this.#withTwin(alarm));
  }

  #withTwin(definition: AlarmDefinition & { readonly name: AlarmName }): Alarm[] {
    const { name, severity, description } = definition;
    const condition = this.#props.conditions[name];
    const runbook = `${this.#props.runbookUrl}#${anchorOf(definition)}`;
    const guide = `Severity: ${severity}. What to do: ${runbook}`;
    const level = levelOf(severity);
    const first = this.#alarm(name, condition, `${description} ${guide}`);
    if (level === null) {
      first.addAlarmAction(new SnsAction(this.#props.topics.notices));
      return [first];
    }
    this.#tell(first, level);
    const next = nextLevel(severity);
    if (next === null) return [first];
    const longer = { ...condition, minutes: condition.minutes + ESCALATES_AFTER / 60_000 };
    const twin = this.#alarm(`${name}${TWIN}`, longer, `Still so after 15 minutes: ${description} ${guide}`);
    this.#tell(twin, next);
    return [first, twin];
  }

  #alarm(name: string, { metric, side, threshold, minutes, missing }: Condition, description: string): Alarm {
    return new Alarm(this, idOf(name), {
      alarmName: `${this.#props.prefix}${name}`,
      alarmDescription: description,
      metric,
      comparisonOperator: COMPARISONS[side],
      threshold,
      evaluationPeriods: minutes,
      treatMissingData: missing,
    });
  }

  /** That it is over is worth knowing to whoever was told that it is not. */
  #tell(alarm: Alarm, level: Level): void {
    const action: IAlarmAction = new SnsAction(this.#props.topics.levels[level]);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}

function idOf(name: string): string {
  return name.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}
