import { describe, expect, test } from '@jest/globals';
import { SessionStoreUnavailableError } from '../../../../core/errors.ts';
import { Prefetch } from '../../../../core/purge/prefetch.ts';
import type { ScanBatch, ScanPosition } from '../../../../core/sessions/session-store.ts';

const stepTo = (next: ScanPosition | null): ScanBatch => ({ sessions: [], next, passed: 10 });

/** A scan whose pieces come when they are told to. */
class ManualStore {
  readonly asked: { position: ScanPosition | null; size: number }[] = [];
  readonly #pieces: ReturnType<typeof Promise.withResolvers<ScanBatch>>[] = [];

  scan(position: ScanPosition | null, size: number): Promise<ScanBatch> {
    this.asked.push({ position, size });
    const piece = Promise.withResolvers<ScanBatch>();
    this.#pieces.push(piece);
    return piece.promise;
  }

  come(nth: number, step: ScanBatch): void {
    this.#pieces[nth]?.resolve(step);
  }

  fail(nth: number): void {
    this.#pieces[nth]?.reject(new SessionStoreUnavailableError('down'));
  }
}

describe('a prefetch', () => {
  const place: ScanPosition = { place: 7 };
  let time = 0;

  function scanning(): { store: ManualStore; scan: Prefetch } {
    time = 0;
    const store = new ManualStore();
    return { store, scan: new Prefetch(store, () => time) };
  }

  test('asks for a piece once, early, and measures from when it asked', async () => {
    const { store, scan } = scanning();
    scan.begin(place, 100);
    time = 5;
    store.come(0, stepTo(null));
    await scan.idle();
    time = 50;
    expect(await scan.from(place, 200)).toEqual({ step: stepTo(null), time: 5 });
    expect(store.asked).toEqual([{ position: place, size: 100 }]);
  });

  test.each([
    ['from the begin', null],
    ['from another place', { place: 8 }],
    ['from an equal place of another scan', { ...place }],
  ])('asks anew %s', async (_, position) => {
    const { store, scan } = scanning();
    scan.begin(place, 100);
    const other = scan.from(position, 200);
    store.come(1, stepTo(place));
    expect((await other).step).toEqual(stepTo(place));
    expect(store.asked).toHaveLength(2);
  });

  test('gives a piece to one caller only: the next one sees what is there by then', async () => {
    const { store, scan } = scanning();
    scan.begin(place, 100);
    const first = scan.from(place, 100);
    const second = scan.from(place, 100);
    store.come(0, stepTo(null));
    store.come(1, stepTo(place));
    expect([(await first).step.next, (await second).step.next]).toEqual([null, place]);
  });

  test('a piece that cannot be had is an error to who fetches it, and to nobody else', async () => {
    const { store, scan } = scanning();
    scan.begin(place, 100);
    store.fail(0);
    await scan.idle();
    await expect(scan.from(place, 100)).rejects.toThrow(SessionStoreUnavailableError);
    await scan.idle();
  });
});
