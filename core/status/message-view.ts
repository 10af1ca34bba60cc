import { isForbidden } from '../decision/decide.ts';
import { describeOperation, OPERATION_TYPES } from '../messages/operation-texts.ts';
import { effective } from '../state/clock.ts';
import { ownOperations, plannedEnd, type State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import type { MessageView } from './schemas.ts';
import { statusMessage } from './status-view.ts';

/** The operation types that people can ask about; the health check's probe is of no interest to them. */
export function knownOperations(state: State): readonly string[] {
  const builtIn = OPERATION_TYPES.map(({ name }) => name).filter((name) => name !== 'canary');
  return [...builtIn, ...ownOperations(state)];
}

/** What people are to be told at `now` about an operation type, or in general. */
export function messageView(state: State, operation: string | null, now: number): MessageView {
  const { maintenance } = effective(state, now);
  const end = maintenance === null ? null : plannedEnd(maintenance);
  const isBlocked =
    operation !== null &&
    maintenance !== null &&
    maintenance.mode !== 'test' &&
    isForbidden(maintenance, operation);
  const texts = isBlocked ? describeOperation(operation) : null;
  const general = statusMessage(maintenance, end, now);
  return {
    message: texts?.userMessage ?? (operation === null || maintenance === null ? general : AVAILABLE),
    operation_type: operation,
    maintenance_active: maintenance !== null,
    estimated_completion: end === null ? null : rfc3339(end),
    alternative_actions: texts === null ? [] : [texts.suggestion],
  };
}

const AVAILABLE = 'This operation is available, although maintenance is in progress.';
