import { type CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmSeen, Severity } from '../../../core/health-record.ts';

const STATES: Readonly<Record<string, AlarmSeen['state']>> = {
  OK: 'ok',
  ALARM: 'alarm',
  INSUFFICIENT_DATA: 'insufficient_data',
};

/** The alarms whose names begin so. Rejects where CloudWatch does not answer. */
export async function askCloudWatch(
  client: Pick<CloudWatchClient, 'send'>,
  prefix: string,
): Promise<readonly AlarmSeen[]> {
  const found: AlarmSeen[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, NextToken, AlarmTypes: ['MetricAlarm'] }),
    );
    for (const alarm of page.MetricAlarms ?? []) found.push(seenAs(alarm));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** Severity and heading stand in the description, for whoever gets the alarm as a message. */
function seenAs({
  AlarmName = '',
  AlarmDescription = '',
  StateValue,
  StateUpdatedTimestamp,
}: MetricAlarm): AlarmSeen {
  const severity = /^Severity: (info|warning|high|critical)\b/.exec(AlarmDescription)?.[1] ?? 'warning';
  return {
    name: AlarmName,
    state: STATES[StateValue ?? ''] ?? 'insufficient_data',
    severity: severity as Severity,
    since: StateUpdatedTimestamp?.getTime() ?? null,
    runbook: /\S*troubleshooting\.md#[\w-]+/.exec(AlarmDescription)?.[0] ?? 'docs/troubleshooting.md',
  };
}
