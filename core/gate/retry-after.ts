import { type Maintenance, plannedEnd } from '../state/state.ts';

const MINIMUM = 60;
const SPREAD = 30;
const UNKNOWN_END: Record<Maintenance['mode'], number> = { normal: 300, test: 300, emergency: 120 };
const MAX_PENALTY_S = 3600;

/**
 * Seconds that a blocked client should wait before it calls again: the value of Retry-After. Nobody is sent away for
 * longer than to the planned end.
 *
 * @param client whatever tells clients apart: a principal's id, else the source address
 * @param minutes consecutive ones in which the client has been over the limit of blocked calls
 */
export function retryAfter(maintenance: Maintenance, client: string, minutes: number, now: number): number {
  const base = baseWait(maintenance, client, now);
  const end = plannedEnd(maintenance);
  return end !== null && end > now ? base : repeatedWait(base, minutes);
}

/**
 * Seconds that a client should wait that is no repeat offender.
 * To the planned end, never under a minute, plus 0 to 30 s that are fixed per client so that clients do not all
 * come back at once; a minute when the end has passed; 300 (normal) or 120 (emergency) when no end is known.
 */
export function baseWait(maintenance: Maintenance, client: string, now: number): number {
  const end = plannedEnd(maintenance);
  if (end === null) return UNKNOWN_END[maintenance.mode];
  if (end <= now) return MINIMUM;
  return Math.max(MINIMUM, Math.ceil((end - now) / 1000)) + spread(client);
}

/**
 * Seconds for a client that has been over the limit of blocked calls for `minutes` consecutive minutes:
 * the wait doubles with every minute, up to an hour.
 */
export function repeatedWait(base: number, minutes: number): number {
  if (minutes <= 0) return base;
  return Math.max(base, Math.min(MAX_PENALTY_S, 60 * 2 ** (minutes - 1)));
}

/** FNV-1a over the client's name: cheap, and even enough to spread clients over half a minute. */
function spread(client: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < client.length; i += 1) {
    hash = Math.imul(hash ^ client.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % (SPREAD + 1);
}
