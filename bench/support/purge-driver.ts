import { randomUUID } from 'node:crypto';
import { executeCommand } from '../../core/execute-command.ts';
import { runPurge } from '../../core/purge.ts';
import type { SessionStore } from '../../core/session-store.ts';
import { ALICE, enable } from '../../test/support/examples.ts';
import { InMemoryEventLog } from '../../test/support/in-memory-event-log.ts';
import { InMemoryPurgeLedger } from '../../test/support/in-memory-purge-ledger.ts';

/** Keys of a batch of the bare loop. */
export const BATCH = 1000;

/**
 * Ends all sessions but admins' as the purge does for a maintenance, with an event log and a ledger that answer at once.
 * Throws unless the receipt says that it came to its end.
 */
export async function purge(store: SessionStore): Promise<void> {
  const events = new InMemoryEventLog();
  const now = Date.now;
  await executeCommand(
    { log: events, now, newId: randomUUID },
    { command: enable(), actor: ALICE, answer: () => null },
  );
  const parts = {
    store,
    events,
    ledger: new InMemoryPurgeLedger(),
    now,
    stopwatch: () => performance.now(),
    owner: randomUUID(),
    onEnded: () => {},
  };
  const { outcome } = await runPurge(parts, { until: Number.POSITIVE_INFINITY, sliceKeys: 0 });
  if (outcome !== 'completed') throw new Error(`The purge came to ${outcome}.`);
}
