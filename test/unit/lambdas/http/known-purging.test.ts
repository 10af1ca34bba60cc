import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import { EMPTY_ENTRY, type PurgeRecord } from '../../../../core/purge/record.ts';
import { knownPurging } from '../../../../lambdas/http/known-purging.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

class Reader {
  entry: PurgeRecord = EMPTY_ENTRY;
  is: 'there' | 'down' | 'silent' = 'there';
  readonly log = new RecordingLog();
  readonly known = knownPurging(
    {
      read: async () => {
        if (this.is === 'down') throw new StoreUnavailableError('down');
        if (this.is === 'silent') return new Promise(() => {});
        return { entry: this.entry, revision: 1 };
      },
    },
    this.log,
  );
}

const later: PurgeRecord = { ...EMPTY_ENTRY, ended: { maintenanceId: 'm-1', deleted: 3 } };

describe('the progress of the purge', () => {
  test('is the newest, each time', async () => {
    const reader = new Reader();
    expect(await reader.known()).toEqual(EMPTY_ENTRY);
    reader.entry = later;
    expect(await reader.known()).toEqual(later);
  });

  test.each(['down', 'silent'] as const)('is the last known where the table is %s', async (is) => {
    const reader = new Reader();
    reader.is = is;
    expect(await reader.known()).toBeNull();
    reader.is = 'there';
    reader.entry = later;
    await reader.known();
    reader.is = is;
    expect(await reader.known()).toEqual(later);
    expect(reader.log.lines).toMatchObject([
      { level: 'WARN', fields: { event: 'purge_read_failed' } },
      { level: 'WARN', fields: { event: 'purge_read_failed' } },
    ]);
  });
});
