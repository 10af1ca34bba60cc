import { planOf } from '../commands/plan.ts';
import type { EventDraft } from '../events/event.ts';
import type { ClosingDetails } from '../events/event-types.ts';
import { windowOf } from '../state/schedule.ts';
import type { Emergency, Maintenance, Mode, Plan } from '../state/state.ts';

/** What a report is about: a maintenance that may have become an emergency, one that began as such, or a test run. */
type ReportKind = 'maintenance' | 'emergency' | 'test_run';

/** How a maintenance came to its end: by an admin, by the clock, or because another took the place of a test run. */
type Ending = 'disabled' | 'auto_ended' | 'window_ended' | 'replaced' | 'reset';

/** One emergency within a maintenance; there may be several. */
export interface EmergencyFacts {
  /** What it was declared in: nothing, or a maintenance that went on. */
  readonly trigger: 'declared' | 'escalated';
  readonly reason: string;
  readonly declaredBy: string;
  readonly declaredAt: number;
  readonly terminateJobs: boolean;
  /** Seconds. */
  readonly gracePeriod: number;
  /** When it was over, null while it is not. */
  readonly endedAt: number | null;
  /** Whether the maintenance went on after it. */
  readonly isDeescalated: boolean;
}

/** What the event log says of one maintenance. Instants are ms since the epoch. */
export interface ReportFacts {
  readonly id: string;
  readonly kind: ReportKind;
  /** The window that began it, null where somebody did. */
  readonly window: string | null;
  /** The modes that it has been in, in the order in which they came. */
  readonly modes: readonly Mode[];
  /** Why, as it was said last. */
  readonly reason: string;
  readonly startedBy: string;
  readonly startedAt: number;
  /** Null while it goes on. */
  readonly end: {
    readonly at: number;
    readonly by: string;
    readonly how: Ending;
    /** Seconds from start to end. */
    readonly duration: number;
  } | null;
  /** What was planned at the begin, and as it was changed last. */
  readonly plannedAtStart: Plan;
  readonly planned: Plan;
  readonly emergencies: readonly EmergencyFacts[];
  /** What happened, the begin first. */
  readonly events: readonly EventDraft[];
}

/** The maintenance that an event begins, null where it begins none. */
export function begunBy({ type, state }: EventDraft): Maintenance | null {
  return type === 'activated' || type === 'window_begun' ? state.maintenance : null;
}

/** The maintenances that an event tells of: the one it is about, the one that goes on, and the one that it ends. */
export function toldOfBy(event: EventDraft): readonly string[] {
  const ids = [event.maintenanceId, event.state.maintenance?.id, completedTestRun(event)?.id];
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

/**
 * What the events of a maintenance say of it.
 *
 * @param events all that tell of it, the one that begins it first
 */
export function reportFacts(events: readonly EventDraft[]): ReportFacts {
  const [first] = events;
  const begun = first === undefined ? null : begunBy(first);
  if (begun === null)
    throw new TypeError('The events of a report begin with the one that begins the maintenance.');
  const { id, startedAt, startedBy } = begun;
  const states = events
    .map(({ state }) => state.maintenance)
    .filter((maintenance) => maintenance?.id === id) as Maintenance[];
  const last = states.at(-1) ?? begun;
  const end = endOf(id, startedAt, events);
  return {
    id,
    kind: KINDS[begun.mode],
    window: windowOf(id),
    modes: states.map(({ mode }) => mode).filter((mode, index, all) => mode !== all[index - 1]),
    reason: last.reason,
    startedBy,
    startedAt,
    end,
    plannedAtStart: planOf(begun),
    planned: planOf(last),
    emergencies: emergenciesOf(id, events, end?.at ?? null),
    events,
  };
}

const KINDS: Readonly<Record<Mode, ReportKind>> = {
  normal: 'maintenance',
  emergency: 'emergency',
  test: 'test_run',
};

function endOf(id: string, startedAt: number, events: readonly EventDraft[]): ReportFacts['end'] {
  for (const event of events) {
    const { actor } = event;
    const replaced = completedTestRun(event);
    if (replaced?.id === id) {
      // A window replaces it at its start, however late that is told.
      return {
        at: endedAt(startedAt, replaced.duration, event),
        by: actor.id,
        how: 'replaced',
        duration: replaced.duration,
      };
    }
    const ending = event.maintenanceId === id ? endingOf(event) : null;
    if (ending !== null) {
      const { how, duration } = ending;
      return { at: endedAt(startedAt, duration, event), by: actor.id, how, duration };
    }
  }
  return null;
}

/** The clock's events say how long it took, and may be written long after the end. */
function endedAt(startedAt: number, duration: number, { actor, at }: EventDraft): number {
  return actor.via === 'clock' ? Math.min(at, startedAt + duration * 1000) : at;
}

/** How an event ends the maintenance that it is about, and after how many seconds; null where it ends none. */
function endingOf(event: EventDraft): { readonly how: Ending; readonly duration: number } | null {
  switch (event.type) {
    case 'deactivated':
      return { how: 'disabled', duration: event.details.duration };
    case 'auto_ended':
    case 'window_ended':
      return { how: event.type, duration: event.details.duration };
    case 'reset':
      return event.details.duration === undefined ? null : { how: 'reset', duration: event.details.duration };
    default:
      return null;
  }
}

function completedTestRun({ details }: EventDraft): ClosingDetails | null {
  return 'completed_test_run' in details ? (details.completed_test_run ?? null) : null;
}

function emergenciesOf(
  id: string,
  events: readonly EventDraft[],
  maintenanceEnd: number | null,
): readonly EmergencyFacts[] {
  const found: EmergencyFacts[] = [];
  const close = (at: number, isDeescalated: boolean): void => {
    const last = found.pop();
    if (last !== undefined)
      found.push(last.endedAt === null ? { ...last, endedAt: at, isDeescalated } : last);
  };
  for (const { type, at, state, maintenanceId } of events) {
    const { maintenance } = state;
    if (maintenanceId !== id) continue;
    if (type === 'deescalated') close(at, true);
    if (maintenance?.id !== id || maintenance.mode !== 'emergency') continue;
    if (type === 'escalated' || type === 'activated') found.push(emergencyFacts(type, maintenance));
  }
  if (maintenanceEnd !== null) close(maintenanceEnd, false);
  return found;
}

function emergencyFacts(type: 'escalated' | 'activated', emergency: Emergency): EmergencyFacts {
  const { reason, declaredBy, declaredAt, terminateJobs, gracePeriod } = emergency;
  return {
    trigger: type === 'escalated' ? 'escalated' : 'declared',
    reason,
    declaredBy,
    declaredAt,
    terminateJobs,
    gracePeriod,
    endedAt: null,
    isDeescalated: false,
  };
}
