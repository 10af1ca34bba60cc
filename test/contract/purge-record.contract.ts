import { describe, expect, test } from '@jest/globals';
import { beginRun } from '../../core/purge/progress.ts';
import { EMPTY_ENTRY, type PurgeRecord, type PurgeRecordItem } from '../../core/purge/record.ts';
import { NOW, purgeOrder } from '../support/examples.ts';

export const ENTRY: PurgeRecord = {
  run: {
    ...beginRun(purgeOrder({ users: ['mia "the cat" 漢'] }), NOW, null),
    position: { node: 'a', cursor: '18446744073709551615', nested: { list: [1, null] } },
    error: 'Redis did not answer.',
  },
  slice: { cursor: '0' },
  ended: { maintenanceId: 'm-1', deleted: 2 ** 40 },
  lease: { owner: 'run-1', until: NOW + 15_000 },
};

/** What every record of purging promises. */
export function purgeRecordContract(kind: string, record: () => PurgeRecordItem): void {
  describe(`A purge record ${kind}`, () => {
    test('is empty at first', async () => {
      expect(await record().read()).toEqual({ entry: EMPTY_ENTRY, revision: 0 });
    });

    test('gives back what was put there, with the next revision', async () => {
      const it = record();
      expect(await it.replace(0, ENTRY)).toBe(true);
      expect(await it.read()).toEqual({ entry: ENTRY, revision: 1 });
      expect(await it.replace(1, { ...ENTRY, lease: null })).toBe(true);
      expect(await it.read()).toEqual({ entry: { ...ENTRY, lease: null }, revision: 2 });
    });

    test.each([0, 1, 3])('keeps what is there where somebody comes with revision %i of 2', async (stale) => {
      const it = record();
      await it.replace(0, ENTRY);
      await it.replace(1, ENTRY);
      expect(await it.replace(stale, EMPTY_ENTRY)).toBe(false);
      expect(await it.read()).toEqual({ entry: ENTRY, revision: 2 });
    });

    test('takes one of many that come at once', async () => {
      const it = record();
      const entryOf = (n: number) => ({ ...EMPTY_ENTRY, lease: { owner: `run-${n}`, until: n } });
      const taken = await Promise.all(Array.from({ length: 10 }, (_, n) => it.replace(0, entryOf(n))));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect(await it.read()).toEqual({ entry: entryOf(taken.indexOf(true)), revision: 1 });
    });
  });
}
