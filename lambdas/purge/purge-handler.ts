import { StoreUnavailableError } from '../../core/errors.ts';
import { stateOf } from '../../core/events/append-change.ts';
import type { EventLog } from '../../core/events/event-log.ts';
import { type EndedBatch, type PurgeOutcome, type PurgeParts, runPurge } from '../../core/purge/run-purge.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import { loggedEventLog } from '../aws/logged-event-log.ts';
import { metricLine } from '../aws/metric-line.ts';
import { endedLines } from './ended-lines.ts';

interface PurgeHandlerParts extends Pick<PurgeParts, 'store' | 'record' | 'now' | 'stopwatch'> {
  readonly events: EventLog;
  /** The copy of the state in Redis, and the issuer's keys beside it. */
  readonly mirror: {
    follow(log: () => Promise<State>): Promise<void>;
    keepKeys(jwks: string): Promise<void>;
  };
  /** Reads the kept keys of the issuer, as JSON; null when there are none yet. */
  readonly issuerKeys: () => Promise<string | null>;
  readonly log: Log;
  /** Writes a line of the log as it is. */
  readonly write: (line: string) => void;
  readonly newId: () => string;
}

interface PurgeContext {
  readonly awsRequestId: string;
  readonly getRemainingTimeInMillis: () => number;
}

/** Left of the function's time when it stops in good order, ms: for a batch under way, a save, and slow answers. */
const RESERVE = 20_000;

/**
 * Keys that the slice of a minute goes past, after the purge: two or three seconds of work a minute at most, and among
 * a million keys each is seen every ten minutes.
 */
const SLICE_KEYS = 100_000;

/** Milliseconds between two lines with the number of deleted sessions, for whoever watches the metric. */
const METRIC_EVERY = 10_000;

/**
 * Deletes the sessions that the state says are to be deleted, whatever invoked it: an event on the bus or the minute.
 * On the way it brings the copy of the state in Redis up to date, so that it heals where Redis lost it.
 */
export function createPurgeHandler(parts: PurgeHandlerParts) {
  const { log, write, now } = parts;

  return async (_event: unknown, context: PurgeContext): Promise<void> => {
    const requestId = context.awsRequestId;
    const remaining = context.getRemainingTimeInMillis();
    const until = now() + Math.max(remaining / 2, remaining - RESERVE);
    const counter = new EndedCounter(parts, requestId);
    try {
      await keepMirror(parts, requestId);
      const outcome = await runPurge(
        {
          ...parts,
          events: loggedEventLog(parts.events, log, requestId),
          owner: parts.newId(),
          onEnded: (batch) => counter.count(batch),
        },
        { until, sliceKeys: SLICE_KEYS },
      );
      logOutcome(outcome, parts, requestId);
    } catch (error) {
      write(metricLine(now(), { SessionPurgeFailures: 1 }));
      const facts = { event: 'session_purge_cut_off', request_id: requestId, error };
      if (!(error instanceof StoreUnavailableError)) {
        log.error('The purge of sessions broke off unexpectedly.', facts);
        throw error;
      }
      log.warn('The purge of sessions was cut off; the next minute goes on.', facts);
    } finally {
      counter.flush();
    }
  };
}

/**
 * The copy of the state, with the keys by which to know admins while the table can't be read. Redis may be away: that is
 * no reason not to look whether there is something to do.
 */
async function keepMirror(
  { events, mirror, issuerKeys, log }: PurgeHandlerParts,
  requestId: string,
): Promise<void> {
  try {
    await mirror.follow(async () => stateOf(await events.head()));
    const jwks = await issuerKeys();
    if (jwks !== null) await mirror.keepKeys(jwks);
  } catch (error) {
    log.warn('The copy of the state in Redis could not be brought up to date; the next minute tries again.', {
      event: 'mirror_failed',
      request_id: requestId,
      error,
    });
  }
}

function logOutcome(outcome: PurgeOutcome, { log, write, now }: PurgeHandlerParts, requestId: string): void {
  switch (outcome.outcome) {
    case 'failed':
      write(metricLine(now(), { SessionPurgeFailures: 1 }));
      log.warn('Sessions cannot be deleted at the moment; the next minute tries again.', {
        event: 'session_purge_failed',
        request_id: requestId,
        error: outcome.error,
      });
      return;
    case 'handed_on':
      log.info('The purge of sessions is handed on to the next minute.', {
        event: 'session_purge_handed_on',
        request_id: requestId,
        purge_id: outcome.run.order.id,
        ...outcome.run.counts,
      });
      return;
    case 'busy':
      log.info('Sessions are being deleted by somebody else.', {
        event: 'session_purge_busy',
        request_id: requestId,
      });
      return;
    case 'completed':
    case 'swept':
    case 'idle':
      return;
  }
}

/** Tells of deleted sessions by lines, and of their number by the metric. */
class EndedCounter {
  readonly #parts: Pick<PurgeHandlerParts, 'log' | 'write' | 'now'>;
  readonly #requestId: string;
  #deleted = 0;
  #toldAt: number;

  constructor(parts: Pick<PurgeHandlerParts, 'log' | 'write' | 'now'>, requestId: string) {
    this.#parts = parts;
    this.#requestId = requestId;
    this.#toldAt = parts.now();
  }

  count(batch: EndedBatch): void {
    for (const { message, fields } of endedLines(batch)) {
      this.#parts.log.info(message, { ...fields, request_id: this.#requestId });
    }
    this.#deleted += batch.deleted;
    if (this.#parts.now() - this.#toldAt >= METRIC_EVERY) this.flush();
  }

  flush(): void {
    const now = this.#parts.now();
    if (this.#deleted > 0) this.#parts.write(metricLine(now, { SessionsPurged: this.#deleted }));
    this.#deleted = 0;
    this.#toldAt = now;
  }
}
