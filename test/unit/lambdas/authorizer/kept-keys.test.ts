import { describe, expect, test } from '@jest/globals';
import { KeptKeys } from '../../../../adapters/lean/kept-keys.ts';
import type { KeySet } from '../../../../adapters/lean/token-verifier.ts';

const OLD = { keys: [] } satisfies KeySet;
const NEW = { keys: [] } satisfies KeySet;
type Read = () => Promise<KeySet | null>;
const down: Read = () => Promise.reject(new Error('down'));

/** Reads that are answered one after the other, the last one for ever. */
function keysFrom(...answers: Read[]): { keys: KeptKeys; reads: () => number } {
  let reads = 0;
  const read = () => answers[Math.min(reads++, answers.length - 1)]?.() ?? Promise.resolve(null);
  return { keys: new KeptKeys(read), reads: () => reads };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('kept keys', () => {
  test('are the newest while the table can be read', async () => {
    const { keys } = keysFrom(
      async () => OLD,
      async () => NEW,
    );
    expect(await keys.get()).toBe(OLD);
    expect(await keys.get()).toBe(NEW);
  });

  test.each<[string, Read]>([
    ['can not be read', down],
    ['holds none any more', async () => null],
  ])('are those of the last read when the table %s', async (_, read) => {
    const { keys } = keysFrom(async () => OLD, read);
    await keys.get();
    expect(await keys.get()).toBe(OLD);
  });

  test('are those from elsewhere while the table can not be read, until it can', async () => {
    const { keys } = keysFrom(down, async () => NEW);
    await keys.take(async () => JSON.stringify(OLD));
    expect(await keys.get()).toEqual(OLD);
    expect(await keys.get()).toBe(NEW);
    await keys.take(() => Promise.reject(new Error('They are there: nobody looks elsewhere.')));
    expect(await keys.get()).toBe(NEW);
  });

  test.each<[string, () => Promise<string | null>]>([
    ['has none', async () => null],
    ['can not be read', () => Promise.reject(new Error('no'))],
    ['holds no JSON', async () => '{'],
  ])('are missed all the same when elsewhere %s', async (_, elsewhere) => {
    const { keys } = keysFrom(down);
    await keys.take(elsewhere);
    await expect(keys.get()).rejects.toThrow('down');
  });

  test('are missed, with the reason, when there never were any', async () => {
    await expect(keysFrom(down).keys.get()).rejects.toThrow('down');
    expect(await keysFrom(async () => null).keys.get()).toBeNull();
  });

  test('are there without another read once they have been prepared', async () => {
    const { keys, reads } = keysFrom(async () => OLD, down);
    keys.prepare();
    keys.prepare();
    await settled();
    keys.prepare();
    expect(reads()).toBe(1);
    expect(await keys.get()).toBe(OLD);
  });

  test('are prepared again after a read that failed, which nobody hears of', async () => {
    const { keys, reads } = keysFrom(down, async () => OLD);
    keys.prepare();
    await settled();
    keys.prepare();
    await settled();
    expect(reads()).toBe(2);
    expect(await keys.get()).toBe(OLD);
  });
});
