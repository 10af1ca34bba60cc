import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import {
  CorruptLogError,
  SessionStoreUnavailableError,
  StoreUnavailableError,
} from '../../../../core/errors.ts';
import { INITIAL_STATE, type State } from '../../../../core/state/state.ts';
import { StateCache, type StateCacheOptions } from '../../../../core/state/state-cache.ts';
import { ManualTimers, settled } from '../../../support/manual-timers.ts';

const version = (number: number): State => ({ ...INITIAL_STATE, version: number });

/** A store whose answers the test gives, one by one. */
class HandOperatedStore<T = State> {
  readonly reads: PromiseWithResolvers<T>[] = [];

  readonly read = (): Promise<T> => {
    const answer = Promise.withResolvers<T>();
    this.reads.push(answer);
    return answer.promise;
  };

  answer(state: T, read = this.reads.length - 1): void {
    this.reads[read]?.resolve(state);
  }

  fail(error: Error, read = this.reads.length - 1): void {
    this.reads[read]?.reject(error);
  }
}

function setUp(own: Partial<StateCacheOptions> = {}) {
  const timers = new ManualTimers(1_000_000);
  const store = new HandOperatedStore();
  const onFailure = jest.fn();
  const cache = new StateCache({ read: store.read, now: timers.now, after: timers.after, onFailure, ...own });
  /** Reads version 1 at the present time. */
  const warm = async () => {
    const reading = cache.get();
    store.answer(version(1));
    await reading;
  };
  return { timers, store, cache, onFailure, warm };
}

describe('a fresh state', () => {
  test('is used for 0.9 s from the start of its read, without another', async () => {
    const { timers, store, cache } = setUp();
    const reading = cache.get();
    await timers.advance(300);
    store.answer(version(1));
    await reading;
    expect(cache.peek(timers.time)).toMatchObject({ readAt: 1_000_000, source: 'event_log' });

    await timers.advance(600);
    expect(await cache.get()).toMatchObject({ state: { version: 1 } });
    expect(store.reads).toHaveLength(1);

    await timers.advance(1);
    expect(cache.peek(timers.time)).toBeNull();
  });

  test('is none when the clock was set back', async () => {
    const { timers, cache, store, warm } = setUp();
    await warm();
    timers.time -= 5;
    expect(cache.peek(timers.time)).toBeNull();

    const reading = cache.get();
    store.answer(version(2));
    expect(await reading).toMatchObject({ state: { version: 2 }, readAt: timers.time });
    expect(cache.peek(timers.time)).not.toBeNull();
  });

  test('leaves no timer behind', async () => {
    const { timers, warm } = setUp();
    await warm();
    expect(timers.waiting).toBe(0);
  });
});

describe('a due refresh', () => {
  test('is waited for, and shared by all who ask meanwhile', async () => {
    const { timers, store, cache, warm } = setUp();
    await warm();
    await timers.advance(901);
    const readings = [cache.get(), cache.get(), cache.get()];
    expect(store.reads).toHaveLength(2);
    store.answer(version(2));
    const versions = (await Promise.all(readings)).map(({ state }) => state.version);
    expect(versions).toEqual([2, 2, 2]);
  });

  test('that fails gives the last known state, and says so', async () => {
    const { timers, store, cache, onFailure, warm } = setUp();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    const error = new StoreUnavailableError('down');
    store.fail(error);
    expect(await reading).toMatchObject({ state: { version: 1 }, source: 'last_known', readAt: 1_000_000 });
    expect(onFailure).toHaveBeenCalledWith(error);
  });

  test('that takes more than 1 s is not waited for any longer', async () => {
    const { timers, cache, warm } = setUp();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    await timers.advance(1000);
    expect(await reading).toMatchObject({ state: { version: 1 }, source: 'last_known' });
  });

  test('that is answered late is taken all the same', async () => {
    const { timers, store, cache, warm } = setUp();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    await timers.advance(1201);
    await reading;
    store.answer(version(2));
    await settled();
    expect(store.reads).toHaveLength(2);
    const next = cache.get();
    await timers.advance(1000);
    expect(await next).toMatchObject({ state: { version: 2 }, source: 'last_known' });
  });

  test('does not undo what another, begun earlier, has found out meanwhile', async () => {
    const { timers, store, cache, warm } = setUp();
    await warm();
    await timers.advance(901);
    const late = cache.get();
    await timers.advance(1201);
    await late;
    const reading = cache.get();
    store.answer(version(3), 1);
    await settled();
    store.answer(version(2), 2);
    expect(await reading).toMatchObject({ state: { version: 3 } });
  });

  test('takes an older version for what it is: a table that has been restored', async () => {
    const { timers, store, cache, warm } = setUp();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    store.answer(INITIAL_STATE);
    expect(await reading).toMatchObject({ state: { version: 0 }, source: 'event_log' });
  });

  test('is not tried again for 200 ms after one that failed', async () => {
    const { timers, store, cache, warm } = setUp();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    store.fail(new StoreUnavailableError('down'));
    await reading;
    await timers.advance(200);
    expect(await cache.get()).toMatchObject({ source: 'last_known' });
    expect(store.reads).toHaveLength(2);
  });

  test('is waited for again once the store is back, however long that took', async () => {
    const { timers, store, cache, warm } = setUp();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    store.fail(new StoreUnavailableError('down'));
    await reading;
    await timers.advance(600_000);
    const again = cache.get();
    await timers.advance(99);
    store.answer(version(2));
    expect(await again).toMatchObject({ state: { version: 2 }, source: 'event_log' });
  });

  test('is waited for 100 ms only while the store is away', async () => {
    const { timers, store, cache, warm } = setUp();
    await warm();
    await timers.advance(901);
    const first = cache.get();
    await timers.advance(1000);
    expect(await first).toMatchObject({ source: 'last_known' });
    const second = cache.get();
    await timers.advance(100);
    expect(await second).toMatchObject({ source: 'last_known' });
    expect(store.reads).toHaveLength(3);
  });

  test('holds the last known state for as long as it takes', async () => {
    const { timers, store, cache, warm } = setUp();
    await warm();
    for (let day = 0; day < 3; day += 1) {
      await timers.advance(24 * 3600 * 1000);
      const reading = cache.get();
      store.fail(new StoreUnavailableError('down'));
      expect(await reading).toMatchObject({ state: { version: 1 }, source: 'last_known' });
    }
  });
});

describe('without any state ever read', () => {
  test.each([
    ['the store is away', new StoreUnavailableError('down')],
    ['the log is damaged', new CorruptLogError(7, 'Event 7 is not one.')],
    ['the reader breaks', new TypeError('oops')],
  ])('it fails with StoreUnavailableError: %s', async (_, error) => {
    const { store, cache } = setUp();
    const reading = cache.get();
    store.fail(error);
    await expect(reading).rejects.toThrow(StoreUnavailableError);
    await expect(cache.get()).rejects.toThrow(StoreUnavailableError);
    expect(store.reads).toHaveLength(1);
  });

  test('it fails when the store does not answer in time', async () => {
    const { timers, cache } = setUp();
    const reading = expect(cache.get()).rejects.toThrow(StoreUnavailableError);
    await timers.advance(1000);
    await reading;
  });

  test('it fails when reading throws at once', async () => {
    const cache = new StateCache({
      read: () => {
        throw new Error('oops');
      },
      now: () => 0,
    });
    await expect(cache.get()).rejects.toThrow(StoreUnavailableError);
  });
});

describe('with a copy of the state elsewhere', () => {
  const away = new StoreUnavailableError('down');

  /** A cache whose copy the test answers too. */
  function withCopy() {
    const copies = new HandOperatedStore<State | null>();
    const onCopy = jest.fn();
    return { copies, onCopy, ...setUp({ readCopy: copies.read, onCopy }) };
  }

  test('a log that answers is not second-guessed', async () => {
    const { timers, copies, store, cache, warm } = withCopy();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    await timers.advance(499);
    store.answer(version(2));
    expect(await reading).toMatchObject({ source: 'event_log' });
    expect([copies.reads.length, timers.waiting]).toEqual([0, 0]);
  });

  test.each([
    ['newer than the last known state', version(5), 5],
    ['as new', version(1), 1],
    ['older', INITIAL_STATE, 1],
    ['not there', null, 1],
  ])('where the log fails, a copy that is %s', async (_, copy, used) => {
    const { timers, copies, onCopy, store, cache, warm } = withCopy();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    store.fail(away);
    await settled();
    copies.answer(copy);
    const known = { state: { version: used }, source: 'last_known', readAt: 1_000_000 };
    expect(await reading).toMatchObject(known);
    expect(onCopy.mock.calls).toEqual(used === 5 ? [[copy]] : []);
    expect(timers.waiting).toBe(0);
  });

  test('decides where nothing else is known, and the log is asked again all the same', async () => {
    const { timers, copies, store, cache } = withCopy();
    const reading = cache.get();
    store.fail(away);
    await settled();
    copies.answer(version(5));
    expect(await reading).toMatchObject({ state: { version: 5 }, source: 'last_known' });
    expect(cache.peek(timers.time)).toBeNull();

    await timers.advance(201);
    const again = cache.get();
    store.answer(version(6));
    expect(await again).toMatchObject({ state: { version: 6 }, source: 'event_log', readAt: timers.time });
  });

  test('is asked when half of the time for the log is over, and costs no more of it', async () => {
    const { timers, copies, cache } = withCopy();
    const reading = cache.get();
    await timers.advance(500);
    expect(copies.reads).toHaveLength(1);
    copies.answer(version(5));
    await timers.advance(500);
    expect(await reading).toMatchObject({ state: { version: 5 }, source: 'last_known' });
  });

  describe('and none of our own, it is waited for longer than the log', () => {
    const patient = () => {
      const copies = new HandOperatedStore<State | null>();
      return { copies, ...setUp({ readCopy: copies.read, copyPatience: 1800 }) };
    };

    test.each([
      ['fails', (store: HandOperatedStore) => store.fail(away)],
      ['does not answer', () => {}],
    ])('where the log %s', async (_, breakLog) => {
      const { timers, copies, store, cache } = patient();
      const reading = cache.get();
      breakLog(store);
      await timers.advance(1799);
      copies.answer(version(5));
      expect(await reading).toMatchObject({ state: { version: 5 }, source: 'last_known' });
      expect(timers.waiting).toBe(0);
    });

    test('but not for ever', async () => {
      const { timers, store, cache } = patient();
      const reading = expect(cache.get()).rejects.toThrow(StoreUnavailableError);
      store.fail(away);
      await timers.advance(1800);
      await reading;
      expect(timers.waiting).toBe(0);
    });

    test.each([
      ['is not there', (copies: HandOperatedStore<State | null>) => copies.answer(null)],
      [
        'cannot be read',
        (copies: HandOperatedStore<State | null>) => copies.fail(new SessionStoreUnavailableError('down')),
      ],
    ])('nor at all where it %s', async (_, answer) => {
      const { copies, store, cache } = patient();
      const reading = expect(cache.get()).rejects.toThrow(StoreUnavailableError);
      store.fail(away);
      await settled();
      answer(copies);
      await reading;
    });

    test('unless the log answers first, late as it is', async () => {
      const { timers, store, cache } = patient();
      const reading = cache.get();
      await timers.advance(1200);
      store.answer(version(6));
      expect(await reading).toMatchObject({ state: { version: 6 } });
    });
  });

  test('that answers late is taken all the same', async () => {
    const { timers, copies, store, cache } = withCopy();
    const reading = expect(cache.get()).rejects.toThrow(StoreUnavailableError);
    store.fail(away);
    await timers.advance(1000);
    await reading;
    copies.answer(version(5));
    await settled();
    const next = cache.get();
    store.fail(away);
    await settled();
    copies.answer(null);
    expect(await next).toMatchObject({ state: { version: 5 }, source: 'last_known' });
  });

  test('does not make a state fresh that the log has not told', async () => {
    const { timers, copies, store, cache } = withCopy();
    const late = cache.get();
    await timers.advance(600);
    copies.answer(version(5));
    await settled();
    store.answer(version(4));
    expect(await late).toMatchObject({ state: { version: 5 }, source: 'event_log', readAt: 1_000_000 });
    await timers.advance(301);
    expect(cache.peek(timers.time)).toBeNull();
  });

  test('that fails is told, and changes nothing', async () => {
    const { timers, copies, onFailure, store, cache, warm } = withCopy();
    await warm();
    await timers.advance(901);
    const reading = cache.get();
    store.fail(away);
    await settled();
    const error = new SessionStoreUnavailableError('Redis is down.');
    copies.fail(error);
    expect(await reading).toMatchObject({ state: { version: 1 }, source: 'last_known' });
    expect(onFailure.mock.calls).toEqual([[away], [error]]);
  });

  test('whoever asks meanwhile waits for it too', async () => {
    const { copies, store, cache } = withCopy();
    const first = cache.get();
    store.fail(away);
    await settled();
    const second = cache.get();
    copies.answer(version(5));
    expect(await Promise.all([first, second])).toMatchObject([
      { state: { version: 5 } },
      { state: { version: 5 } },
    ]);
  });

  test('nobody waits longer than without one, and nobody is told an older state than before', async () => {
    /** What a read does: answers or fails after some ms. */
    const answer = fc.record({ after: fc.nat(2500), fails: fc.boolean(), version: fc.nat(9) });
    const step = fc.record({ pause: fc.nat(1500), log: answer, copy: answer });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
        const timers = new ManualTimers(5_000);
        let script = steps[0] as (typeof steps)[number];
        let newest = 0;
        const answered = async ({ after, fails }: typeof script.log, state: () => State) => {
          const seen = state();
          await new Promise<void>((resolve) => timers.after(after, resolve));
          if (fails) throw away;
          return seen;
        };
        const cache = new StateCache({
          now: timers.now,
          after: timers.after,
          read: () => answered(script.log, () => version(newest)),
          // The copy is as new as the log, or older.
          readCopy: () => answered(script.copy, () => version(Math.min(newest, script.copy.version))),
        });
        let told = 0;
        let everRead = false;
        for (const next of steps) {
          script = next;
          newest = Math.max(newest, next.log.version);
          await timers.advance(next.pause);
          const began = timers.time;
          const asked = cache.get().then(
            ({ state }) => ({ version: state.version, at: timers.time }),
            () => ({ version: null, at: timers.time }),
          );
          await timers.advance(1000);
          const outcome = await asked;
          expect(outcome.at - began).toBeLessThanOrEqual(1000);
          if (outcome.version === null) expect(everRead).toBe(false);
          else {
            expect(outcome.version).toBeGreaterThanOrEqual(told);
            told = outcome.version;
            everRead = true;
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

test('while the store answers within 100 ms, no state is used 1.0 s after it was replaced', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 2000 }) }),
    fc.record({ kind: fc.constant('toggle' as const) }),
    fc.record({ kind: fc.constant('ask' as const), latency: fc.integer({ min: 0, max: 100 }) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const timers = new ManualTimers(5_000);
      const toggles = [{ at: Number.NEGATIVE_INFINITY, version: 0 }];
      let latency = 0;
      const cache = new StateCache({
        now: timers.now,
        after: timers.after,
        // The store looks at the state when the request arrives: halfway.
        read: async () => {
          await new Promise<void>((resolve) => timers.after(latency / 2, resolve));
          const seen = toggles.at(-1)?.version ?? 0;
          await new Promise<void>((resolve) => timers.after(latency / 2, resolve));
          return version(seen);
        },
      });
      for (const each of steps) {
        if (each.kind === 'wait') await timers.advance(each.ms);
        else if (each.kind === 'toggle') toggles.push({ at: timers.time, version: toggles.length });
        else {
          latency = each.latency;
          const asked = cache.get().then((used) => ({ used, at: timers.time }));
          await timers.advance(latency);
          const { used, at } = await asked;
          const inForce = toggles.findLast((toggle) => toggle.at <= at - 1000)?.version ?? 0;
          expect(used.source).toBe('event_log');
          expect(at - used.readAt).toBeLessThanOrEqual(1000);
          expect(used.state.version).toBeGreaterThanOrEqual(inForce);
        }
      }
    }),
    { numRuns: 60 },
  );
});
