import { describe, expect, test } from '@jest/globals';
import type { Notice } from '../../../../core/notices/notice.ts';
import { NO_NOTICES, type NoticeRecord } from '../../../../core/notices/record.ts';
import { createNoticesHandler } from '../../../../lambdas/notices/notices-handler.ts';
import { draftAfter } from '../../../support/event-drafts.ts';
import { NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { InMemoryVersionedItem } from '../../../support/in-memory-versioned-item.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

const INVOCATION = { awsRequestId: 'aws-1' };
const busEvent = (number: number, type = 'activated') => ({ detail: { number, type } });

async function setUp(publish: (notice: Notice) => Promise<void> = async () => {}) {
  const events = new InMemoryEventLog();
  await events.append(draftAfter(null), null);
  const log = new RecordingLog();
  const record = new InMemoryVersionedItem<NoticeRecord>(NO_NOTICES);
  const handler = createNoticesHandler({
    events,
    records: () => record,
    board: { publish },
    log,
    now: () => NOW,
  });
  const told = () => log.lines.map(({ level, fields: { event, outcome } }) => ({ level, event, outcome }));
  return { handler, record, log, told };
}

describe('the function for notices', () => {
  test('tells of an event once, and in the log what became of each delivery', async () => {
    const published: Notice[] = [];
    const { handler, told, log } = await setUp(async (notice) => {
      published.push(notice);
    });
    await handler(busEvent(1), INVOCATION);
    await handler(busEvent(1), INVOCATION);
    expect(published).toHaveLength(1);
    expect(told()).toEqual([
      { level: 'INFO', event: 'notice_given', outcome: 'sent' },
      { level: 'INFO', event: 'notice_given', outcome: 'repeated' },
    ]);
    expect(log.lines[0]?.fields).toMatchObject({ version: 1, type: 'activated', request_id: 'aws-1' });
  });

  test('fails where nobody could be told, so that Lambda tries again', async () => {
    const { handler, told } = await setUp(() => Promise.reject(new Error('SNS is down')));
    await expect(handler(busEvent(1), INVOCATION)).rejects.toThrow('SNS is down');
    expect(told()).toEqual([{ level: 'WARN', event: 'notice_failed', outcome: undefined }]);
  });

  test('does not fail where only the record could not be written: a second notice would be the price', async () => {
    const bench = await setUp(async () => {
      bench.record.isDown = true;
    });
    await bench.handler(busEvent(1), INVOCATION);
    expect(bench.told().map(({ level, event }) => [level, event])).toEqual([
      ['WARN', 'notice_unrecorded'],
      ['INFO', 'notice_given'],
    ]);
  });

  test.each<[what: string, event: unknown]>([
    ['nothing', undefined],
    ['another detail', { detail: { type: 'job_requeued', id: 'x' } }],
    ['a number that no event has', busEvent(0)],
    ['text for a number', { detail: { number: '1', type: 'activated' } }],
  ])('refuses %s, for the dead-letter queue', async (_what, event) => {
    const { handler, record } = await setUp();
    await expect(handler(event, INVOCATION)).rejects.toMatchObject({ name: 'ZodError' });
    expect(record.revision).toBe(0);
  });
});
