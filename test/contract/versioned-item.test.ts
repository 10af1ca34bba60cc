import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { drainRecords, pauseRecord } from '../../adapters/drain/drain-records.ts';
import { NOTHING_DONE } from '../../core/drain/decide-drain.ts';
import { NO_PAUSES } from '../../core/drain/pause.ts';
import { type DrainRecord, newDrainRecord, readDrainRecord } from '../../core/drain/record.ts';
import type { VersionedItem } from '../../core/versioned-item.ts';
import { createActivityTable, type Dynalite, startDynalite } from '../support/dynalite.ts';
import { NOW } from '../support/examples.ts';
import { InMemoryVersionedItem } from '../support/in-memory-versioned-item.ts';

const table = 'Activity';
let dynalite: Dynalite;

beforeAll(async () => {
  dynalite = await startDynalite();
  await createActivityTable(dynalite, table);
});
afterAll(() => dynalite.stop());

let scopes = 0;
const options = () => ({ client: dynalite.client, table, scope: `scope-${++scopes}` });
const RECORD = {
  ...newDrainRecord('m-1', NOTHING_DONE, NOW),
  waitingFor: { count: 1, ids: ['漢 "quoted"'] },
};

describe.each<[string, () => VersionedItem<DrainRecord | null>]>([
  ['in memory', () => new InMemoryVersionedItem<DrainRecord | null>(null)],
  ['in DynamoDB', () => drainRecords(options())('m-1')],
])('An item %s', (_kind, made) => {
  test('is empty at first, and gives back what was put there with the next revision', async () => {
    const item = made();
    expect(await item.read()).toEqual({ entry: null, revision: 0 });
    expect(await item.replace(0, RECORD)).toBe(true);
    expect(await item.read()).toEqual({ entry: RECORD, revision: 1 });
  });

  test('takes one of many that come at once, and none that has read what is outdated', async () => {
    const item = made();
    const taken = await Promise.all(
      Array.from({ length: 5 }, (_, n) => item.replace(0, { ...RECORD, generation: n })),
    );
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await item.replace(0, { ...RECORD, generation: 9 })).toBe(false);
    expect((await item.read()).entry?.generation).toBe(taken.indexOf(true));
  });
});

describe('What is kept in DynamoDB', () => {
  test('is apart for each maintenance, deployment and purpose', async () => {
    const here = options();
    const records = drainRecords(here);
    await records('m-1').replace(0, RECORD);
    expect(await readDrainRecord(records, 'm-1')).toEqual(RECORD);
    expect(await readDrainRecord(records, 'm-2')).toBeNull();
    expect(await readDrainRecord(drainRecords(options()), 'm-1')).toBeNull();
    expect(await pauseRecord(here).read()).toEqual({ entry: NO_PAUSES, revision: 0 });
  });
});
