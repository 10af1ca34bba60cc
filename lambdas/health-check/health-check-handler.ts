import { EVENT_SOURCE } from '../../core/environment.ts';
import { stateOf } from '../../core/events/append-change.ts';
import type { NewestState } from '../../core/health/agreement.ts';
import { checkHealth, type HealthCheckParts } from './check-health.ts';
import { type LagEvent, measureLag } from './measure-lag.ts';

/** What invoked it: the minute, or an event of maintenance on the bus. */
interface HealthCheckEvent {
  readonly source?: string;
  readonly detail?: LagEvent;
}

/**
 * Checks every part once a minute; and after an event how soon the gateway shows it. Never rejects for what it found:
 * a health check that fails is one that says nothing.
 */
export function createHealthCheckHandler(parts: HealthCheckParts) {
  /** The state as it was read last, for the time when the log can't be read. */
  let known: NewestState | null = null;

  const readNewest = async (): Promise<NewestState> => {
    const head = await parts.events.head();
    known = { state: stateOf(head), writtenAt: head?.at ?? null };
    return known;
  };

  return async (
    { source, detail = {} }: HealthCheckEvent,
    { awsRequestId }: { readonly awsRequestId: string },
  ): Promise<void> =>
    source === EVENT_SOURCE
      ? measureLag(parts, detail, awsRequestId)
      : checkHealth(parts, { read: readNewest, lastKnown: () => known?.state ?? null }, awsRequestId);
}
