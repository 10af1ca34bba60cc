import type { HistoryEvent } from '../api/types.ts';
import { operationLabel } from './format.ts';

const TITLES: Readonly<Record<string, string>> = {
  activated: 'Maintenance began',
  escalated: 'Escalated to emergency',
  deescalated: 'Back to normal maintenance',
  updated: 'Maintenance changed',
  deactivated: 'Maintenance ended',
  auto_ended: 'Maintenance ended by itself',
  rules_changed: 'Rules changed',
  window_scheduled: 'Window scheduled',
  window_changed: 'Window changed',
  window_cancelled: 'Window cancelled',
  window_begun: 'Window began',
  window_ended: 'Window ended',
  window_absorbed: 'Window fell into a maintenance',
  window_schedule_extended: 'Times of windows computed',
  principal_revoked: 'Credentials revoked',
  sessions_purge_requested: 'Sessions ended',
  sessions_purged: 'Sessions deleted',
  refreshed: 'Instances told to forget',
  log_level_changed: 'Log level changed',
  reset: 'State reset',
  drained: 'Jobs drained',
  drain_incomplete: 'Jobs not drained',
};

export function eventTitle({ type, details }: Pick<HistoryEvent, 'type' | 'details'>): string {
  if (type === 'activated' && details.mode === 'emergency') return 'Emergency declared';
  if (type === 'activated' && details.mode === 'test') return 'Test run began';
  return TITLES[type] ?? operationLabel(type);
}

/** One fact of an event, and what it was before. */
export interface Difference {
  readonly fact: string;
  /** Null where it was not said before. */
  readonly before: string | null;
  /** Null where it is not said any more. */
  readonly after: string | null;
}

/**
 * What an event says otherwise than those before it about the same maintenance or window; all that it says where there
 * are none.
 *
 * @param older the events before it, newest first
 */
export function differences(event: HistoryEvent, older: readonly HistoryEvent[]): readonly Difference[] {
  const same = older.filter((other) => isAboutTheSame(event, other));
  // The newest event says all of a window; of a maintenance, each says what is new.
  const [newest] = same;
  const now = factsOf(event);
  const then =
    windowOf(event) === null
      ? new Map(same.toReversed().flatMap((other) => [...factsOf(other)]))
      : newest === undefined
        ? new Map<string, string>()
        : factsOf(newest);
  const isWindow = windowOf(event) !== null;
  const facts = new Set([...(isWindow ? then.keys() : []), ...now.keys()]);
  return [...facts]
    .filter((fact) => now.get(fact) !== then.get(fact))
    .map((fact) => ({ fact, before: then.get(fact) ?? null, after: now.get(fact) ?? null }));
}

function isAboutTheSame(event: HistoryEvent, other: HistoryEvent): boolean {
  const window = windowOf(event);
  if (window !== null) return windowOf(other) === window;
  return (
    event.maintenance_id !== null && other.maintenance_id === event.maintenance_id && other.reason !== null
  );
}

function windowOf({ details: { window } }: HistoryEvent): string | null {
  return typeof window === 'object' && window !== null && 'id' in window ? String(window.id) : null;
}

/** What an event says, fact by fact; what is nested is taken apart. */
function factsOf({ reason, details }: HistoryEvent): Map<string, string> {
  const facts = new Map<string, string>();
  if (reason !== null) facts.set('Reason', reason);
  const add = (prefix: string, value: unknown): void => {
    if (value === null || value === undefined) {
      const nothing = OF_NOTHING[prefix];
      if (nothing !== undefined) facts.set(operationLabel(prefix), nothing);
      return;
    }
    if (Array.isArray(value)) {
      facts.set(
        operationLabel(prefix),
        value.map((item) => (typeof item === 'object' ? JSON.stringify(item) : String(item))).join(', '),
      );
      return;
    }
    if (typeof value === 'object') {
      for (const [name, inner] of Object.entries(value)) {
        if (!LEFT_OUT.has(name))
          add(prefix === '' || prefix === 'window' ? name : `${prefix} ${name}`, inner);
      }
      return;
    }
    facts.set(operationLabel(prefix), String(value));
  };
  add('', details);
  return facts;
}

/** What it means that a fact of a maintenance is null. */
const OF_NOTHING: Readonly<Record<string, string>> = {
  ends_at: 'no end',
  blocked_operations: 'all that write',
};

/** What follows from the rest. */
const LEFT_OUT = new Set(['next', 'coming', 'changed']);
