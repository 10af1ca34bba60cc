import { DynamoDbHealthRecords } from '../../adapters/health/health-record-store.ts';
import type { Observation } from '../../core/health/observation.ts';
import type { DiagnosticsFacts } from './api-facts.ts';
import { observe } from './observe.ts';
import type { TableAccess } from './observe-log.ts';

/**
 * What the scheduled health check has kept, past the API.
 *
 * @param limit longest wait, ms
 * @param now ms since the epoch
 */
export async function observeRecord(
  access: Observation<TableAccess>,
  limit: number,
  now: number,
): Promise<Observation<DiagnosticsFacts>> {
  if (access.outcome !== 'observed') return access;
  return await observe(limit, async () => {
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
