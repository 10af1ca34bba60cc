import type { State } from '../../core/state/state.ts';

/** Lines about parts that are away. What goes on for long has a line a minute, not with each request. */
interface TroubleLog {
  /** The event log, or the copy of the state, could not be read. */
  stateReadFailed(error: unknown): void;
  /** A state is known by its copy alone. */
  stateCopied(state: State): void;
  sessionsUnavailable(error: unknown): void;
}

const LOG_INTERVAL_MS = 60_000;

/** @param now milliseconds since the epoch */
export function troubleLog(write: (line: string) => void, now: () => number): TroubleLog {
  const loggedAt = new Map<string, number>();
  const log = (event: string, message: string, fields: Readonly<Record<string, unknown>>): void => {
    const timestamp = new Date(now()).toISOString();
    write(`${JSON.stringify({ level: 'WARN', message, timestamp, event, ...fields })}\n`);
  };
  const logRarely = (event: string, message: string, error: unknown): void => {
    const last = loggedAt.get(event);
    if (last !== undefined && Math.abs(now() - last) < LOG_INTERVAL_MS) return;
    loggedAt.set(event, now());
    log(event, message, reasonOf(error));
  };
  return {
    stateReadFailed: (error) =>
      logRarely(
        'state_read_failed',
        'The state could not be read in time: the last known one decides.',
        error,
      ),
    stateCopied: ({ version }) =>
      log('state_from_copy', 'The event log does not answer: the copy of the state in Redis decides.', {
        version,
      }),
    sessionsUnavailable: (error) =>
      logRarely(
        'sessions_unavailable',
        'Sessions cannot be looked up in Redis: whoever shows only a cookie is anonymous.',
        error,
      ),
  };
}

function reasonOf(error: unknown): { error: string; cause: string | undefined } {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  return { error: message, cause: cause instanceof Error ? cause.message : undefined };
}
