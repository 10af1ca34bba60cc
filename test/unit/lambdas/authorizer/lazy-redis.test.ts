import { describe, expect, test } from '@jest/globals';
import { SessionStoreUnavailableError } from '../../../../core/errors.ts';
import { INITIAL_STATE } from '../../../../core/state/state.ts';
import { type GateRedis, LazyRedis } from '../../../../lambdas/authorizer/lazy-redis.ts';
import { patient } from '../../../support/patience.ts';

function working(own: Partial<GateRedis> = {}): GateRedis {
  return {
    sessions: { find: async () => null },
    mirror: { read: async () => INITIAL_STATE, readKeys: async () => null },
    offences: { isPaused: false, add: async (_, calls) => calls },
    ...own,
  };
}

/** Redis that is loaded in the given ways, one after the other. */
function lazy(...loads: (() => Promise<GateRedis>)[]) {
  const failures: SessionStoreUnavailableError[] = [];
  let loaded = 0;
  const redis = new LazyRedis({
    load: () => {
      const load = loads[Math.min(loaded, loads.length - 1)] as () => Promise<GateRedis>;
      loaded += 1;
      return load();
    },
    lookupLimit: 20,
    onFailure: (error) => failures.push(error),
  });
  return { redis, failures, loaded: () => loaded };
}

describe('Redis for the gate', () => {
  test('is loaded with the first need, once', async () => {
    const { redis, loaded } = lazy(async () => working());
    expect([redis.offences.isPaused, loaded()]).toEqual([false, 0]);
    const all = [redis.sessions.find('x'), redis.mirror.read(), redis.offences.add(1, new Map([['a', 1]]))];
    expect(await Promise.all(all)).toEqual([null, INITIAL_STATE, new Map([['a', 1]])]);
    expect(loaded()).toBe(1);
  });

  test('that fails to load is loaded anew with the next need', async () => {
    const { redis, failures, loaded } = lazy(
      () => Promise.reject(new Error('no such module')),
      async () => working(),
    );
    await expect(redis.sessions.find('x')).rejects.toThrow(SessionStoreUnavailableError);
    expect(failures).toMatchObject([{ cause: { message: 'no such module' } }]);
    expect([await redis.sessions.find('x'), loaded()]).toEqual([null, 2]);
  });

  test('that hangs holds nobody up for longer than a lookup may take', async () => {
    const { redis, failures } = lazy(async () =>
      working({ sessions: { find: () => new Promise<never>(() => {}) } }),
    );
    const begun = performance.now();
    await expect(redis.sessions.find('x')).rejects.toThrow(SessionStoreUnavailableError);
    expect(performance.now() - begun).toBeLessThan(patient(500));
    expect(failures).toMatchObject([{ cause: { name: 'TimeoutError' } }]);
  });

  test('passes on why it could not be asked', async () => {
    const error = new SessionStoreUnavailableError('Redis gave no good answer.');
    const { redis, failures } = lazy(async () =>
      working({ sessions: { find: () => Promise.reject(error) } }),
    );
    await expect(redis.sessions.find('x')).rejects.toBe(error);
    expect(failures).toEqual([error]);
  });

  test('says when counting is of no use', async () => {
    const { redis } = lazy(async () => working({ offences: { isPaused: true, add: async () => new Map() } }));
    await redis.mirror.read();
    expect(redis.offences.isPaused).toBe(true);
  });
});
