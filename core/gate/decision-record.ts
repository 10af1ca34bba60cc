import type { Classification } from '../decision/classify.ts';
import type { Outcome } from '../decision/decide.ts';
import type { Identity } from '../identity/identity.ts';
import type { Maintenance } from '../state/state.ts';
import type { DecidedRequest } from './gateway-request.ts';

/** One decision as it is logged and counted. */
export interface DecisionRecord {
  readonly outcome: Exclude<Outcome, 'allow'>;
  readonly request: DecidedRequest;
  readonly identity: Identity;
  /** What tells clients apart: the principal's id, else the source address. */
  readonly client: string;
  readonly classification: Classification;
  /** The path as it may be shown: the rule's template where there is one, else the canonical path. */
  readonly endpoint: string;
  readonly maintenance: Maintenance;
  readonly version: number;
  readonly stateAge: number;
  readonly now: number;
}
