import { StoreUnavailableError } from '../errors.ts';
import type { Diagnostics } from '../oncall/schemas.ts';
import { rfc3339 } from '../text.ts';
import { judge } from './checks/check.ts';
import { SERVICES_CHECKS } from './checks/services.ts';
import { type Finding, healthOf, inOrder } from './finding.ts';
import type { HealthRecord, HealthRecordStore } from './health-record.ts';
import { type Observation, observed } from './observation.ts';

/**
 * What the newest health check found. It is worth showing when parts are down, its own store among them: what stands in
 * the way is a finding like the others. Rejects with nothing but bugs.
 */
export async function diagnose(records: Pick<HealthRecordStore, 'read'>, now: number): Promise<Diagnostics> {
  try {
    return diagnostics(await records.read(), now);
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    return withoutRecord(
      'health_record',
      'What the health check found cannot be read at the moment.',
      'Try again in a minute; `maintenance doctor --direct` looks at everything itself.',
    );
  }
}

function diagnostics(record: HealthRecord | null, now: number): Diagnostics {
  if (record === null) return withoutRecord('health_check', 'No health check has come to its end yet.');
  const age = Math.max(0, now - record.checkedAt) / 1000;
  const own = finding('health_check', observed(age));
  const findings = inOrder(own.status === 'ok' ? record.findings : [...record.findings, own]);
  return {
    status: healthOf(findings),
    as_of: rfc3339(record.checkedAt),
    age_seconds: Math.round(age),
    findings,
    alarms:
      record.alarms?.map(({ since, ...alarm }) => ({
        ...alarm,
        since: since === null ? null : rfc3339(since),
      })) ?? null,
  };
}

function withoutRecord(check: string, why: string, remedy?: string): Diagnostics {
  const findings = [finding(check, { outcome: 'failed', why, remedy, latency: null })];
  return { status: healthOf(findings), as_of: null, age_seconds: null, findings, alarms: null };
}

function finding(check: string, observation: Observation<number>): Finding {
  return judge(check, SERVICES_CHECKS.health_check, observation);
}
