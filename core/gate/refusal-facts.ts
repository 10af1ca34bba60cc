import { holdsSecret } from '../decision/rule.ts';
import type { Identity } from '../identity/identity.ts';
import type { Language } from '../messages/registry.ts';
import type { Maintenance } from '../state/state.ts';
import type { DecisionRecord } from './decision-record.ts';

/** All that a refusal says, in any form. */
export interface RefusalFacts {
  readonly maintenance: Maintenance;
  /** The number of the event that the decision was made by. */
  readonly version: number;
  readonly operation: string;
  readonly method: string;
  /** The path as called: how deep it is tells the page where the root is. */
  readonly path: string;
  /** The path as called, or the rule's template where the path holds a secret. */
  readonly instance: string;
  /** Seconds to wait. */
  readonly retryAfter: number;
  readonly now: number;
  readonly form: 'json' | 'html';
  readonly language: Language;
  /** That of a credential that was shown and is no longer good. */
  readonly credential?: 'expired' | 'rejected' | undefined;
}

/**
 * What a blocked caller is to be told.
 *
 * @param retryAfter seconds to wait, see retry-after.ts
 */
export function refusalFacts(
  {
    request,
    classification,
    maintenance,
    version,
    now,
    identity,
  }: Pick<DecisionRecord, 'request' | 'classification' | 'maintenance' | 'version' | 'now'> &
    Partial<Pick<DecisionRecord, 'identity'>>,
  retryAfter: number,
): RefusalFacts {
  const { operation, rule } = classification;
  const { method, path } = request;
  return {
    maintenance,
    version,
    operation,
    method,
    path,
    instance: rule !== null && holdsSecret(rule.path) ? rule.path : withoutQuery(path),
    retryAfter,
    now,
    form: request.prefersHtml() ? 'html' : 'json',
    language: request.language(),
    credential: identity && noLongerGood(identity.credential),
  };
}

function noLongerGood(credential: Identity['credential']): RefusalFacts['credential'] {
  return credential === 'expired' || credential === 'rejected' ? credential : undefined;
}

/** Paths are shown without their query: it may hold secrets. */
function withoutQuery(path: string): string {
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query);
}
