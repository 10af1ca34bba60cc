import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { alarmOf, anchorOf } from '../../../core/health/alarms.ts';
import type { ObservedAlarm } from '../../../core/health/health-record.ts';

const STATES: Readonly<Record<string, ObservedAlarm['state']>> = {
  OK: 'ok',
  ALARM: 'alarm',
  INSUFFICIENT_DATA: 'insufficient_data',
};

/** The alarms whose names begin so. Rejects where CloudWatch does not answer. */
export async function askCloudWatch(
  client: Pick<CloudWatchClient, 'send'>,
  prefix: string,
): Promise<readonly ObservedAlarm[]> {
  const found: ObservedAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, NextToken, AlarmTypes: ['MetricAlarm'] }),
    );
    for (const alarm of page.MetricAlarms ?? []) found.push(...observedAs(prefix, alarm));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** None of an alarm that only begins as ours do. The heading stands in the description, for whoever gets it as a message. */
function observedAs(
  prefix: string,
  { AlarmName = '', AlarmDescription = '', StateValue, StateUpdatedTimestamp }: MetricAlarm,
): ObservedAlarm[] {
  const known = alarmOf(prefix, AlarmName);
  if (known === null) return [];
  return [
    {
      name: AlarmName,
      state: STATES[StateValue ?? ''] ?? 'insufficient_data',
      severity: known.severity,
      since: StateUpdatedTimestamp?.getTime() ?? null,
      runbook:
        /\S*troubleshooting\.md#[\w-]+/.exec(AlarmDescription)?.[0] ??
        `docs/troubleshooting.md#${anchorOf(known)}`,
    },
  ];
}
