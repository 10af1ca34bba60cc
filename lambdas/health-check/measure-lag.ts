import type { EventType } from '../../core/events/event-types.ts';
import { DECISIVE_EVENTS } from '../../core/health/agreement.ts';
import { changeWatchRecord, type MeasuredLag, withLag } from '../../core/health/enforcement-record.ts';
import type { HealthCheckParts } from './check-health.ts';
import { lagLine } from './measure.ts';
import { firstShown } from './probes/enforcement.ts';

/** What the bus says of an event. */
export interface LagEvent {
  readonly type?: EventType;
  readonly version?: number;
}

/** Events among which one is looked for that has just come: those that were overtaken are not worth a measurement. */
const NEWEST = 5;

/** How soon the gateway shows an event: measured as a metric, and kept for the report of its maintenance. */
export async function measureLag(
  parts: Pick<HealthCheckParts, 'events' | 'watched' | 'canary' | 'log' | 'write' | 'now' | 'wait'>,
  { version, type }: LagEvent,
  requestId: string,
): Promise<void> {
  const { events, watched, log, write, now } = parts;
  if (version === undefined || type === undefined) return;
  try {
    const { items } = await events.page({ limit: NEWEST });
    const event = items.find(({ number }) => number === version);
    const isOvertaken = items.some((other) => other.number > version && DECISIVE_EVENTS.includes(other.type));
    if (event === undefined || isOvertaken) return;
    const shown = await firstShown(version, parts);
    const milliseconds = shown === null ? null : Math.max(0, shown - event.at);
    if (milliseconds !== null) write(lagLine(now(), milliseconds));
    const facts = { event: 'enforcement_measured', request_id: requestId, version, type, milliseconds };
    if (milliseconds === null) log.warn('The gateway did not show an event within five seconds.', facts);
    else log.info('The gateway shows an event.', facts);
    const lag: MeasuredLag = { version, type, at: event.at, milliseconds };
    if (event.maintenanceId !== null) {
      await changeWatchRecord(watched, event.maintenanceId, (record) => withLag(record, lag));
    }
  } catch (error) {
    log.warn('How soon the gateway shows an event could not be measured.', {
      event: 'enforcement_unmeasured',
      request_id: requestId,
      version,
      error,
    });
  }
}
