import type { EndedBatch } from '../../core/purge/run-purge.ts';
import type { SeenSession } from '../../core/sessions/session-store.ts';
import type { PurgeOrder } from '../../core/state/state.ts';
import { type LogLine, line, truncate } from '../../core/text.ts';

/** Sessions of a purge that are told one by one; of the others only the number of each batch is. */
const MAX_LINES = 1000;

/** Characters of a session's id that are shown: whoever knows the whole of it has the session. */
const SHOWN = 8;

/** What a principal is called who has no name. */
const NAMELESS = '-';

/**
 * The log lines of a batch that was deleted. Where some of it have changed or gone meanwhile, nobody knows which are
 * deleted: then only their number is told.
 */
export function endedLines(batch: EndedBatch): LogLine[] {
  const { sessions, deleted, deletedBefore, order } = batch;
  if (deleted === 0) return [];
  if (deleted < sessions.length) return [summary(batch, deleted)];
  const singly = sessions.slice(0, Math.max(0, MAX_LINES - deletedBefore));
  const lines = singly.map(({ id, facts }) => {
    const shown = truncate(id, SHOWN);
    const user = facts.user ?? NAMELESS;
    const reason = reasonOf(facts, order);
    return lineOf(
      batch,
      { session_id: shown, user, reason },
      { role: facts.roleName, readable: facts.readable },
    );
  });
  return singly.length === deleted ? lines : [...lines, summary(batch, deleted - singly.length)];
}

function summary(batch: EndedBatch, sessions: number): LogLine {
  const { order } = batch;
  return lineOf(batch, { sessions: String(sessions), reason: reasonOf(null, order) }, { sessions });
}

function lineOf(
  { order, version }: EndedBatch,
  values: Readonly<Record<string, string>>,
  fields: Readonly<Record<string, unknown>>,
): LogLine {
  return {
    message: line('[MAINTENANCE] Session invalidated', values),
    fields: {
      event: 'session_invalidated',
      version,
      purge_id: order.id,
      maintenance_id: order.maintenanceId,
      ...values,
      ...fields,
    },
  };
}

function reasonOf(facts: SeenSession['facts'] | null, order: PurgeOrder): string {
  const isNamed = order.scope === 'named' || (facts?.user && order.users.includes(facts.user));
  if (isNamed) return 'principal_revoked';
  return order.maintenanceId === null ? 'purge_requested' : 'maintenance_activation';
}
