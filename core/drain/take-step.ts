import { stateOf } from '../events/append-change.ts';
import type { EventLog } from '../events/event-log.ts';
import { eachOf } from '../jobs/stop-jobs.ts';
import type { Maintenance, State } from '../state/state.ts';
import {
  afterStep,
  type DrainFacts,
  type DrainStep,
  decideDrain,
  drainedBefore,
  NOTHING_DONE,
} from './decide-drain.ts';
import { type PauseParts, pauseAll, reasonOf, restoreAll } from './pause.ts';
import { drainable, isDrained, phaseBegan, phaseOf } from './phase.ts';
import { appendDrainReceipt } from './receipt.ts';
import {
  type DrainRecord,
  type DrainRecords,
  type FailedWork,
  MAX_FAILURES,
  newDrainRecord,
  type StepRecord,
  totalOf,
} from './record.ts';
import { type JobKind, MAX_IDS, type TerminatedWork } from './work-kind.ts';

export interface DrainParts {
  readonly events: EventLog;
  readonly records: DrainRecords;
  readonly pausing: PauseParts;
  readonly kinds: readonly JobKind[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told of each job that was terminated. */
  readonly onTerminated: (kind: string, work: TerminatedWork) => void;
}

/** Which workflow execution asks for a step, and until when it has time, ms since the epoch. */
interface DrainCall {
  readonly maintenanceId: string;
  readonly generation: number;
  readonly until: number;
}

export interface TakenStep {
  /** Seconds to wait before the next step; null where this was the last of its execution. */
  readonly wait: number | null;
  /** What was done about jobs; null where nothing was left to do. */
  readonly step: DrainStep | null;
  /** What could not be done in this step. */
  readonly failed: readonly FailedWork[];
  /** Null where another execution has taken over. */
  readonly record: DrainRecord | null;
}

/**
 * Steps of one execution: its history has room for 25,000 events, and a step makes about ten.
 * Source: Step Functions, "Quotas".
 */
const MAX_STEPS = 2000;

/** Seconds before the next step: after jobs were told something, and after something failed. */
const NEXT_STEP_S = 1;
const AFTER_FAILURE = 15;

/**
 * One step of a drain: reads the state and what has been done, does the next thing, and writes down that it was done. It
 * may be killed between any two steps and be repeated: everything that it does can be done twice. Rejects with
 * StoreUnavailableError when the event log or the record can't be reached.
 */
export async function takeStep(parts: DrainParts, call: DrainCall): Promise<TakenStep> {
  const { events, records, now } = parts;
  const { maintenanceId, generation } = call;
  const state = stateOf(await events.head());
  const item = records(maintenanceId);
  const { entry, revision } = await item.read();
  const begun = entry ?? newDrainRecord(maintenanceId, NOTHING_DONE, now());
  if (begun.generation !== generation) return { wait: null, step: null, failed: [], record: null };

  const [pauses, work] = await Promise.all([
    pauseOrRestore(parts, begun, state),
    drainJobs(parts, begun, state, call),
  ]);
  const failed = [...work.failed, ...pauses.failed];
  const record = atTheEndOf(
    { ...work.record, turns: begun.turns + 1, updatedAt: now() },
    { pauses: pauses.step, state, failed, now: now() },
  );
  const isOver = work.wait === null && pauses.step.outcome !== 'failed';
  const isLast = isOver || record.turns >= MAX_STEPS;
  const kept = isLast ? { ...record, generation: generation + 1, turns: 0 } : record;
  // Where somebody else has written meanwhile, what they wrote is looked at first.
  if (!(await item.replace(revision, kept))) return { wait: NEXT_STEP_S, step: work.step, failed, record };
  if (isLast) return { wait: null, step: work.step, failed, record: kept };
  const wait = (await isPhaseOver(parts, state)) ? NEXT_STEP_S : (work.wait ?? AFTER_FAILURE);
  return { wait, step: work.step, failed, record: kept };
}

/**
 * Whether the phase that a step has worked on is over. An emergency declared during the step may have found the record
 * as it was before: whoever would overtake this execution has then left it alone, and it must not wait patiently.
 */
async function isPhaseOver({ events, now }: DrainParts, seen: State): Promise<boolean> {
  const [before, after] = [seen, stateOf(await events.head())].map((state) => {
    const maintenance = drainable(state, now());
    return maintenance === null ? null : `${maintenance.id} ${phaseOf(maintenance)}`;
  });
  return before !== after;
}

interface PauseTurn {
  readonly step: StepRecord;
  readonly failed: readonly FailedWork[];
}

/** Pauses what brings new work while maintenance is active, and sets it back when none is. */
async function pauseOrRestore(
  { pausing, now }: DrainParts,
  record: DrainRecord,
  state: State,
): Promise<PauseTurn> {
  const { maintenanceId, steps } = record;
  const maintenance = drainable(state, now());
  const isOthers = maintenance !== null && maintenance.id !== maintenanceId;
  const isDone = steps.pauses.outcome === 'done' || steps.pauses.outcome === 'not_needed';
  if (isOthers || (maintenance !== null && isDone)) return { step: steps.pauses, failed: [] };
  try {
    const { done, failed } =
      maintenance === null ? await restoreAll(pausing) : await pauseAll(pausing, maintenanceId);
    if (failed.length > 0) return failedPause(failed, now());
    const { outcome } = steps.pauses;
    const unchanged = isDone ? outcome : 'not_needed';
    return { step: { outcome: done === 0 ? unchanged : 'done', at: now(), error: null }, failed: [] };
  } catch (error) {
    return failedPause([{ kind: 'pause', id: null, reason: reasonOf(error) }], now());
  }
}

function failedPause(failed: readonly FailedWork[], at: number): PauseTurn {
  return { step: { outcome: 'failed', at, error: failed[0]?.reason ?? null }, failed };
}

interface TakenJobsStep {
  readonly record: DrainRecord;
  readonly step: DrainStep | null;
  /** Seconds; null where there is nothing left to do. */
  readonly wait: number | null;
  readonly failed: readonly FailedWork[];
}

async function drainJobs(
  parts: DrainParts,
  begun: DrainRecord,
  state: State,
  { until }: DrainCall,
): Promise<TakenJobsStep> {
  const instant = parts.now();
  const active = drainable(state, instant);
  const maintenance = active?.id === begun.maintenanceId ? active : null;
  if (maintenance !== null && isDrained(begun, maintenance)) {
    return { record: begun, step: null, wait: null, failed: [] };
  }
  const looked =
    maintenance === null
      ? { asked: 0, others: 0, ids: [], failed: [] }
      : await lookAtAll(parts.kinds, drainedBefore(maintenance), instant);
  const facts: DrainFacts = {
    maintenanceId: begun.maintenanceId,
    state,
    now: instant,
    deadline: maintenance?.drainDeadline ?? null,
    jobs: { asked: looked.asked, others: looked.others },
    done: begun.progress,
  };
  const step = decideDrain(facts);
  const count = looked.asked + looked.others;
  const record: DrainRecord = {
    ...begun,
    phase: maintenance === null ? begun.phase : phaseOf(maintenance),
    waitingFor: { count, ids: looked.ids },
    jobs: { ...begun.jobs, found: Math.max(begun.jobs.found, count) },
  };
  // decideDrain stops where there is none, or another.
  if (step.step === 'stop' || maintenance === null) return { record: begun, step, wait: null, failed: [] };
  switch (step.step) {
    case 'wait':
      return { record, step, wait: secondsTo(step.until, parts.now()), failed: looked.failed };
    case 'flag_overdue':
      return {
        record: { ...record, progress: afterStep(facts, step) },
        step,
        wait: NEXT_STEP_S,
        failed: looked.failed,
      };
    case 'ask':
    case 'terminate': {
      const stopped = await stopAll(parts, maintenance, step.step === 'ask' ? step.deadline : null, until);
      const isThrough = stopped.remaining === 0;
      return {
        record: {
          ...record,
          progress: isThrough ? afterStep(facts, step) : record.progress,
          jobs: { ...record.jobs, terminated: sumOf(record.jobs.terminated, stopped.terminated) },
        },
        step,
        wait: step.step === 'ask' && isThrough ? secondsTo(step.deadline, parts.now(), 5) : NEXT_STEP_S,
        // A kind that can't be looked at can't be stopped either, for the same reason.
        failed: [...looked.failed, ...stopped.failed.filter((one) => !isAmong(one, looked.failed))],
      };
    }
    case 'report':
      return report(parts, record, maintenance, step, until, looked.failed);
  }
}

async function report(
  parts: DrainParts,
  record: DrainRecord,
  maintenance: Maintenance,
  step: DrainStep & { readonly step: 'report' },
  until: number,
  failed: readonly FailedWork[],
): Promise<TakenJobsStep> {
  const jobs = await countAllEnded(parts, record.jobs, maintenance, until);
  const outcome = step.outcome === 'drained' && totalOf(jobs.terminated) > 0 ? 'terminated' : step.outcome;
  const finished = { phase: phaseOf(maintenance), outcome, at: parts.now() };
  const done = { ...record, jobs, finished, failed: outcome === 'incomplete' ? record.failed : [] };
  // Where the phase is over meanwhile, the next step sees what to do.
  if (!(await appendDrainReceipt(parts, done))) return { record, step, wait: NEXT_STEP_S, failed };
  return { record: done, step: { ...step, outcome }, wait: null, failed };
}

/** Looks at all kinds. One that can't be looked at holds the maintenance back: nobody knows that its work is done. */
async function lookAtAll(kinds: readonly JobKind[], before: number, now: number) {
  const sum = { asked: 0, others: 0 };
  const ids: string[] = [];
  const failed: FailedWork[] = [];
  await eachOf(kinds, kinds.length, async (kind) => {
    try {
      const look = await kind.look(before, now);
      sum.asked += look.asked;
      sum.others += look.others;
      ids.push(...look.ids);
    } catch (error) {
      sum.asked += 1;
      failed.push({ kind: kind.name, id: null, reason: reasonOf(error) });
    }
  });
  return { ...sum, ids: ids.slice(0, MAX_IDS), failed };
}

async function stopAll(
  { kinds, now, onTerminated }: DrainParts,
  maintenance: Maintenance,
  deadline: number | null,
  until: number,
) {
  const terminated: Record<string, number> = {};
  let remaining = 0;
  const failed: FailedWork[] = [];
  await eachOf(kinds, kinds.length, async (kind) => {
    const told = (work: TerminatedWork): void => onTerminated(kind.name, work);
    try {
      const before = drainedBefore(maintenance);
      const stopped = await kind.stop({ before, deadline, now, until, onTerminated: told });
      terminated[kind.name] = stopped.terminated;
      remaining += stopped.remaining;
      failed.push(...stopped.failed.map(({ id, why }) => ({ kind: kind.name, id, reason: reasonOf(why) })));
    } catch (error) {
      failed.push({ kind: kind.name, id: null, reason: reasonOf(error) });
    }
  });
  return { terminated, remaining, failed };
}

/** Counts what was terminated and lost. Kinds that can't tell have been counted as they were stopped. */
async function countAllEnded(
  { kinds, now }: DrainParts,
  stopped: DrainRecord['jobs'],
  maintenance: Maintenance,
  until: number,
): Promise<DrainRecord['jobs']> {
  const asked = { since: phaseBegan(maintenance), before: drainedBefore(maintenance), now, until };
  const terminated = { ...stopped.terminated };
  const sum = { lost: 0, isExact: true };
  await eachOf(kinds, kinds.length, async (kind) => {
    try {
      const ended = await kind.countEnded(asked);
      if (ended === null) return;
      terminated[kind.name] = ended.terminated;
      sum.lost += ended.lost;
      sum.isExact &&= ended.isExact;
    } catch {
      // A number is not worth holding the maintenance back.
      sum.isExact = false;
    }
  });
  return { ...sum, found: stopped.found, terminated };
}

function sumOf(
  counts: Readonly<Record<string, number>>,
  further: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const names = Object.keys({ ...counts, ...further });
  return Object.fromEntries(names.map((name) => [name, (counts[name] ?? 0) + (further[name] ?? 0)]));
}

/** The record with the outcome of the parts that are carried out side by side. */
function atTheEndOf(
  record: DrainRecord,
  taken: {
    readonly pauses: StepRecord;
    readonly state: State;
    readonly failed: readonly FailedWork[];
    readonly now: number;
  },
): DrainRecord {
  const failed = taken.failed.length > 0 ? taken.failed.slice(0, MAX_FAILURES) : record.failed;
  const { steps } = record;
  return {
    ...record,
    failed,
    steps: {
      sessions: changedStep(steps.sessions, sessionsStep(record, taken.state), taken.now),
      jobs: changedStep(steps.jobs, jobsStep(record), taken.now),
      pauses: changedStep(steps.pauses, taken.pauses, taken.now),
    },
  };
}

/** The purge of sessions works by itself; its order stands in the state until it is through. */
function sessionsStep({ maintenanceId, steps }: DrainRecord, state: State): Omit<StepRecord, 'at'> {
  const { maintenance, purge, sessionsInvalidBefore } = state;
  if (purge?.maintenanceId === maintenanceId) return { outcome: 'pending', error: null };
  if (maintenance?.id !== maintenanceId) return steps.sessions;
  const hasEnded = sessionsInvalidBefore !== null && sessionsInvalidBefore >= maintenance.startedAt;
  return { outcome: hasEnded ? 'done' : 'not_needed', error: null };
}

function jobsStep({ finished, failed }: DrainRecord): Omit<StepRecord, 'at'> {
  if (finished === null) return { outcome: 'pending', error: null };
  return finished.outcome === 'incomplete'
    ? { outcome: 'failed', error: failed[0]?.reason ?? null }
    : { outcome: 'done', error: null };
}

function changedStep(before: StepRecord, after: Omit<StepRecord, 'at'>, now: number): StepRecord {
  const isSame = before.outcome === after.outcome && before.error === after.error && before.at !== null;
  return isSame ? before : { outcome: after.outcome, error: after.error, at: now };
}

function isAmong({ kind, id }: FailedWork, failed: readonly FailedWork[]): boolean {
  return failed.some((other) => other.kind === kind && other.id === id);
}

/** Whole seconds to an instant, one at least. */
function secondsTo(instant: number, now: number, most = 60): number {
  return Math.max(NEXT_STEP_S, Math.min(most, Math.ceil((instant - now) / 1000)));
}
