import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../../core/errors.ts';
import { EMPTY_ENTRY, type PurgeLedgerEntry } from '../../../core/purge-ledger.ts';
import { recentPurging } from '../../../lambdas/shared/recent-purging.ts';
import { NOW } from '../../support/examples.ts';
import { RecordingLog } from '../../support/recording-log.ts';

class Reader {
  time = NOW;
  reads = 0;
  entry: PurgeLedgerEntry = EMPTY_ENTRY;
  is: 'there' | 'down' | 'silent' = 'there';
  readonly log = new RecordingLog();
  readonly recent = recentPurging({
    ledger: {
      read: async () => {
        this.reads += 1;
        if (this.is === 'down') throw new StoreUnavailableError('down');
        if (this.is === 'silent') return new Promise(() => {});
        return { entry: this.entry, revision: this.reads };
      },
    },
    log: this.log,
    now: () => this.time,
  });
}

const later: PurgeLedgerEntry = { ...EMPTY_ENTRY, ended: { maintenanceId: 'm-1', deleted: 3 } };

describe('the progress of the purge', () => {
  test('is read once a second, however many ask', async () => {
    const reader = new Reader();
    await Promise.all([reader.recent(), reader.recent()]);
    reader.entry = later;
    reader.time += 999;
    expect(await reader.recent()).toEqual(EMPTY_ENTRY);
    reader.time += 1;
    expect(await reader.recent()).toEqual(later);
    expect(reader.reads).toBe(2);
  });

  test.each(['down', 'silent'] as const)('is the last known where the table is %s', async (is) => {
    const reader = new Reader();
    reader.is = is;
    expect(await reader.recent()).toBeNull();
    reader.is = 'there';
    reader.time += 1000;
    await reader.recent();
    reader.is = is;
    reader.time += 1000;
    expect(await reader.recent()).toEqual(EMPTY_ENTRY);
    expect(reader.log.lines).toMatchObject([
      { level: 'WARN', fields: { event: 'purge_read_failed' } },
      { level: 'WARN', fields: { event: 'purge_read_failed' } },
    ]);
  });
});
