import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import type { EventItem } from '../../../../adapters/events/event-item.ts';
import type { Command } from '../../../../core/commands/command.ts';
import { executeCommand } from '../../../../core/events/append-change.ts';
import type { Actor } from '../../../../core/events/event.ts';
import type { StreamRecord } from '../../../../lambdas/aws/stream-event.ts';
import { inBatches } from '../../../../lambdas/publisher/batches.ts';
import { createPublisherHandler } from '../../../../lambdas/publisher/publisher-handler.ts';
import { ALICE, declareEmergency, enable, NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { InMemoryVersionedItem } from '../../../support/in-memory-versioned-item.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

const eventBridge = mockClient(EventBridgeClient);
const accepted = (count: number) => ({
  FailedEntryCount: 0,
  Entries: Array.from({ length: count }, (_, index) => ({ EventId: `e-${index}` })),
});

function setUp() {
  const log = new RecordingLog();
  const cursor = new InMemoryVersionedItem<number | null>(null);
  const lines: string[] = [];
  const handler = createPublisherHandler({
    eventBridge: new EventBridgeClient({ region: 'eu-central-1' }),
    destination: { bus: 'bus-1', scope: 'main' },
    cursor,
    log,
    write: (line) => lines.push(line),
    now: () => NOW,
  });
  return { log, handler, cursor, lines };
}

/** Items of a log in which these commands were carried out, one after the other. */
async function itemsOf(...commands: Command[]): Promise<EventItem[]> {
  return await itemsBy(ALICE, ...commands);
}

async function itemsBy(actor: Actor, ...commands: Command[]): Promise<EventItem[]> {
  const log = new InMemoryEventLog();
  for (const command of commands) {
    await executeCommand(
      { log, now: () => NOW, newId: () => 'm-1' },
      {
        command,
        actor,
        idempotency: { key: `secret-key-${command.type}`, requestHash: 'h' },
        answer: () => ({ version: 1, note: 'secret answer' }),
      },
    );
  }
  return [...log.items.values()];
}

const records = (items: readonly EventItem[]): StreamRecord[] =>
  items.map((item, index) => ({
    eventName: 'INSERT',
    dynamodb: { SequenceNumber: `seq-${index + 1}`, NewImage: item },
  }));

const sent = () => eventBridge.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries ?? []);

const FIVE: Command[] = [
  enable(),
  declareEmergency(),
  { type: 'deescalate' },
  { type: 'update', reason: 'Longer' },
  { type: 'disable' },
];
const FAILED_NONE = { batchItemFailures: [] };

beforeEach(() => {
  eventBridge.reset();
  eventBridge.on(PutEventsCommand).callsFake((input) => accepted(input.Entries.length));
});

describe('published events', () => {
  test('go to the bus in the order of their numbers, with a detail type each', async () => {
    const { handler } = setUp();
    expect(await handler({ Records: records(await itemsOf(...FIVE)) })).toEqual(FAILED_NONE);
    expect(sent()).toHaveLength(1);
    expect(sent()[0]?.map(({ DetailType }) => DetailType)).toEqual([
      'Maintenance Activated',
      'Maintenance Escalated',
      'Maintenance De-escalated',
      'Maintenance Updated',
      'Maintenance Deactivated',
    ]);
    expect(sent()[0]?.map(({ Detail }) => JSON.parse(Detail ?? '').number)).toEqual([1, 2, 3, 4, 5]);
  });

  test('hold what docs/events.md says', async () => {
    const { handler } = setUp();
    const items = await itemsOf(enable({ reason: 'Quotes " and\nlines' }));
    await handler({ Records: records(items) });
    const [entry] = sent()[0] ?? [];
    expect(entry).toMatchObject({
      EventBusName: 'bus-1',
      Source: 'enhanced-maintenance-mode',
      DetailType: 'Maintenance Activated',
      Time: new Date(NOW),
    });
    expect(JSON.parse(entry?.Detail ?? '')).toEqual({
      number: 1,
      id: 'event-1',
      type: 'activated',
      at: '2026-01-15T10:00:00Z',
      actor: { id: 'alice', role: 'admin', via: 'api' },
      reason: 'Quotes " and\nlines',
      maintenance_id: 'm-1',
      details: {
        mode: 'normal',
        ends_at: null,
        auto_end: false,
        blocked_operations: null,
        invalidate_sessions: true,
      },
      version: 1,
      hash: items[0]?.hash?.S,
      previous_hash: '0'.repeat(64),
      scope: 'main',
      active: true,
      mode: 'normal',
    });
  });

  test('hold neither idempotency keys nor the answers kept for them', async () => {
    const { handler } = setUp();
    await handler({ Records: records(await itemsOf(...FIVE)) });
    expect(JSON.stringify(sent())).not.toContain('secret');
  });

  test('are the same when the same record comes again', async () => {
    const { handler } = setUp();
    const Records = records(await itemsOf(enable()));
    await handler({ Records });
    await handler({ Records });
    expect(sent()[0]).toEqual(sent()[1]);
  });
});

describe('a change past the API', () => {
  const direct: Actor = { id: 'arn:aws:iam::1:user/"eve"', role: 'admin', via: 'direct' };
  const lines = ({ lines }: RecordingLog) => lines.filter(({ fields }) => fields.event === 'direct_change');

  test('is told once it is published, with who made it; others are not', async () => {
    const { handler, log } = setUp();
    await handler({ Records: records(await itemsOf(enable())) });
    expect(lines(log)).toEqual([]);
    await handler({ Records: records(await itemsBy(direct, enable(), { type: 'disable' })) });
    expect(lines(log)).toEqual(
      ['activated', 'deactivated'].map((type, index) => ({
        level: 'WARN',
        message: expect.stringContaining(`[MAINTENANCE] Changed past the API: type="${type}"`),
        fields: { event: 'direct_change', version: index + 1, user: direct.id, type },
      })),
    );
  });

  test('is not told of while it could not be published: the stream offers it again', async () => {
    const { handler, log } = setUp();
    eventBridge.on(PutEventsCommand).rejectsOnce(new Error('network')).resolves(accepted(1));
    const Records = records(await itemsBy(direct, enable()));
    await handler({ Records });
    expect(lines(log)).toEqual([]);
    await handler({ Records });
    expect(lines(log)).toHaveLength(1);
  });
});

describe('a failure', () => {
  test('of one entry sends the stream back to its record', async () => {
    const { handler, log } = setUp();
    eventBridge.on(PutEventsCommand).resolves({
      FailedEntryCount: 1,
      Entries: [
        { EventId: 'e' },
        { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' },
        { EventId: 'e' },
      ],
    });
    const result = await handler({ Records: records(await itemsOf(...FIVE.slice(0, 3))) });
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-2' }] });
    expect(log.lines).toMatchObject([
      { level: 'WARN', fields: { event: 'publication_failed', code: 'ThrottlingException' } },
    ]);
  });

  test('of a whole call sends it back to the first record of that call', async () => {
    const { handler, log } = setUp();
    eventBridge.on(PutEventsCommand).rejects(new Error('network'));
    const result = await handler({ Records: records(await itemsOf(...FIVE)) });
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-1' }] });
    expect(log.lines).toMatchObject([{ level: 'WARN', fields: { event: 'publication_failed' } }]);
  });

  test('in the second call leaves the first one published', async () => {
    const { handler } = setUp();
    const [item = {}] = await itemsOf(enable());
    eventBridge.on(PutEventsCommand).resolvesOnce(accepted(10)).rejectsOnce(new Error('network'));
    const result = await handler({ Records: records(Array.from({ length: 12 }, () => item)) });
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-11' }] });
  });

  test.each<[what: string, image: EventItem | undefined]>([
    ['no image', undefined],
    ['an empty image', {}],
    ['an image that is no event', { pk: { S: 'EVENTS#main' }, sk: { N: '2' }, event: { S: '{' } }],
  ])('to read a record is told to people, and what came before it is published: %s', async (_, image) => {
    const { handler, log } = setUp();
    const [good, ...rest] = records(await itemsOf(...FIVE.slice(0, 2)));
    const bad: StreamRecord = {
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: 'seq-bad', ...(image === undefined ? {} : { NewImage: image }) },
    };
    const result = await handler({ Records: [good as StreamRecord, bad, ...rest] });
    expect(result).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-bad' }] });
    expect(sent().flat()).toHaveLength(1);
    expect(log.lines).toMatchObject([
      { level: 'ERROR', fields: { event: 'malformed_record', sequence_number: 'seq-bad' } },
      { level: 'INFO', fields: { event: 'events_published', versions: [1] } },
    ]);
  });

  test('does not happen to an empty batch', async () => {
    expect(await setUp().handler({ Records: [] })).toEqual(FAILED_NONE);
    expect(sent()).toEqual([]);
  });
});

describe('calls to the bus', () => {
  const entries = (count: number, bytes: number) =>
    Array.from({ length: count }, (_, n) => ({ n, entry: { Source: 's', Detail: 'x'.repeat(bytes) } }));

  test.each<[count: number, bytes: number, sizes: number[]]>([
    [0, 10, []],
    [10, 10, [10]],
    [23, 10, [10, 10, 3]],
    [5, 100_000, [2, 2, 1]],
    [2, 300_000, [1, 1]],
  ])('hold at most 10 entries and 256 KB: %i of %i bytes', (count, bytes, sizes) => {
    const batches = inBatches(entries(count, bytes));
    expect(batches.map((batch) => batch.length)).toEqual(sizes);
    expect(batches.flat().map(({ n }) => n)).toEqual([...Array(count).keys()]);
  });
});

describe('what was written and is no longer so', () => {
  const change = (eventName: 'MODIFY' | 'REMOVE', pk: string, number: number): StreamRecord => ({
    eventName,
    dynamodb: { Keys: { pk: { S: pk }, sk: { N: String(number) } }, SequenceNumber: `old-${number}` },
  });

  test.each([
    ['MODIFY', 'changed'],
    ['REMOVE', 'removed'],
  ] as const)('%s raises an alarm, and is not published', async (name, done) => {
    const { handler, log, lines } = setUp();
    expect(await handler({ Records: [change(name, 'EVENTS#main', 8)] })).toEqual(FAILED_NONE);
    expect(sent()).toEqual([]);
    expect(log.lines).toEqual([
      expect.objectContaining({
        level: 'ERROR',
        message: `Event 8 of the log was ${done} after it was written.`,
        fields: expect.objectContaining({ event: 'log_tampered', version: 8, change: done }),
      }),
    ]);
    expect(lines.map((line) => JSON.parse(line).LogTampered)).toEqual([1]);
  });

  test('is told although new events before it cannot be published', async () => {
    const { handler, lines } = setUp();
    eventBridge.on(PutEventsCommand).rejects(new Error('away'));
    const news = records(await itemsOf(enable()));
    expect(await handler({ Records: [...news, change('REMOVE', 'EVENTS#main', 1)] })).toEqual({
      batchItemFailures: [{ itemIdentifier: 'seq-1' }],
    });
    expect(lines).toHaveLength(1);
  });

  test('is nothing of ours in the partition of another log', async () => {
    const { handler, log, lines } = setUp();
    await handler({ Records: [change('REMOVE', 'EVENTS#other', 1)] });
    expect([log.lines, lines]).toEqual([[], []]);
  });
});
