import { describe, expect, test } from '@jest/globals';
import { changeItem } from '../../../core/change-item.ts';
import { InMemoryVersionedItem } from '../../support/in-memory-versioned-item.ts';

describe('a versioned item', () => {
  test('is changed from what is there', async () => {
    const item = new InMemoryVersionedItem(41);
    expect(await changeItem(item, (entry) => entry + 1, 1)).toBe(true);
    expect((await item.read()).entry).toBe(42);
  });

  test('is changed anew where somebody else was faster', async () => {
    const item = new InMemoryVersionedItem(0);
    const seen: number[] = [];
    const changed = await changeItem(
      item,
      async (entry) => {
        seen.push(entry);
        if (seen.length < 3) await item.replace((await item.read()).revision, entry + 10);
        return entry + 1;
      },
      3,
    );
    expect([changed, seen, (await item.read()).entry]).toEqual([true, [0, 10, 20], 21]);
  });

  test('is left as others made it where they are faster each time', async () => {
    const item = new InMemoryVersionedItem(0);
    const changed = await changeItem(
      item,
      async (entry) => {
        await item.replace((await item.read()).revision, entry + 10);
        return entry + 1;
      },
      2,
    );
    expect([changed, (await item.read()).entry]).toEqual([false, 20]);
  });

  test('is not written where nothing is to change', async () => {
    const item = new InMemoryVersionedItem(7);
    expect(await changeItem(item, (entry) => entry, 1)).toBe(true);
    expect((await item.read()).revision).toBe(0);
  });
});
