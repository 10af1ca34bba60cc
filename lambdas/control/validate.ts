import type { EventLog } from '../../core/event-log.ts';
import { stateOf } from '../../core/execute-command.ts';
import { validateEnable } from '../../core/validate-enable.ts';
import { json, type ProxyEvent, type ProxyResult } from '../shared/proxy-event.ts';
import { readBody } from '../shared/read-body.ts';

/** Says whether `enable` would take this body now, and what would come of it. Throws HttpProblem or StoreUnavailableError. */
export async function validate(event: ProxyEvent, events: EventLog, now: () => number): Promise<ProxyResult> {
  const body = readBody(event);
  const state = stateOf(await events.head());
  return json(200, validateEnable(body, state, now()), { 'X-Maintenance-Version': String(state.version) });
}
