import { beforeEach, describe, expect, test } from '@jest/globals';
import type { EventItem } from '../../../../adapters/events/event-item.ts';
import { SessionStoreUnavailableError } from '../../../../core/errors.ts';
import { executeCommand } from '../../../../core/events/append-change.ts';
import type { State } from '../../../../core/state/state.ts';
import type { StreamRecord } from '../../../../lambdas/aws/stream-event.ts';
import { createMirrorHandler } from '../../../../lambdas/mirror/mirror-handler.ts';
import { ALICE, declareEmergency, enable, NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

const records = (items: readonly EventItem[]): StreamRecord[] =>
  items.map((item, index) => ({ dynamodb: { SequenceNumber: `seq-${index + 1}`, NewImage: item } }));

let kept: State[];
let isDown: boolean;
let log: RecordingLog;
let items: EventItem[];

beforeEach(async () => {
  kept = [];
  isDown = false;
  log = new RecordingLog();
  const events = new InMemoryEventLog();
  for (const command of [enable(), declareEmergency(), { type: 'disable' } as const]) {
    await executeCommand(
      { log: events, now: () => NOW, newId: () => 'm-1' },
      { command, actor: ALICE, answer: () => null },
    );
  }
  items = [...events.items.values()];
});

const mirror = (given: readonly EventItem[]) =>
  createMirrorHandler({
    mirror: {
      keep: async (state) => {
        if (isDown) throw new SessionStoreUnavailableError('down');
        kept.push(state);
        return true;
      },
    },
    log,
  })({ Records: records(given) });

describe('the copy of the state', () => {
  test.each([
    ['in order', [0, 1, 2]],
    ['the other way round', [2, 1, 0]],
    ['repeated', [2, 2]],
  ])('is that of the newest event of a batch: %s', async (_how, order) => {
    expect(await mirror(order.map((index) => items[index] as EventItem))).toEqual({ batchItemFailures: [] });
    expect(kept).toMatchObject([{ version: 3, maintenance: null }]);
  });

  test('is offered again where it could not be kept', async () => {
    isDown = true;
    expect(await mirror(items)).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-1' }] });
    expect(log.lines).toMatchObject([{ level: 'WARN', fields: { event: 'mirror_failed', version: 3 } }]);
  });

  test('is made without what cannot be read', async () => {
    const broken = { ...items[2], state: { S: '{' } };
    expect(await mirror([items[0] as EventItem, broken])).toEqual({ batchItemFailures: [] });
    expect(kept).toMatchObject([{ version: 1 }]);
    expect(log.lines).toMatchObject([{ level: 'WARN', fields: { event: 'malformed_record' } }]);
  });

  test.each([[[]], [[{}]]])('is left alone by a batch of nothing: %j', async (given) => {
    expect(await mirror(given as EventItem[])).toEqual({ batchItemFailures: [] });
    expect(kept).toEqual([]);
  });
});
