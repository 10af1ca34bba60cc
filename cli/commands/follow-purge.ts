import { setTimeout as pause } from 'node:timers/promises';
import { SILENT_AFTER_MS } from '../../core/health/thresholds.ts';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, type JsonObject, textOf } from '../json-object.ts';
import { whyOf } from '../render/purge.ts';
import { readStatus } from '../transport/read-status.ts';
import type { Transport } from '../transport/transport.ts';

/** The order whose run is followed. */
interface PurgeOrdered {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Milliseconds from one look to the next. */
const INTERVAL = 500;
/** Milliseconds without any change after which nobody waits on: a run that was cut off is taken up within a minute. */
const STALLED = SILENT_AFTER_MS;
const REMEDY = 'It is tried again every minute: `maintenance status` shows how it goes.';

/**
 * Looks at the run of an order until it has come to its end, and returns what it came to. Looks that fail are repeated.
 * Throws CliError when the run has failed, and when nothing has happened for 3 minutes.
 *
 * @param show told of the run at each look
 */
export async function followPurge(
  order: PurgeOrdered,
  transport: Transport,
  io: Io,
  show: (purge: JsonObject) => void,
): Promise<JsonObject> {
  let seen = '';
  let changedAt = io.now();
  for (;;) {
    const looked = await look(transport);
    const purge = looked instanceof CliError ? null : looked;
    if (purge !== null && isAbout(purge, order)) {
      show(purge);
      if (purge.status === 'completed') return purge;
      if (purge.status === 'failed') throw failed(purge);
    }
    const now = JSON.stringify(purge);
    if (purge !== null && now !== seen) [seen, changedAt] = [now, io.now()];
    if (io.now() - changedAt > STALLED) throw looked instanceof CliError ? looked : stalled();
    await pause(INTERVAL);
  }
}

/** The run that the status shows; why it could not be looked at, if that may be different the next time. */
async function look(transport: Transport): Promise<JsonObject | CliError | null> {
  try {
    const { session_purge: purge } = await readStatus(transport);
    return isObject(purge) ? purge : null;
  } catch (error) {
    if (error instanceof CliError && error.complaint.exitCode !== EXIT.notSignedIn) return error;
    throw error;
  }
}

/**
 * Whether a run carries out the order: its own, or that of a later one, which took the order in. What was over before
 * the order was given is about another one.
 */
export function isAbout(purge: JsonObject, { id, at }: PurgeOrdered): boolean {
  if (purge.id === id) return true;
  const finishedAt = Date.parse(textOf(purge.finished_at) ?? '');
  return Number.isNaN(finishedAt) ? purge.status !== 'failed' : finishedAt >= at;
}

function failed(purge: JsonObject): CliError {
  return new CliError({
    exitCode: EXIT.failed,
    code: 'purge_failed',
    message: `Not all sessions are deleted yet: ${whyOf(purge, 'the purge failed')}.`,
    remedy: REMEDY,
  });
}

function stalled(): CliError {
  return new CliError({
    exitCode: EXIT.failed,
    code: 'purge_stalled',
    message: `Nothing has been heard of the purge for ${STALLED / 60_000} minutes.`,
    remedy: REMEDY,
  });
}
