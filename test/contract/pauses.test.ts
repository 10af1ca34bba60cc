import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pauseRecord } from '../../adapters/drain/drain-records.ts';
import { NO_PAUSES, type PauseRecord, pauseAll, restoreAll } from '../../core/drain/pause.ts';
import type { VersionedItem } from '../../core/versioned-item.ts';
import { FakeMappings } from '../support/drain-bench.ts';
import { createActivityTable, type Dynalite, startDynalite } from '../support/dynalite.ts';
import { InMemoryVersionedItem } from '../support/in-memory-versioned-item.ts';

const table = 'Activity';
let dynalite: Dynalite;

beforeAll(async () => {
  dynalite = await startDynalite();
  await createActivityTable(dynalite, table);
});
afterAll(() => dynalite.stop());

let scopes = 0;

/** Makes the two ends of one record, as two executions of a drain have them. */
const KINDS: [string, () => [VersionedItem<PauseRecord>, VersionedItem<PauseRecord>]][] = [
  [
    'in memory',
    () => {
      const item = new InMemoryVersionedItem<PauseRecord>(NO_PAUSES);
      return [item, item];
    },
  ],
  [
    'in DynamoDB',
    () => {
      const options = { client: dynalite.client, table, scope: `scope-${++scopes}` };
      return [pauseRecord(options), pauseRecord(options)];
    },
  ],
];

const FORMER = { a: 'enabled', b: 'paused', c: 'enabled', d: 'enabled' } as const;

describe.each(KINDS)('two executions of a drain, with what they pause kept %s', (_kind, ends) => {
  test('pause everything once, and write down what it was before either touched it', async () => {
    const [one, other] = ends();
    const mappings = new FakeMappings(FORMER);
    const outcomes = await Promise.all([
      pauseAll({ kinds: [mappings], record: one }, 'm-1'),
      pauseAll({ kinds: [mappings], record: other }, 'm-1'),
    ]);
    expect(outcomes).toEqual([
      { done: 4, failed: [] },
      { done: 4, failed: [] },
    ]);
    expect([...mappings.states.values()]).toEqual(['paused', 'paused', 'paused', 'paused']);
    const { entry } = await one.read();
    expect(entry.maintenanceId).toBe('m-1');
    const former = Object.fromEntries(entry.pauses.map((pause) => [pause.id, pause.former]));
    expect(former).toEqual(FORMER);
    expect(entry.pauses).toHaveLength(4);
  });

  test('set everything back to what it was, whichever comes first', async () => {
    const [one, other] = ends();
    const mappings = new FakeMappings(FORMER);
    await pauseAll({ kinds: [mappings], record: one }, 'm-1');
    await Promise.all([
      restoreAll({ kinds: [mappings], record: one }),
      restoreAll({ kinds: [mappings], record: other }),
    ]);
    expect(Object.fromEntries(mappings.states)).toEqual(FORMER);
    expect((await other.read()).entry.pauses).toEqual([]);
  });

  test('that pause and set back at once leave nothing paused that is not written down', async () => {
    const [one, other] = ends();
    const mappings = new FakeMappings(FORMER);
    await pauseAll({ kinds: [mappings], record: one }, 'm-1');
    await Promise.all([
      restoreAll({ kinds: [mappings], record: one }),
      pauseAll({ kinds: [mappings], record: other }, 'm-1'),
    ]);
    const { entry } = await one.read();
    for (const [id, state] of mappings.states) {
      const isNoted = entry.pauses.some((pause) => pause.id === id);
      if (FORMER[id as keyof typeof FORMER] === 'enabled' && state === 'paused')
        expect([id, isNoted]).toEqual([id, true]);
    }
    await restoreAll({ kinds: [mappings], record: other });
    expect(Object.fromEntries(mappings.states)).toEqual(FORMER);
  });
});
