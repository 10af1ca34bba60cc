import { describe, expect, test } from '@jest/globals';
import { type GiveNoticeParts, giveNotice } from '../../../../core/notices/give-notice.ts';
import type { Notice } from '../../../../core/notices/notice.ts';
import { NO_NOTICES, type NoticeRecord } from '../../../../core/notices/record.ts';
import { draftAfter } from '../../../support/event-drafts.ts';
import { NOW, normalMaintenance } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { InMemoryVersionedItem } from '../../../support/in-memory-versioned-item.ts';

class Bench {
  readonly events = new InMemoryEventLog();
  readonly record = new InMemoryVersionedItem<NoticeRecord>(NO_NOTICES);
  readonly published: Notice[] = [];
  readonly unrecorded: unknown[] = [];
  readonly subjects: string[] = [];
  isTopicDown = false;

  async write(...changes: Parameters<typeof draftAfter>[1][]): Promise<void> {
    for (const change of changes) {
      const head = await this.events.head();
      await this.events.append(draftAfter(head, change), head);
    }
  }

  give(number: number, parts: Partial<GiveNoticeParts> = {}) {
    return giveNotice(number, {
      events: this.events,
      records: (subject) => {
        this.subjects.push(subject);
        return this.record;
      },
      board: {
        publish: async (notice) => {
          if (this.isTopicDown) throw new Error('SNS is down');
          this.published.push(notice);
        },
      },
      now: () => NOW,
      onUnrecorded: (error) => this.unrecorded.push(error),
      ...parts,
    });
  }

  get given() {
    return this.record.entry.given.map(({ number, outcome, error }) => ({ number, outcome, error }));
  }
}

const SILENT = {
  state: {
    version: 1,
    maintenance: normalMaintenance({ notifyUsers: false }),
    rules: null,
    sessionsInvalidBefore: null,
  },
};

describe('a notice', () => {
  test('is given once, however often and in whatever order the bus tells of its event', async () => {
    const bench = new Bench();
    await bench.write({}, { type: 'updated' });
    expect(await bench.give(2)).toBe('sent');
    expect(await bench.give(1)).toBe('sent');
    expect(await Promise.all([bench.give(1), bench.give(2), bench.give(1)])).toEqual(
      Array.from({ length: 3 }, () => 'repeated'),
    );
    expect(bench.published.map(({ subject }) => subject)).toEqual([
      expect.stringContaining('changed'),
      expect.stringContaining('begun'),
    ]);
    expect(new Set(bench.subjects)).toEqual(new Set(['m-1']));
  });

  test('that the topic does not take is kept as failed, rejects, and is given at the next try', async () => {
    const bench = new Bench();
    await bench.write({});
    bench.isTopicDown = true;
    await expect(bench.give(1)).rejects.toThrow('SNS is down');
    expect(bench.given).toEqual([{ number: 1, outcome: 'failed', error: 'SNS is down' }]);
    bench.isTopicDown = false;
    expect(await bench.give(1)).toBe('sent');
    expect(bench.given).toEqual([{ number: 1, outcome: 'sent', error: null }]);
  });

  test('is kept back where whoever began the maintenance wanted nobody to be told, and that is kept', async () => {
    const bench = new Bench();
    await bench.write(SILENT);
    expect(await bench.give(1)).toBe('suppressed');
    expect(await bench.give(1)).toBe('repeated');
    expect(bench.published).toEqual([]);
    expect(bench.given).toEqual([{ number: 1, outcome: 'suppressed', error: null }]);
  });

  test.each<[what: string, number: number]>([
    ['an event that is not there yet', 2],
    ['an event that concerns nobody', 1],
  ])('is not given of %s', async (_what, number) => {
    const bench = new Bench();
    await bench.write({ type: 'rules_changed' });
    expect(await bench.give(number)).toBe('unknown');
    expect(bench.published).toEqual([]);
  });

  test('is given although nobody can write it down, which is told', async () => {
    const bench = new Bench();
    await bench.write({});
    const board = {
      publish: async (notice: Notice) => {
        bench.published.push(notice);
        bench.record.isDown = true;
      },
    };
    expect(await bench.give(1, { board })).toBe('sent');
    expect([bench.published.length, bench.unrecorded.length]).toEqual([1, 1]);
  });

  test.each(['the event log', 'the record of notices'])('is not given blindly without %s', async (what) => {
    const bench = new Bench();
    await bench.write({});
    if (what === 'the event log') bench.events.down();
    else bench.record.isDown = true;
    await expect(bench.give(1)).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    expect(bench.published).toEqual([]);
  });

  test('leaves in the record what others have written meanwhile', async () => {
    const bench = new Bench();
    await bench.write({}, { type: 'updated' });
    const board = {
      publish: async (notice: Notice) => {
        bench.published.push(notice);
        if (bench.published.length === 1) await bench.give(2);
      },
    };
    expect(await bench.give(1, { board })).toBe('sent');
    expect(bench.given.map(({ number }) => number).toSorted()).toEqual([1, 2]);
  });
});
