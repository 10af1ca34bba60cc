import { describe, expect, test } from '@jest/globals';
import { SessionStoreUnavailableError } from '../../../../core/errors.ts';
import { WalkAhead } from '../../../../core/purge/prefetch.ts';
import type { WalkPosition, WalkStep } from '../../../../core/sessions/session-store.ts';

const stepTo = (next: WalkPosition | null): WalkStep => ({ sessions: [], next, passed: 10 });

/** A walk whose pieces come when they are told to. */
class ManualStore {
  readonly asked: { position: WalkPosition | null; size: number }[] = [];
  readonly #pieces: ReturnType<typeof Promise.withResolvers<WalkStep>>[] = [];

  walk(position: WalkPosition | null, size: number): Promise<WalkStep> {
    this.asked.push({ position, size });
    const piece = Promise.withResolvers<WalkStep>();
    this.#pieces.push(piece);
    return piece.promise;
  }

  come(nth: number, step: WalkStep): void {
    this.#pieces[nth]?.resolve(step);
  }

  fail(nth: number): void {
    this.#pieces[nth]?.reject(new SessionStoreUnavailableError('down'));
  }
}

describe('a walk ahead', () => {
  const place: WalkPosition = { place: 7 };
  let time = 0;

  function walking(): { store: ManualStore; walk: WalkAhead } {
    time = 0;
    const store = new ManualStore();
    return { store, walk: new WalkAhead(store, () => time) };
  }

  test('asks for a piece once, early, and measures from when it asked', async () => {
    const { store, walk } = walking();
    walk.begin(place, 100);
    time = 5;
    store.come(0, stepTo(null));
    await walk.settled();
    time = 50;
    expect(await walk.from(place, 200)).toEqual({ step: stepTo(null), time: 5 });
    expect(store.asked).toEqual([{ position: place, size: 100 }]);
  });

  test.each([
    ['from the begin', null],
    ['from another place', { place: 8 }],
    ['from an equal place of another walk', { ...place }],
  ])('asks anew %s', async (_, position) => {
    const { store, walk } = walking();
    walk.begin(place, 100);
    const other = walk.from(position, 200);
    store.come(1, stepTo(place));
    expect((await other).step).toEqual(stepTo(place));
    expect(store.asked).toHaveLength(2);
  });

  test('gives a piece to one caller only: the next one sees what is there by then', async () => {
    const { store, walk } = walking();
    walk.begin(place, 100);
    const first = walk.from(place, 100);
    const second = walk.from(place, 100);
    store.come(0, stepTo(null));
    store.come(1, stepTo(place));
    expect([(await first).step.next, (await second).step.next]).toEqual([null, place]);
  });

  test('a piece that cannot be had is an error to who fetches it, and to nobody else', async () => {
    const { store, walk } = walking();
    walk.begin(place, 100);
    store.fail(0);
    await walk.settled();
    await expect(walk.from(place, 100)).rejects.toThrow(SessionStoreUnavailableError);
    await walk.settled();
  });
});
