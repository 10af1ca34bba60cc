import { GatewayFailure } from './gateway-failure.ts';
import { Throttle } from './throttle.ts';
import type { UsagePlanKeys } from './usage-plans.ts';

/** Holds every API key to its usage plan: one bucket for each key, whoever's requests it meters. */
export class UsageLimits {
  readonly #buckets: ReadonlyMap<string, Throttle | undefined>;

  /** @param now milliseconds by a clock that never goes back */
  constructor(keys: UsagePlanKeys, now?: () => number) {
    this.#buckets = new Map([...keys].map(([key, limit]) => [key, limit && new Throttle(limit, now)]));
  }

  /** Counts one request. Throws GatewayFailure: INVALID_API_KEY without a key of the stage, THROTTLED over its rate. */
  count(key: string | undefined): void {
    if (key === undefined) throw new GatewayFailure('INVALID_API_KEY', 'the request has no API key');
    if (!this.#buckets.has(key)) throw new GatewayFailure('INVALID_API_KEY', 'no usage plan has the API key');
    const bucket = this.#buckets.get(key);
    if (bucket && !bucket.take())
      throw new GatewayFailure('THROTTLED', "the limit of the API key's usage plan is reached");
  }
}
