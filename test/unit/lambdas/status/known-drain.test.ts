import { expect, test } from '@jest/globals';
import { NOTHING_DONE } from '../../../../core/drain/decide-drain.ts';
import { type DrainRecord, newDrainRecord } from '../../../../core/drain/record.ts';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import { knownDrain } from '../../../../lambdas/status/known-drain.ts';
import { NOW } from '../../../support/examples.ts';
import { InMemoryVersionedItem } from '../../../support/in-memory-versioned-item.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

test('the record of a drain is read for each call; where that fails, nothing is known, and that is logged', async () => {
  const item = new InMemoryVersionedItem<DrainRecord | null>(null);
  const log = new RecordingLog();
  const known = knownDrain(() => item, log);
  expect(await known('m-1')).toBeNull();
  const record = newDrainRecord('m-1', NOTHING_DONE, NOW);
  const { revision } = await item.read();
  await item.replace(revision, record);
  expect(await known('m-1')).toEqual(record);
  const away = {
    read: async () => {
      throw new StoreUnavailableError('down');
    },
    replace: async () => false,
  };
  expect(await knownDrain(() => away, log)('m-1')).toBeUndefined();
  expect(log.lines.map(({ level, fields }) => [level, fields.event])).toEqual([
    ['WARN', 'drain_read_failed'],
  ]);
});
