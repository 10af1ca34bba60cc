import { PAUSE_FAILURES } from '../drain/pause.ts';
import { type DrainRecord, type FailedWork, type StepRecord, totalOf } from '../drain/record.ts';
import type { EventOf } from '../events/event.ts';
import { rfc3339 } from '../text.ts';
import type { EmergencyFacts, ReportFacts } from './facts.ts';
import type { EmergencyStep, JobsReport } from './schemas.ts';

/** The record of a maintenance's drain, and how it is known. */
export type ReportDrain =
  | { readonly source: 'recorded'; readonly record: DrainRecord }
  | { readonly source: 'none' | 'unavailable' };

type DrainReceipt = EventOf<'drained' | 'drain_incomplete'>;

/**
 * What became of the jobs: of the receipts, one for each phase that came to its end, and of the record for one that did
 * not. Null where no drain was recorded, and where the record can't be read: the rest may be half of the truth.
 */
export function jobsReport(
  facts: Pick<ReportFacts, 'events' | 'id' | 'end'>,
  drain: ReportDrain,
): JobsReport | null {
  if (drain.source !== 'recorded') return null;
  const { record } = drain;
  const receipts = receiptsOf(facts).map(({ details }) => details);
  const newest = receipts.at(-1);
  const isOpen = newest === undefined || record.finished === null || record.finished.phase !== record.phase;
  const sum = (name: 'terminated' | 'lost') => receipts.reduce((total, receipt) => total + receipt[name], 0);
  const counts = {
    found: Math.max(record.jobs.found, ...receipts.map(({ found }) => found)),
    terminated: isOpen ? Math.max(sum('terminated'), totalOf(record.jobs.terminated)) : sum('terminated'),
    lost: sum('lost'),
    left: isOpen ? record.waitingFor.count : newest.left,
  };
  const unfinished = facts.end === null ? 'draining' : 'stopped';
  const failed = isOpen ? record.failed : newest.failed;
  return {
    status: isOpen ? unfinished : newest.outcome,
    ...counts,
    drained: Math.max(0, counts.found - counts.terminated - counts.lost - counts.left),
    // Kinds of work that keep no account were counted on from one phase to the next.
    counts_exact: !isOpen && receipts.length === 1 && newest.counts_exact,
    failed_to_terminate: failed.filter(isOfJobs),
  };
}

/** The steps of an emergency that the drain sees to or watches, each with its own outcome. */
export function drainedSteps(
  emergency: EmergencyFacts,
  facts: ReportFacts,
  drain: ReportDrain,
): { readonly sessions: StepOutcome; readonly jobs: StepOutcome; readonly pauses: StepOutcome } {
  const isNewest = emergency === facts.emergencies.at(-1);
  const { declaredAt, endedAt } = emergency;
  const receipt = receiptsOf(facts).find(
    ({ at, details }) =>
      details.mode === 'emergency' && at >= declaredAt && (endedAt === null || at <= endedAt),
  );
  // The record is replaced as a whole: of an earlier emergency only its receipt is left.
  const record = isNewest && drain.source === 'recorded' ? drain.record : null;
  const unknown = unknownStep(emergency, isNewest, drain);
  return {
    sessions: record === null ? unknown : outcomeOf(record.steps.sessions),
    jobs: jobsStep(emergency, receipt, record) ?? unknown,
    pauses: pausesStep(receipt, record) ?? unknown,
  };
}

export type StepOutcome = Omit<EmergencyStep, 'step'>;

function jobsStep(
  { terminateJobs, endedAt }: EmergencyFacts,
  receipt: DrainReceipt | undefined,
  record: DrainRecord | null,
): StepOutcome | null {
  if (!terminateJobs) return { outcome: 'skipped', at: null, error: null };
  if (receipt !== undefined) {
    const at = rfc3339(receipt.at);
    if (receipt.type === 'drained') return { outcome: 'done', at, error: null };
    const failed = receipt.details.failed.find(isOfJobs);
    return { outcome: 'failed', at, error: failed?.reason ?? `${receipt.details.left} jobs are left.` };
  }
  if (record === null) return null;
  if (endedAt === null) return { outcome: 'pending', at: null, error: null };
  return { outcome: 'stopped', at: rfc3339(endedAt), error: null };
}

function pausesStep(receipt: DrainReceipt | undefined, record: DrainRecord | null): StepOutcome | null {
  if (record !== null) return outcomeOf(record.steps.pauses);
  if (receipt === undefined) return null;
  const outcome = OUTCOMES[receipt.details.paused];
  return { outcome, at: rfc3339(receipt.at), error: null };
}

function unknownStep({ endedAt }: EmergencyFacts, isNewest: boolean, drain: ReportDrain): StepOutcome {
  if (isNewest && drain.source === 'unavailable') {
    return { outcome: 'not_recorded', at: null, error: 'The record of the drain could not be read.' };
  }
  return { outcome: endedAt === null ? 'pending' : 'not_recorded', at: null, error: null };
}

const OUTCOMES: Readonly<Record<StepRecord['outcome'], EmergencyStep['outcome']>> = {
  pending: 'pending',
  done: 'done',
  failed: 'failed',
  not_needed: 'skipped',
};

function outcomeOf({ outcome, at, error }: StepRecord): StepOutcome {
  return { outcome: OUTCOMES[outcome], at: at === null ? null : rfc3339(at), error };
}

function receiptsOf({ id, events }: Pick<ReportFacts, 'id' | 'events'>): DrainReceipt[] {
  return events
    .filter((event) => event.type === 'drained' || event.type === 'drain_incomplete')
    .filter(({ maintenanceId }) => maintenanceId === id);
}

/** Failures of a drain are those of jobs and those of pauses. */
function isOfJobs({ kind }: FailedWork): boolean {
  return !PAUSE_FAILURES.includes(kind);
}
