import type { NewestState } from '../../core/health/agreement.ts';
import { CHECK_NAMES, findingOf } from '../../core/health/checks/checks.ts';
import { raisedOf } from '../../core/health/checks/services.ts';
import { changeWatchRecord, type WatchRecords, withAlarms } from '../../core/health/enforcement-record.ts';
import { type Finding, inOrder } from '../../core/health/finding.ts';
import type { HealthRecord, HealthRecordStore } from '../../core/health/health-record.ts';
import type { LeftOver } from '../../core/health/left-over.ts';
import { effective } from '../../core/state/clock.ts';
import type { State } from '../../core/state/state.ts';
import { metricLines } from './measure.ts';
import { observeAll, type Probes } from './observations.ts';

export interface HealthCheckParts extends Probes {
  readonly records: HealthRecordStore;
  readonly watched: WatchRecords;
  /** Writes a line of the log as it is. */
  readonly write: (line: string) => void;
}

interface States {
  readonly read: () => Promise<NewestState>;
  /** As it was read last; null where it never was. */
  readonly lastKnown: () => State | null;
}

/** Makes every check at once, takes up what stands still, measures, and keeps what was found. */
export async function checkHealth(parts: HealthCheckParts, states: States, requestId: string): Promise<void> {
  const { now, write } = parts;
  const checkedAt = now();
  const observations = observeAll(parts, states.read);
  const [found, left, activeJobs, mismatches, isTampered, alarms] = await Promise.all([
    Promise.all(CHECK_NAMES.map((name) => findingOf(name, observations.checks))),
    observations.leftOver(),
    observations.activeJobs(),
    observations.mismatches(),
    observations.isTampered(),
    observations.alarms(),
  ]);
  const findings = inOrder(found.filter((finding) => finding !== null));
  await restartWhatIsLeft(parts, left, requestId);
  const state = states.lastKnown();
  for (const line of metricLines({ state, activeJobs, mismatches, isTampered, findings }, now())) write(line);
  logFindings(parts, findings, requestId);
  await keep(parts, { checkedAt, findings, alarms }, state, requestId);
}

async function restartWhatIsLeft(
  { sessions, jobs, log }: HealthCheckParts,
  left: readonly LeftOver[],
  requestId: string,
): Promise<void> {
  for (const what of left) {
    const facts = { function: what, request_id: requestId };
    try {
      await (what === 'purge' ? sessions : jobs)?.restart();
      log.warn('Work that stood still was started again.', { event: 'work_restarted', ...facts });
    } catch (error) {
      log.warn('Work that stands still could not be started again.', {
        event: 'work_restart_failed',
        ...facts,
        error,
      });
    }
  }
}

function logFindings({ log }: HealthCheckParts, findings: readonly Finding[], requestId: string): void {
  const named = (wanted: Finding['status']) =>
    findings.filter(({ status }) => status === wanted).map(({ check }) => check);
  log.info('The health was checked.', {
    event: 'health_checked',
    request_id: requestId,
    failed: named('failed'),
    warnings: named('warning'),
  });
}

/** Keeps the record, and puts the alarms that are raised to the maintenance that is active. */
async function keep(
  { records, watched, log, now }: HealthCheckParts,
  record: HealthRecord,
  state: State | null,
  requestId: string,
): Promise<void> {
  const raised = raisedOf(record.alarms ?? []).map(({ name }) => name);
  const active = state === null ? null : effective(state, now()).maintenance;
  try {
    await records.write(record);
    if (active !== null && raised.length > 0) {
      await changeWatchRecord(watched, active.id, (before) => withAlarms(before, raised));
    }
  } catch (error) {
    log.warn('What the health check found could not be kept.', {
      event: 'health_record_failed',
      request_id: requestId,
      error,
    });
  }
}
