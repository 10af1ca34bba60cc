import { StoreUnavailableError } from '../errors.ts';
import type { Diagnostics } from '../oncall/schemas.ts';
import { rfc3339 } from '../text.ts';
import { type Finding, healthOf, inOrder } from './finding.ts';
import type { HealthRecord, HealthRecordStore } from './health-record.ts';

/** The health check runs every minute; a record older than this says that it does not any more, ms. */
const OLD = 3 * 60_000;

const LOOK = 'Look why: `maintenance logs --function health-check --errors`.';

/**
 * What the newest health check found. It is worth showing when parts are down, its own store among them: what stands in
 * the way is a finding like the others. Rejects with nothing but bugs.
 */
export async function diagnose(records: Pick<HealthRecordStore, 'read'>, now: number): Promise<Diagnostics> {
  try {
    return diagnostics(await records.read(), now);
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    const remedy = 'Try again in a minute; `maintenance doctor --direct` looks at everything itself.';
    return withoutRecord(
      'health_record',
      'What the health check found cannot be read at the moment.',
      remedy,
    );
  }
}

function diagnostics(record: HealthRecord | null, now: number): Diagnostics {
  if (record === null) return withoutRecord('health_check', 'No health check has come to its end yet.', LOOK);
  const age = Math.max(0, now - record.checkedAt);
  const seconds = Math.round(age / 1000);
  const old = finding('health_check', `The last health check was ${seconds} s ago, and not a minute.`, LOOK);
  const findings = inOrder(age > OLD ? [...record.findings, old] : record.findings);
  return {
    status: healthOf(findings),
    as_of: rfc3339(record.checkedAt),
    age_seconds: seconds,
    findings,
    alarms:
      record.alarms?.map(({ since, ...alarm }) => ({
        ...alarm,
        since: since === null ? null : rfc3339(since),
      })) ?? null,
  };
}

function withoutRecord(check: string, seen: string, remedy: string): Diagnostics {
  const findings = [finding(check, seen, remedy)];
  return { status: healthOf(findings), as_of: null, age_seconds: null, findings, alarms: null };
}

function finding(check: string, seen: string, remedy: string): Finding {
  return { section: 'services', check, status: 'failed', seen, remedy, latency_ms: null };
}
