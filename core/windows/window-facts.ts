import { rfc3339 } from '../text.ts';
import type { WindowView } from './schemas.ts';
import type { Window } from './window.ts';

/** A window at an instant: what the event log keeps of it when it is scheduled, changed or cancelled. */
export interface WindowFacts extends Window {
  /** When it ends that begins at `startsAt`; absent in events from when ends did not go by the clock on the wall. */
  readonly endsAt?: number;
  readonly status: 'scheduled' | 'running' | 'cancelled';
  /** The next times that it takes place, without the one that runs; ms since the epoch. */
  readonly next: readonly { readonly startsAt: number; readonly endsAt: number }[];
}

/** A window as the HTTP API shows it. The first events of windows hold that view itself, which stays as it is. */
export function viewOfFacts(facts: WindowFacts | WindowView): WindowView {
  if ('starts_at' in facts) return facts;
  const { startsAt, length, endsAt = startsAt + length } = facts;
  return {
    id: facts.id,
    reason: facts.reason,
    ...(facts.publicReason !== undefined && { public_reason: facts.publicReason }),
    ...instants({ startsAt, endsAt }),
    duration: Math.round(length / 1000),
    mode: facts.mode,
    auto_end: facts.autoEnd,
    blocked_operations: facts.blockedOperations,
    invalidate_sessions: facts.mode === 'normal' && facts.invalidateSessions !== false,
    notify_users: facts.notifyUsers !== false,
    drain_deadline: facts.drainDeadline ?? null,
    rrule: facts.rrule,
    timezone: facts.timezone,
    status: facts.status,
    next: facts.next.map(instants),
    scheduled_at: rfc3339(facts.scheduledAt),
    scheduled_by: facts.scheduledBy,
  };
}

function instants({ startsAt, endsAt }: { readonly startsAt: number; readonly endsAt: number }) {
  return { starts_at: rfc3339(startsAt), ends_at: rfc3339(endsAt) };
}
