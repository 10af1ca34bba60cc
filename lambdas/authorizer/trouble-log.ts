import type { State } from '../../core/state/state.ts';

/** Lines about parts that are away. What goes on for long is told once a minute, not with each request. */
export interface TroubleLog {
  /** The event log, or the copy of the state, could not be read. */
  stateReadFailed(error: unknown): void;
  /** A state is known by its copy alone. */
  stateCopied(state: State): void;
  sessionsUnavailable(error: unknown): void;
}

const ONCE_IN = 60_000;

/** @param now milliseconds since the epoch */
export function troubleLog(write: (line: string) => void, now: () => number): TroubleLog {
  const toldAt = new Map<string, number>();
  const tell = (event: string, message: string, fields: Readonly<Record<string, unknown>>): void => {
    const timestamp = new Date(now()).toISOString();
    write(`${JSON.stringify({ level: 'WARN', message, timestamp, event, ...fields })}\n`);
  };
  const tellRarely = (event: string, message: string, error: unknown): void => {
    const last = toldAt.get(event);
    if (last !== undefined && Math.abs(now() - last) < ONCE_IN) return;
    toldAt.set(event, now());
    tell(event, message, reasonOf(error));
  };
  return {
    stateReadFailed: (error) =>
      tellRarely(
        'state_read_failed',
        'The state could not be read in time: the last known one decides.',
        error,
      ),
    stateCopied: ({ version }) =>
      tell('state_from_copy', 'The event log does not answer: the copy of the state in Redis decides.', {
        version,
      }),
    sessionsUnavailable: (error) =>
      tellRarely(
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
