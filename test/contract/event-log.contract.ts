import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { EventItem } from '../../adapters/events/event-item.ts';
import { MAX_STATE_BYTES } from '../../adapters/events/seal-event.ts';
import { verifyChain } from '../../adapters/events/verify-chain.ts';
import {
  CorruptLogError,
  OutcomeUnknownError,
  StateTooLargeError,
  StoreUnavailableError,
} from '../../core/errors.ts';
import { GENESIS_HASH, type MaintenanceEvent } from '../../core/events/event.ts';
import type { EventLog, Head } from '../../core/events/event-log.ts';
import { draftAfter, idempotency } from '../support/event-drafts.ts';
import { ALICE, BOB, NOW, normalMaintenance } from '../support/examples.ts';
import { type Fate, type Interference, writesMeet } from '../support/interference.ts';
import { patient } from '../support/patience.ts';

/** A log under test, and what its tests may do to the store behind it. */
interface EventLogUnderTest {
  readonly log: EventLog;
  interfere(interference: Interference): void;
  down(): Promise<void>;
  up(): Promise<void>;
  /** Changes an item behind the log's back; null removes it. */
  rewrite(number: number, change: (item: EventItem) => EventItem | null): Promise<void>;
  stop(): Promise<void>;
}

/** What every event log promises. `start` gives an empty one. */
export function eventLogContract(name: string, start: () => Promise<EventLogUnderTest>): void {
  describe(`The event log in ${name}`, () => {
    let store: EventLogUnderTest;
    let log: EventLog;

    beforeEach(async () => {
      store = await start();
      log = store.log;
    });
    afterEach(() => store.stop());

    async function append(after: Head, draft = draftAfter(after)): Promise<MaintenanceEvent> {
      const { version } = draft.state;
      const appended = await log.append(draft, after, idempotency(`step-${version}`));
      if (appended.outcome !== 'appended') throw new Error(`Event ${version} met a conflict.`);
      return appended.event;
    }

    async function fill(length: number): Promise<MaintenanceEvent[]> {
      const events: MaintenanceEvent[] = [];
      while (events.length < length) events.push(await append(events.at(-1) ?? null));
      return events;
    }

    async function everything(limit = 100): Promise<MaintenanceEvent[]> {
      const events: MaintenanceEvent[] = [];
      for (let before: number | null = null; ; ) {
        const page = await log.page({ limit, before });
        events.push(...page.items);
        before = page.nextBefore;
        if (before === null) return events;
      }
    }

    describe('appending', () => {
      test('an empty log has no head, no page and no fault', async () => {
        expect(await log.head()).toBeNull();
        expect(await log.page({ limit: 100 })).toEqual({ items: [], nextBefore: null });
        expect(await verifyChain(log)).toBeNull();
      });

      test('what was appended is the head, with nothing added or lost', async () => {
        const draft = draftAfter(null, {
          state: { version: 1, maintenance: normalMaintenance(), rules: null, sessionsInvalidBefore: NOW },
          reason: 'Größere "Wartung"\n<b>$context</b> 🚧',
          details: { nested: { list: [1, null, 'x'] }, ['__proto__']: 'kept' },
        });
        const kept = idempotency('key-1', { answer: { is_active: true, warnings: ['ends soon'] } });
        const appended = await log.append(draft, null, kept);
        expect(appended).toEqual({ outcome: 'appended', event: await log.head() });
        expect(await log.head()).toEqual({
          ...draft,
          number: 1,
          id: expect.any(String),
          idempotency: kept,
          previousHash: GENESIS_HASH,
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        });
      });

      test('events are numbered from 1 without gaps, each linked to the one before', async () => {
        const events = await fill(5);
        expect(events.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
        expect(events.map(({ previousHash }) => previousHash)).toEqual([
          GENESIS_HASH,
          ...events.slice(0, -1).map(({ hash }) => hash),
        ]);
        expect(new Set(events.map(({ id }) => id)).size).toBe(5);
        expect(await verifyChain(log)).toBeNull();
      });

      test('a place that is taken is a conflict, and what holds it stays', async () => {
        const [first, second] = await fill(2);
        expect(await log.append(draftAfter(null, { actor: BOB }), null)).toEqual({ outcome: 'conflict' });
        expect(await log.append(draftAfter(first ?? null, { actor: BOB }), first ?? null)).toEqual({
          outcome: 'conflict',
        });
        expect(await everything()).toEqual([second, first]);
      });

      test('a state of another version than the number is refused before anything is written', async () => {
        await expect(log.append(draftAfter(null, { state: stateOf(2) }), null)).rejects.toThrow(RangeError);
        expect(await log.head()).toBeNull();
      });

      test.each([
        ['the largest state', MAX_STATE_BYTES, true],
        ['one byte more', MAX_STATE_BYTES + 1, false],
      ])('%s is taken or refused before anything is written', async (_, size, taken) => {
        const draft = draftAfter(null, { state: stateOfSize(size) });
        if (taken) {
          await append(null, draft);
          expect(await log.head()).toMatchObject({ state: draft.state });
        } else {
          const refusal = await log.append(draft, null).catch((error: unknown) => error);
          expect(refusal).toBeInstanceOf(StateTooLargeError);
          expect(refusal).toMatchObject({
            code: 'state_too_large',
            actual: size,
            limit: MAX_STATE_BYTES,
          });
          expect(await log.head()).toBeNull();
        }
      });
    });

    describe('when requests or answers are lost', () => {
      test.each<[string, Fate[]]>([
        ['one answer lost', ['lose_answer']],
        ['every answer lost', ['lose_answer', 'lose_answer', 'lose_answer']],
        ['one request lost', ['lose_request']],
        ['a request, then an answer lost', ['lose_request', 'lose_answer']],
        ['an answer, then requests lost', ['lose_answer', 'lose_request', 'lose_request']],
      ])('%s: the own event is recognised, and is there once', async (_, fates) => {
        const first = await append(null);
        store.interfere(writesMeet(...fates));
        const second = await append(first);
        expect(await everything()).toEqual([second, first]);
      });

      test("an answer lost for a place that is somebody else's is a conflict", async () => {
        const [first] = await fill(1);
        store.interfere(writesMeet('lose_answer', 'lose_answer', 'lose_answer'));
        expect(await log.append(draftAfter(null, { actor: BOB }), null)).toEqual({ outcome: 'conflict' });
        expect(await everything()).toEqual([first]);
      });

      test('a request that never arrived is reported as unknown, with the event to look for', async () => {
        const [first = null] = await fill(1);
        store.interfere(writesMeet('lose_request', 'lose_request', 'lose_request'));
        const failure = await log.append(draftAfter(first), first).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(OutcomeUnknownError);
        expect(failure).toMatchObject({
          name: 'OutcomeUnknownError',
          code: 'state_store_unavailable',
          number: 2,
          eventId: expect.any(String),
        });
        expect(await log.head()).toEqual(first);
      });

      test('an event written just before the store went away is reported as unknown, and found later', async () => {
        store.interfere((operation) => (operation === 'write' ? 'lose_answer' : 'lose_request'));
        const failure = await log.append(draftAfter(null), null).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(OutcomeUnknownError);
        store.interfere(() => 'pass');
        expect((await log.head())?.id).toBe((failure as OutcomeUnknownError).eventId);
      });
    });

    describe('when the store is away', () => {
      test.each<[string, (head: Head) => Promise<unknown>]>([
        ['reading the head', () => log.head()],
        ['reading a page', () => log.page({ limit: 10 })],
        ['looking for a key', () => log.findByIdempotencyKey('alice', 'key-1', 0)],
        ['appending', (head) => log.append(draftAfter(head), head)],
      ])('%s rejects with StoreUnavailableError in time, and works again afterwards', async (_, call) => {
        const [first = null] = await fill(1);
        await store.down();
        const begun = performance.now();
        const failure = await call(first).catch((error: unknown) => error);
        expect(failure).toBeInstanceOf(StoreUnavailableError);
        expect(failure).toMatchObject({ code: 'state_store_unavailable' });
        expect(performance.now() - begun).toBeLessThan(patient(5000));
        await store.up();
        expect(await log.head()).toEqual(first);
        await call(first);
      });
    });

    describe('paging', () => {
      test.each([1, 2, 3, 7, 8, 100])('pages of %i lead to the first event, newest first', async (limit) => {
        const events = await fill(7);
        expect(await everything(limit)).toEqual(events.toReversed());
      });

      test('a page begins below the number asked for', async () => {
        const events = await fill(5);
        expect(await log.page({ limit: 2, before: 4 })).toEqual({
          items: [events[2], events[1]],
          nextBefore: 2,
        });
        expect(await log.page({ limit: 2, before: 3 })).toEqual({
          items: [events[1], events[0]],
          nextBefore: null,
        });
        expect(await log.page({ limit: 2, before: 1 })).toEqual({ items: [], nextBefore: null });
      });

      test('events appended meanwhile neither repeat nor hide any', async () => {
        const events = await fill(4);
        const newest = await log.page({ limit: 2 });
        await append(events.at(-1) ?? null);
        const rest = await log.page({ limit: 2, before: newest.nextBefore });
        expect([...newest.items, ...rest.items]).toEqual(events.toReversed());
      });

      test.each([0, -1, 101, 1.5, Number.NaN])('a page of %d events is a mistake', async (limit) => {
        await expect(log.page({ limit })).rejects.toThrow(RangeError);
      });
    });

    describe('finding an idempotency key', () => {
      const KEY = 'key-1';

      async function appendWith(kept: { key: string; at?: number; actor?: typeof ALICE; answer?: unknown }) {
        const head = await log.head();
        const { key, at = NOW, actor = ALICE, answer = {} } = kept;
        const draft = draftAfter(head, { at, actor });
        const appended = await log.append(draft, head, idempotency(key, { answer }));
        return appended.outcome === 'appended' ? appended.event : null;
      }

      test('finds the event with the answer that was given', async () => {
        const event = await appendWith({ key: KEY, answer: { version: 1 } });
        await append(event);
        expect(await log.findByIdempotencyKey('alice', KEY, NOW)).toEqual(event);
        expect(event?.idempotency?.answer).toEqual({ version: 1 });
      });

      test.each<[string, string, string, number]>([
        ['another key', 'alice', 'key-2', NOW],
        ["another actor's key", 'bob', KEY, NOW],
        ['a key from before the window', 'alice', KEY, NOW + 1],
        ['a key long before the window', 'alice', KEY, NOW + 86_400_000],
      ])('does not find %s', async (_, actorId, key, since) => {
        await appendWith({ key: KEY });
        expect(await log.findByIdempotencyKey(actorId, key, since)).toBeNull();
      });

      test('keeps the keys of two actors apart', async () => {
        const alices = await appendWith({ key: KEY });
        const bobs = await appendWith({ key: KEY, actor: BOB });
        expect(await log.findByIdempotencyKey('alice', KEY, NOW)).toEqual(alices);
        expect(await log.findByIdempotencyKey('bob', KEY, NOW)).toEqual(bobs);
      });

      test('takes the newest of several', async () => {
        await appendWith({ key: KEY, at: NOW - 1000 });
        const newer = await appendWith({ key: KEY });
        expect(await log.findByIdempotencyKey('alice', KEY, 0)).toEqual(newer);
      });

      test('finds it behind an event of a writer whose clock is a little slow', async () => {
        const event = await appendWith({ key: KEY, at: NOW });
        await append(event, draftAfter(event, { at: NOW - 2000 }));
        expect(await log.findByIdempotencyKey('alice', KEY, NOW - 1000)).toEqual(event);
      });

      test('finds it more than a page back', async () => {
        const event = await appendWith({ key: KEY });
        let head: Head = event;
        for (let count = 0; count < 105; count += 1) head = await append(head);
        expect(await log.findByIdempotencyKey('alice', KEY, NOW)).toEqual(event);
        expect(await log.findByIdempotencyKey('alice', 'key-2', 0)).toBeNull();
      });
    });

    describe('with 50 writers at once', () => {
      const WRITERS = 50;
      /** Each lost race means that another writer got on; the rest leaves room for lost requests. */
      const MAX_TRIES = 10 * WRITERS;

      /** Appends until acknowledged, as commands do: a fresh look after each failure, the own key first. */
      async function write(key: string): Promise<MaintenanceEvent> {
        for (let tries = 0; tries < MAX_TRIES; tries += 1) {
          try {
            const earlier = await log.findByIdempotencyKey('alice', key, NOW);
            if (earlier !== null) return earlier;
            const head = await log.head();
            const appended = await log.append(draftAfter(head), head, idempotency(key));
            if (appended.outcome === 'appended') return appended.event;
          } catch (error) {
            if (!(error instanceof StoreUnavailableError)) throw error;
          }
        }
        throw new Error(`${key} was not acknowledged in ${MAX_TRIES} tries.`);
      }

      async function writeAll(): Promise<MaintenanceEvent[]> {
        return Promise.all(Array.from({ length: WRITERS }, (_, index) => write(`writer-${index}`)));
      }

      async function expectEachOnce(acknowledged: readonly MaintenanceEvent[]): Promise<void> {
        const events = await everything();
        expect(events.map(({ number }) => number)).toEqual(
          Array.from({ length: WRITERS }, (_, index) => WRITERS - index),
        );
        expect(events).toEqual(acknowledged.toSorted((one, other) => other.number - one.number));
        expect(new Set(events.map((event) => event.idempotency?.key)).size).toBe(WRITERS);
        expect(await verifyChain(log)).toBeNull();
      }

      test('every acknowledged append is there exactly once, and numbers have no gaps', async () => {
        await expectEachOnce(await writeAll());
      });

      test('the same with requests and answers lost at random', async () => {
        const random = mulberry32(20260115);
        const lost = { lose_request: 0, lose_answer: 0 };
        store.interfere(() => {
          const drawn = random();
          if (drawn >= 0.3) return 'pass';
          const fate = drawn < 0.15 ? 'lose_request' : 'lose_answer';
          lost[fate] += 1;
          return fate;
        });
        const acknowledged = await writeAll();
        store.interfere(() => 'pass');
        await expectEachOnce(acknowledged);
        expect(Math.min(lost.lose_request, lost.lose_answer)).toBeGreaterThan(WRITERS);
      });
    });

    describe('when items are damaged', () => {
      test.each<[string, (item: EventItem) => EventItem]>([
        ['no event', ({ event: _, ...rest }) => rest],
        ['no JSON', (item) => ({ ...item, event: { S: '{"type":' } })],
        ['JSON of something else', (item) => ({ ...item, event: { S: '[]' } })],
        ['null', (item) => ({ ...item, event: { S: 'null' } })],
        [
          'an unknown type of event',
          (item) => ({ ...item, event: replaced(item.event, /updated/, 'erased') }),
        ],
        ['no state', ({ state: _, ...rest }) => rest],
        ['a state of another version', (item) => ({ ...item, state: replaced(item.state, /:2/, ':3') })],
        ['an unknown mode', (item) => ({ ...item, state: replaced(item.state, /"normal"/, '"paused"') })],
        ['no hash', ({ hash: _, ...rest }) => rest],
        ['a hash that is none', (item) => ({ ...item, hash: { S: 'x' } })],
        ['no id', ({ id: _, ...rest }) => rest],
        ['an answer that is no JSON', (item) => ({ ...item, answer: { S: '{' } })],
      ])('%s: CorruptLogError names the event, and the verifier reports it', async (_, damage) => {
        await fill(2);
        await store.rewrite(2, damage);
        for (const reading of [log.head(), log.page({ limit: 2 }), log.findByIdempotencyKey('a', 'b', 0)]) {
          const failure = await reading.catch((error: unknown) => error);
          expect(failure).toBeInstanceOf(CorruptLogError);
          expect(failure).toMatchObject({ code: 'corrupt_log', number: 2 });
        }
        expect(await verifyChain(log)).toMatchObject({ number: 2, fault: 'unreadable' });
      });
    });

    describe('verifying the chain', () => {
      test('finds a removed event', async () => {
        await fill(5);
        await store.rewrite(3, () => null);
        expect(await verifyChain(log)).toEqual({
          number: 3,
          fault: 'missing',
          expected: 'event 3',
          actual: null,
        });
      });

      test('finds that the first events were removed', async () => {
        await fill(5);
        await store.rewrite(1, () => null);
        await store.rewrite(2, () => null);
        expect(await verifyChain(log)).toMatchObject({ number: 1, fault: 'missing' });
      });

      test.each<[string, (item: EventItem) => EventItem]>([
        [
          'reason',
          (item) => ({ ...item, event: replaced(item.event, /"reason":"[^"]*"/, '"reason":"Tea"') }),
        ],
        ['state', (item) => ({ ...item, state: replaced(item.state, /null}$/, '1}') })],
        ['id', (item) => ({ ...item, id: { S: 'another' } })],
        ['answer', (item) => ({ ...item, answer: { S: '"another"' } })],
      ])('finds an altered %s', async (_, alter) => {
        const events = await fill(5);
        await store.rewrite(3, alter);
        expect(await verifyChain(log)).toEqual({
          number: 3,
          fault: 'altered',
          expected: expect.stringMatching(/^[0-9a-f]{64}$/),
          actual: events[2]?.hash,
        });
      });

      test('finds an event that was replaced, with a hash that fits itself', async () => {
        const events = await fill(5);
        const other = await otherLogsItem(3);
        await store.rewrite(3, () => other);
        expect(await verifyChain(log)).toEqual({
          number: 3,
          fault: 'unlinked',
          expected: events[1]?.hash,
          actual: other.event?.S?.match(/"previousHash":"(\w+)"/)?.[1],
        });
      });

      test('finds two events that changed places', async () => {
        await fill(5);
        const items = new Map<number, EventItem>();
        for (const number of [2, 3]) {
          await store.rewrite(number, (item) => {
            items.set(number, item);
            return item;
          });
        }
        const places = (number: number, other: number) =>
          store.rewrite(number, ({ pk = {}, sk = {}, state = {} }) => ({
            ...items.get(other),
            pk,
            sk,
            state,
          }));
        await places(2, 3);
        await places(3, 2);
        expect(await verifyChain(log)).toMatchObject({ number: 2 });
      });

      test('reports the fault with the lowest number of several', async () => {
        await fill(6);
        await store.rewrite(5, (item) => ({ ...item, id: { S: 'another' } }));
        await store.rewrite(4, (item) => ({ ...item, event: { S: '' } }));
        await store.rewrite(2, () => null);
        expect(await verifyChain(log)).toMatchObject({ number: 2, fault: 'missing' });
      });

      test('finds a removed event below one that cannot be read', async () => {
        await fill(5);
        await store.rewrite(4, (item) => ({ ...item, event: { S: '' } }));
        await store.rewrite(3, () => null);
        expect(await verifyChain(log)).toMatchObject({ number: 3, fault: 'missing' });
      });

      test('finds a first event that cannot be read', async () => {
        await fill(2);
        await store.rewrite(1, (item) => ({ ...item, event: { S: '' } }));
        expect(await verifyChain(log)).toMatchObject({ number: 1, fault: 'unreadable' });
      });

      test('walks logs longer than a page', async () => {
        await fill(105);
        expect(await verifyChain(log)).toBeNull();
        await store.rewrite(2, (item) => ({ ...item, id: { S: 'another' } }));
        expect(await verifyChain(log)).toMatchObject({ number: 2, fault: 'altered' });
      });

      /** The item of that number in a log with other events. */
      async function otherLogsItem(number: number): Promise<EventItem> {
        const other = await start();
        let head: Head = null;
        for (let count = 0; count < number; count += 1) {
          const appended = await other.log.append(draftAfter(head, { actor: BOB }), head);
          head = appended.outcome === 'appended' ? appended.event : null;
        }
        let found: EventItem = {};
        await other.rewrite(number, (item) => {
          found = item;
          return item;
        });
        await other.stop();
        return found;
      }
    });
  });
}

function stateOf(version: number) {
  return { version, maintenance: null, rules: null, sessionsInvalidBefore: null };
}

/** A state of version 1 that takes that many bytes, in characters of two bytes and one. */
function stateOfSize(size: number) {
  const stateWith = (reason: string) => ({ ...stateOf(1), maintenance: normalMaintenance({ reason }) });
  const room = size - Buffer.byteLength(JSON.stringify(stateWith('')));
  return stateWith('é'.repeat(Math.floor(room / 2)) + 'e'.repeat(room % 2));
}

function replaced(text: EventItem[string] | undefined, pattern: RegExp, by: string): EventItem[string] {
  const { S = '' } = text ?? {};
  if (!pattern.test(S)) throw new Error(`${pattern} isn't in ${S}`);
  return { S: S.replace(pattern, by) };
}

/** A small generator of numbers in [0, 1) that can be repeated. Source: Tommy Ettinger's mulberry32. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
