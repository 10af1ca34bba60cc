import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson, hashOf } from '../../../../adapters/events/event-hash.ts';
import { eventOf, itemOf } from '../../../../adapters/events/event-item.ts';
import { sealEvent } from '../../../../adapters/events/seal-event.ts';
import { GENESIS_HASH, type MaintenanceEvent } from '../../../../core/events/event.ts';
import { maintenance, reason } from '../../../support/arbitraries.ts';
import { draftAfter } from '../../../support/event-drafts.ts';
import { ALICE, BOB, NOW } from '../../../support/examples.ts';

type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const json = fc.jsonValue({ stringUnit: 'binary' }) as fc.Arbitrary<Json>;

/** Any event as it may stand in a log: small enough a state, details and answer of any JSON. */
const event: fc.Arbitrary<MaintenanceEvent> = fc
  .record({
    number: fc.integer({ min: 1, max: 1_000_000 }),
    id: fc.uuid(),
    actor: fc.constantFrom(ALICE, BOB),
    reason: fc.option(reason),
    details: fc.dictionary(fc.string(), json),
    maintenance: fc.option(maintenance.filter((made) => Buffer.byteLength(JSON.stringify(made)) < 3900)),
    idempotency: fc.option(fc.record({ key: fc.string(), requestHash: fc.string(), answer: json })),
    hash: fc.stringMatching(/^[0-9a-f]{64}$/),
  })
  .map(({ number, id, maintenance, idempotency, hash, ...rest }) => {
    const state = { version: number, maintenance, rules: null, sessionsInvalidBefore: NOW };
    const after = number === 1 ? null : ({ number: number - 1, hash } as MaintenanceEvent);
    return sealEvent(draftAfter(after, { ...rest, state }), after, { id, idempotency });
  });

/** The same value with the members of every object in another order. */
function shuffled(value: Json, order: (names: string[]) => string[]): Json {
  if (Array.isArray(value)) return value.map((item) => shuffled(item, order));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    order(Object.keys(value)).map((name) => [name, shuffled(value[name] ?? null, order)]),
  );
}

/** Every place in a value that holds no other: a member, an item, an empty list or object. */
function places(value: Json, path: string[] = []): string[][] {
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  if (names.length === 0) return [path];
  return names.flatMap((name) => places((value as Record<string, Json>)[name] ?? null, [...path, name]));
}

function changedAt(value: Json, [name, ...rest]: string[], by: Json): Json {
  if (name === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((item, index) => (index === Number(name) ? changedAt(item, rest, by) : item));
  }
  const members = Object.entries(value as Record<string, Json>);
  return Object.fromEntries(
    members.map(([member, held]) => [member, member === name ? changedAt(held, rest, by) : held]),
  );
}

const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json;
const hashOfJson = (value: Json): string => hashOf(value as unknown as MaintenanceEvent);

describe('Canonical JSON', () => {
  test.each([
    [{ b: 1, a: [null, true] }, '{"a":[null,true],"b":1}'],
    [{ 10: 'ten', 9: 'nine' }, '{"10":"ten","9":"nine"}'],
    [
      { '€': 1, '\r': 2, '1': 3, '😀': 4, '\u0080': 5, ö: 6, \ufb33: 7 },
      '{"\\r":2,"1":3,"\u0080":5,"ö":6,"€":1,"😀":4,"\ufb33":7}',
    ],
    [[1e21, 0.000001, 1e-7, 333333333.3333333], '[1e+21,0.000001,1e-7,333333333.3333333]'],
    [[], '[]'],
    [{}, '{}'],
    ['"\n\u2028', '"\\"\\n\u2028"'],
  ])('%j', (value, expected) => {
    expect(canonicalJson(value)).toBe(expected);
  });

  test('means the same value', () => {
    fc.assert(fc.property(json, (value) => expect(JSON.parse(canonicalJson(value))).toEqual(asJson(value))));
  });

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(json, fc.boolean(), (value, reverse) => {
        const order = (names: string[]) => (reverse ? names.toReversed() : names.toSorted());
        expect(canonicalJson(shuffled(value, order))).toBe(canonicalJson(value));
      }),
    );
  });
});

describe('The hash of an event', () => {
  test('stays what it is: hashes in existing logs have to go on fitting', () => {
    // Made with another program: sha256 of json.dumps(event, sort_keys=True, separators=(',', ':'), ensure_ascii=False) in Python.
    expect(
      hashOf({
        number: 1,
        id: 'event-1',
        type: 'activated',
        at: 1768471200000,
        actor: { id: 'alice', role: 'admin', via: 'api' },
        reason: 'Größere Wartung 🚧',
        maintenanceId: 'm-1',
        details: {},
        state: { version: 1, maintenance: null, rules: null, sessionsInvalidBefore: 1768471200000 },
        idempotency: { key: 'key-1', requestHash: 'abc', answer: { version: 1, is_active: false } },
        previousHash: GENESIS_HASH,
      }),
    ).toBe('b1cbd2689b5885309bdee0ff5ce114980828abe47fa934e375f220bb3b1b4a53');
  });

  test('does not depend on the order of members', () => {
    fc.assert(
      fc.property(event, (sealed) => {
        const reordered = shuffled(asJson(sealed), (names) => names.toReversed());
        expect(hashOfJson(reordered)).toBe(sealed.hash);
      }),
    );
  });

  test('changes with any change anywhere', () => {
    fc.assert(
      fc.property(event, fc.nat(), json, (sealed, pick, by) => {
        const { hash, ...content } = asJson(sealed) as Record<string, Json>;
        const all = places(content);
        const changed = changedAt(content, all[pick % all.length] ?? [], by);
        fc.pre(canonicalJson(changed) !== canonicalJson(content));
        expect(hashOfJson(changed)).not.toBe(hash);
      }),
    );
  });

  test.each(
    Object.keys(sealEvent(draftAfter(null), null, { id: 'event-1' })).filter((name) => name !== 'hash'),
  )('covers %s', (name) => {
    const { [name]: _, ...without } = asJson(sealEvent(draftAfter(null), null, { id: 'event-1' })) as Record<
      string,
      Json
    >;
    const whole = sealEvent(draftAfter(null), null, { id: 'event-1' });
    expect(hashOfJson(without)).not.toBe(whole.hash);
  });

  test('links an event to the one before', () => {
    const first = sealEvent(draftAfter(null), null, { id: 'event-1' });
    const second = sealEvent(draftAfter(first), first, { id: 'event-2' });
    expect([first.previousHash, second.previousHash]).toEqual([GENESIS_HASH, first.hash]);
  });
});

describe('An event as an item', () => {
  test('comes back as it was, its hash fitting', () => {
    fc.assert(
      fc.property(event, (sealed) => {
        const read = eventOf(asJson(itemOf('main', sealed)) as Parameters<typeof eventOf>[0]);
        expect(read).toEqual(sealed);
        expect(hashOf(read)).toBe(sealed.hash);
      }),
    );
  });

  test('members of later versions are kept, and covered by the hash', () => {
    const draft = draftAfter(null);
    const later = { ...draft, state: { ...draft.state, addedLater: ['mallory'] }, window: 'w-1' };
    const sealed = sealEvent(later, null, { id: 'event-1' });
    const read = eventOf(itemOf('main', sealed));
    expect(read).toMatchObject({ window: 'w-1', state: { addedLater: ['mallory'] } });
    expect(hashOf(read)).toBe(sealed.hash);
  });

  test('values that JSON cannot hold are gone before the hash is made', () => {
    const sealed = sealEvent(
      draftAfter(null, { details: { gone: undefined, none: Number.NaN, when: new Date(NOW) } }),
      null,
      { id: 'event-1' },
    );
    expect(sealed.details).toEqual({ none: null, when: '2026-01-15T10:00:00.000Z' });
    expect(hashOf(eventOf(itemOf('main', sealed)))).toBe(sealed.hash);
  });
});
