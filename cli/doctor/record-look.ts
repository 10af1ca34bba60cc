import { DynamoDbHealthRecords } from '../../adapters/health/health-record-store.ts';
import type { DiagnosticsFacts } from './checks/facts.ts';
import type { TableAccess } from './log-looks.ts';
import { lookAt } from './look-at.ts';
import type { Look } from './observation.ts';

/**
 * What the scheduled health check has kept, past the API.
 *
 * @param limit longest wait, ms
 * @param now ms since the epoch
 */
export async function recordLook(
  access: Look<TableAccess>,
  limit: number,
  now: number,
): Promise<Look<DiagnosticsFacts>> {
  if (access.outcome !== 'seen') return access;
  return await lookAt(limit, async () => {
    const record = await new DynamoDbHealthRecords(access.value).read();
    if (record === null) return { age_seconds: null, findings: [], alarms: null };
    const { checkedAt, findings, alarms } = record;
    return {
      age_seconds: Math.max(0, Math.round((now - checkedAt) / 1000)),
      findings: [...findings],
      alarms: alarms === null ? null : [...alarms],
    };
  });
}
