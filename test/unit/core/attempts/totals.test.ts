import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { totalOf } from '../../../../core/attempts/counts.ts';
import {
  type AttemptLedger,
  countAttempts,
  EMPTY_LEDGER,
  MAX_RECOGNISED,
  tallyOf,
} from '../../../../core/attempts/totals.ts';
import {
  attempt,
  blockedCalls,
  deliveries,
  fingerprintOf,
  plain,
  someAttempts,
} from '../../../support/attempts.ts';
import { deepFreeze, NOW } from '../../../support/examples.ts';

const count = (ledger: AttemptLedger, attempts: Parameters<typeof countAttempts>[1]) =>
  countAttempts(ledger, attempts, fingerprintOf);

function ledgerAfter(portions: readonly Parameters<typeof countAttempts>[1][]): AttemptLedger {
  return portions.reduce((ledger, portion) => count(ledger, portion).ledger, EMPTY_LEDGER);
}

describe('a ledger', () => {
  test('counts calls by kind and operation type, with the last of them and the clients', () => {
    const { ledger, ...told } = count(deepFreeze(EMPTY_LEDGER), [
      attempt({ id: 'a', at: NOW + 5000 }),
      attempt({ id: 'b', client: 'walt', at: NOW }),
      attempt({ id: 'c', operation: 'unknown', calls: 12, at: NOW + 60_000, lastAt: NOW + 9000 }),
      attempt({ id: 'd', kind: 'bypassed', client: 'alice' }),
      attempt({ id: 'e', kind: 'would_block', client: 'mia' }),
    ]);
    expect(told).toEqual({ added: 5, repeated: 0, late: 0 });
    expect(plain(tallyOf([ledger]))).toEqual({
      blocked: {
        caption_generation: { calls: 2, lastAt: NOW + 5000 },
        unknown: { calls: 12, lastAt: NOW + 9000 },
      },
      bypassed: { caption_generation: { calls: 1, lastAt: NOW } },
      would_block: { caption_generation: { calls: 1, lastAt: NOW } },
      would_allow: {},
      clients: { count: 2, exact: true },
    });
  });

  test('says what it knew already', () => {
    const { ledger } = count(EMPTY_LEDGER, [attempt({ id: 'a' }), attempt({ id: 'b' })]);
    const again = count(ledger, [attempt({ id: 'b' }), attempt({ id: 'c' }), attempt({ id: 'c' })]);
    expect(again).toMatchObject({ added: 1, repeated: 2, late: 0 });
    expect(totalOf(again.ledger.counts.blocked)?.calls).toBe(3);
  });

  test('comes to the same whatever the portions, the order and the repetitions', () => {
    fc.assert(
      fc.property(
        someAttempts.chain((attempts) => fc.tuple(fc.constant(attempts), deliveries(attempts))),
        ([attempts, portions]) => {
          const expected = plain(tallyOf([count(EMPTY_LEDGER, attempts).ledger]));
          expect(plain(tallyOf([ledgerAfter(portions)]))).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('of several, the sum is what one would have counted', () => {
    fc.assert(
      fc.property(someAttempts, fc.integer({ min: 1, max: 5 }), (attempts, ways) => {
        const parts = Array.from({ length: ways }, (_, way) =>
          attempts.filter((_, index) => index % ways === way),
        );
        const ledgers = parts.map((part) => ledgerAfter([part]));
        expect(plain(tallyOf(ledgers))).toEqual(plain(tallyOf([ledgerAfter([attempts])])));
      }),
    );
  });
});

describe('a ledger with more attempts than it recognises', () => {
  const calls = blockedCalls(MAX_RECOGNISED + 1, 50).map((call, index) => ({
    ...call,
    at: NOW + index * 100,
  }));
  const full = ledgerAfter([calls]);

  test('has counted all, and recognises the newest', () => {
    expect(totalOf(full.counts.blocked)?.calls).toBe(MAX_RECOGNISED + 1);
    expect(full.recognised.size).toBeLessThanOrEqual(12_000);
    expect(full.recognised.size).toBeGreaterThan(11_900);
    expect(count(full, calls.slice(-10_000))).toMatchObject({ added: 0, repeated: 10_000, late: 0 });
  });

  test('never counts twice what it has forgotten, nor what comes as late', () => {
    const again = count(full, [...calls, attempt({ id: 'late', at: NOW })]);
    expect(again).toMatchObject({ added: 0, repeated: full.recognised.size });
    expect(again.late).toBe(calls.length + 1 - full.recognised.size);
    expect(again.ledger).toBe(full);
  });

  test('counts what is new', () => {
    expect(count(full, [attempt({ id: 'new', at: NOW + 10_000_000 })])).toMatchObject({ added: 1, late: 0 });
  });
});
