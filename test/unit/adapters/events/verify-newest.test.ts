import { beforeEach, expect, test } from '@jest/globals';
import { verifyNewest } from '../../../../adapters/events/verify-chain.ts';
import { draftAfter } from '../../../support/event-drafts.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';

let log: InMemoryEventLog;

beforeEach(async () => {
  log = new InMemoryEventLog();
  for (let number = 1; number <= 5; number += 1) {
    const head = await log.head();
    await log.append(draftAfter(head), head);
  }
});

function damage(number: number, attribute: string, text: string): void {
  log.items.set(number, { ...log.items.get(number), [attribute]: { S: text } });
}

test('the newest events are sound, however many there are before them', async () => {
  expect(await verifyNewest(log, 3)).toEqual({ events: 3, fault: null });
  expect(await verifyNewest(log, 100)).toEqual({ events: 5, fault: null });
  expect(await verifyNewest(new InMemoryEventLog(), 100)).toEqual({ events: 0, fault: null });
});

test.each<[string, () => void, object]>([
  ['altered', () => damage(4, 'hash', '0'.repeat(64)), { number: 4, fault: 'altered' }],
  ['missing', () => void log.items.delete(4), { number: 4, fault: 'missing' }],
  ['unreadable', () => damage(4, 'state', 'x'), { number: 4, fault: 'unreadable' }],
])('an event is %s', async (_, harm, fault) => {
  harm();
  expect(await verifyNewest(log, 3)).toMatchObject({ fault });
});

test('what is older is not looked at', async () => {
  damage(1, 'hash', '0'.repeat(64));
  expect(await verifyNewest(log, 3)).toEqual({ events: 3, fault: null });
});
