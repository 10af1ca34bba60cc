import { validateEnable } from '../../core/commands/validate-enable.ts';
import { stateOf } from '../../core/events/append-change.ts';
import type { EventLog } from '../../core/events/event-log.ts';
import { json, type ProxyEvent, type ProxyResult } from '../http/proxy-event.ts';
import { readBody } from '../http/read-body.ts';

/** Says whether `enable` would take this body now, and what would come of it. Throws HttpProblem or StoreUnavailableError. */
export async function validate(event: ProxyEvent, events: EventLog, now: () => number): Promise<ProxyResult> {
  const body = readBody(event);
  const state = stateOf(await events.head());
  return json(200, validateEnable(body, state, now()), { 'X-Maintenance-Version': String(state.version) });
}
