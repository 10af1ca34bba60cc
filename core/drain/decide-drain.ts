import type { StandingOrder } from '../jobs/change-job.ts';
import { effective } from '../state/clock.ts';
import type { Maintenance, State } from '../state/state.ts';

/** From so many ms after its event no instance decides by the state before: see StateCache. */
export const IN_FORCE_AFTER = 1000;

/** Milliseconds between two looks at the jobs: while they may take their time, and while an emergency waits for them. */
const DRAIN_POLL_MS = 15_000;
const EMERGENCY_POLL_MS = 5000;

/** How often jobs that could not be terminated are tried. */
export const MAX_TERMINATIONS = 3;

/** What a drain is decided by: everything is read anew for each step. */
export interface DrainFacts {
  /** The maintenance that the drain was started for. */
  readonly maintenanceId: string;
  /** The newest state. */
  readonly state: State;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** When jobs should be gone in normal mode, ms since the epoch; null where nobody has said. */
  readonly deadline: number | null;
  /** The active jobs that were registered before `drainedBefore`: those that were asked to stop, and the others. */
  readonly jobs: { readonly asked: number; readonly others: number };
  readonly done: DrainProgress;
}

/** What a drain has done so far. */
export interface DrainProgress {
  /** The emergency (its `declaredAt`) for which jobs were asked, and until when they have time. */
  readonly asked: { readonly emergency: number; readonly deadline: number } | null;
  /** How often jobs were terminated for that emergency. */
  readonly terminations: number;
  /** Whether it has been told that the deadline of normal mode has passed. */
  readonly toldOverdue: boolean;
}

export const NOTHING_DONE: DrainProgress = { asked: null, terminations: 0, toldOverdue: false };

/** What to do next. All instants are ms since the epoch. */
export type DrainStep =
  /** `over`: the maintenance has ended, or blocks nothing. `superseded`: another one has taken its place. */
  | { readonly step: 'stop'; readonly why: 'over' | 'superseded' }
  | { readonly step: 'wait'; readonly until: number }
  | { readonly step: 'ask'; readonly deadline: number }
  | { readonly step: 'terminate' }
  /** Tells that jobs are still running although the deadline of normal mode has passed; then waits on. */
  | { readonly step: 'flag_overdue' }
  /** `drained`: all ended by themselves. `terminated`: some had to be. `incomplete`: some could not be. */
  | { readonly step: 'report'; readonly outcome: 'drained' | 'terminated' | 'incomplete' };

/**
 * The next step of a drain. Normal mode lets jobs finish. An emergency that terminates jobs asks them to stop, never
 * before the block is in force everywhere, gives them the grace period, and terminates what is left. A drain that
 * began in normal mode goes on as the emergency's, and the other way round.
 */
export function decideDrain(facts: DrainFacts): DrainStep {
  const { state, now, jobs } = facts;
  const { maintenance } = effective(state, now);
  if (maintenance === null || maintenance.mode === 'test') return { step: 'stop', why: 'over' };
  if (maintenance.id !== facts.maintenanceId) return { step: 'stop', why: 'superseded' };
  const inForceAt = drainedBefore(maintenance);
  if (now < inForceAt) return { step: 'wait', until: inForceAt };
  const progress = progressIn(maintenance, facts.done);
  if (jobs.asked + jobs.others === 0) {
    return { step: 'report', outcome: progress.terminations > 0 ? 'terminated' : 'drained' };
  }
  return maintenance.mode === 'emergency' && maintenance.terminateJobs
    ? hurry(facts, progress, maintenance.gracePeriod)
    : letFinish(facts, progress);
}

/**
 * Jobs registered before this instant (ms since the epoch) have to go. Later ones are admins' own, registered although
 * maintenance blocks it.
 */
export function drainedBefore(maintenance: Maintenance): number {
  const since = maintenance.mode === 'emergency' ? maintenance.declaredAt : maintenance.startedAt;
  return since + IN_FORCE_AFTER;
}

/** What a job is told that comes back from being lost at `now`; null while jobs may run. */
export function standingOrder(state: State, now: number): StandingOrder | null {
  const { maintenance } = effective(state, now);
  if (maintenance?.mode !== 'emergency' || !maintenance.terminateJobs) return null;
  const before = drainedBefore(maintenance);
  return now < before ? null : { before, gracePeriod: maintenance.gracePeriod, reason: 'emergency_mode' };
}

/** What has been done once a step has been carried out that `facts` had led to. */
export function afterStep(facts: DrainFacts, step: DrainStep): DrainProgress {
  const { maintenance } = effective(facts.state, facts.now);
  if (maintenance === null) return facts.done;
  const progress = progressIn(maintenance, facts.done);
  if (step.step === 'flag_overdue') return { ...progress, toldOverdue: true };
  if (maintenance.mode !== 'emergency') return progress;
  const emergency = maintenance.declaredAt;
  switch (step.step) {
    case 'ask':
      return { ...progress, asked: { emergency, deadline: step.deadline } };
    case 'terminate':
      return {
        ...progress,
        asked: progress.asked ?? { emergency, deadline: facts.now },
        terminations: progress.terminations + 1,
      };
    default:
      return progress;
  }
}

/** What was done for an earlier emergency of the same maintenance counts no more. */
function progressIn(maintenance: Maintenance, done: DrainProgress): DrainProgress {
  const isOfThis = maintenance.mode === 'emergency' && done.asked?.emergency === maintenance.declaredAt;
  return isOfThis ? done : { ...done, asked: null, terminations: 0 };
}

function letFinish({ now, deadline }: DrainFacts, { toldOverdue }: DrainProgress): DrainStep {
  if (deadline === null || toldOverdue) return { step: 'wait', until: now + DRAIN_POLL_MS };
  if (now >= deadline) return { step: 'flag_overdue' };
  return { step: 'wait', until: Math.min(deadline, now + DRAIN_POLL_MS) };
}

function hurry({ now, jobs }: DrainFacts, progress: DrainProgress, gracePeriod: number): DrainStep {
  const deadline = progress.asked?.deadline ?? now + gracePeriod * 1000;
  if (now >= deadline) {
    return progress.terminations < MAX_TERMINATIONS
      ? { step: 'terminate' }
      : { step: 'report', outcome: 'incomplete' };
  }
  // Jobs that were asked by somebody else before may have been given more time.
  if (progress.asked === null || jobs.others > 0) return { step: 'ask', deadline };
  return { step: 'wait', until: Math.min(deadline, now + EMERGENCY_POLL_MS) };
}
