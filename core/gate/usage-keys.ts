import { StoreUnavailableError } from '../errors.ts';
import { identityOf, type PresentedCredential } from '../identity/identity.ts';
import { effective } from '../state/clock.ts';
import { ROLES, type Role } from '../state/principal.ts';
import type { State } from '../state/state.ts';
import type { GatewayRequest } from './gateway-request.ts';
import type { StateSource } from './state-source.ts';

/** The API keys of a class of callers: values, which API Gateway knows them by. */
export interface ClassKeys {
  /** The key of the usage plan that holds as a rule. */
  readonly usual: string;
  /** The key of the plan that holds during maintenance; absent where the usual one does. */
  readonly lowered?: string;
}

/** The keys of every class: a request without a key would be refused, whoever sends it. */
export type UsageKeys = Readonly<Record<Role, ClassKeys>>;

/** Reads the keys from JSON. Throws naming the class without a key. */
export function parseUsageKeys(json: string): UsageKeys {
  const keys = JSON.parse(json) as Partial<Record<Role, Partial<ClassKeys> | null>>;
  for (const role of ROLES) {
    if (!keys[role]?.usual) throw new Error(`No API key is named for the class "${role}".`);
  }
  return keys as UsageKeys;
}

/** Whether a maintenance lowers the limits: a test run changes nothing for anybody. */
function isLowered(state: State | null): boolean {
  const maintenance = state?.maintenance ?? null;
  return maintenance !== null && maintenance.mode !== 'test';
}

/**
 * The key that meters one request. Depends on nothing but its arguments.
 *
 * An admin is metered as an admin whatever the token says: a key that API Gateway doesn't know is answered 403, which
 * must not be able to keep an admin out. A credential that isn't accepted names no key.
 *
 * @param state the newest state known, null when none is
 * @param now milliseconds since the epoch
 */
export function usageKey(
  keys: UsageKeys,
  presented: PresentedCredential,
  state: State | null,
  now: number,
): string {
  const inForce = state && effective(state, now);
  const { principal, credential } = identityOf(presented, inForce);
  const { role } = principal;
  if (role === 'admin') return keys.admin.usual;
  if (credential === 'valid' && presented.outcome === 'valid' && presented.credential.apiKey !== undefined) {
    return presented.credential.apiKey;
  }
  const { usual, lowered } = keys[role];
  return lowered !== undefined && isLowered(inForce) ? lowered : usual;
}

/**
 * Chooses the API key of every request, whatever is decided about it. Ask it beside the authorizer, not after it:
 * the two then share one read of the state.
 */
export class UsageKeyChooser {
  readonly #keys: UsageKeys;
  readonly #states: StateSource;
  readonly #now: () => number;

  constructor(parts: { keys: UsageKeys; states: StateSource; now: () => number }) {
    this.#keys = parts.keys;
    this.#states = parts.states;
    this.#now = parts.now;
  }

  async choose(request: Pick<GatewayRequest, 'identify'>): Promise<string> {
    const [presented, state] = await Promise.all([request.identify(this.#now()), this.#state()]);
    return usageKey(this.#keys, presented, state, this.#now());
  }

  /** Null when nothing is known: the authorizer has logged why, and the usual limits hold. */
  async #state(): Promise<State | null> {
    try {
      return (this.#states.peek(this.#now()) ?? (await this.#states.get())).state;
    } catch (error) {
      if (error instanceof StoreUnavailableError) return null;
      throw error;
    }
  }
}
