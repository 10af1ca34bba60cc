import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { executeCommand } from '../../../../core/events/append-change.ts';
import { advanceCursor } from '../../../../lambdas/publisher/advance-cursor.ts';
import { sweep } from '../../../../lambdas/publisher/sweep.ts';
import { ALICE, declareEmergency, enable, NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { InMemoryVersionedItem } from '../../../support/in-memory-versioned-item.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

const MINUTE = 60_000;

/** A log of three events, a minute apart, of which so many have been published. */
async function setUp(published: number | null) {
  const bus = mockClient(EventBridgeClient);
  bus.on(PutEventsCommand).callsFake(({ Entries }) => ({ FailedEntryCount: 0, Entries }));
  const events = new InMemoryEventLog();
  const commands = [enable(), declareEmergency(), { type: 'deescalate' } as const];
  for (const [index, command] of commands.entries()) {
    await executeCommand(
      { log: events, now: () => NOW + index * MINUTE, newId: () => 'm-1' },
      { command, actor: ALICE, answer: () => ({}) },
    );
  }
  const cursor = new InMemoryVersionedItem<number | null>(null);
  if (published !== null) await cursor.replace(0, published);
  const eventBridge = new EventBridgeClient({ region: 'eu-central-1' });
  const parts = {
    events,
    eventBridge,
    destination: { bus: 'b', scope: 'main' },
    cursor,
    log: new RecordingLog(),
  };
  const sent = () =>
    bus
      .commandCalls(PutEventsCommand)
      .flatMap(({ args }) => args[0].input.Entries ?? [])
      .map(({ Detail }) => JSON.parse(Detail ?? '').number);
  return { bus, cursor, sent, at: (time: number) => sweep({ ...parts, now: () => time }) };
}

describe('the sweep', () => {
  test('publishes what is beyond the cursor and older than a minute, and moves the cursor', async () => {
    const { cursor, sent, at } = await setUp(1);
    await at(NOW + 2.5 * MINUTE);
    expect(sent()).toEqual([2]);
    await at(NOW + 4 * MINUTE);
    await at(NOW + 5 * MINUTE);
    expect(sent()).toEqual([2, 3]);
    expect(cursor.entry).toBe(3);
  });

  test('passes over what is older than a day', async () => {
    const { cursor, sent, at } = await setUp(null);
    await at(NOW + 24 * 60 * MINUTE + 1.5 * MINUTE);
    expect(sent()).toEqual([3]);
    expect(cursor.entry).toBe(3);
  });

  test('leaves the cursor where it is while the bus refuses', async () => {
    const { bus, cursor, at } = await setUp(1);
    bus.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'Throttled' }] });
    await expect(at(NOW + 9 * MINUTE)).rejects.toThrow('refused');
    expect(cursor.entry).toBe(1);
  });
});

test('the cursor never goes past an event that is missing, nor back', async () => {
  const cursor = new InMemoryVersionedItem<number | null>(null);
  for (const [first, last] of [
    [1, 2],
    [4, 5],
    [1, 1],
  ] as const) {
    await advanceCursor(cursor, first, last);
  }
  expect(cursor.entry).toBe(2);
});
