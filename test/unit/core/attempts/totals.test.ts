import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { totalOf } from '../../../../core/attempts/counts.ts';
import {
  type AttemptShard,
  countAttempts,
  EMPTY_SHARD,
  MAX_RECOGNISED,
  totalsOf,
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

const count = (shard: AttemptShard, attempts: Parameters<typeof countAttempts>[1]) =>
  countAttempts(shard, attempts, fingerprintOf);

function shardAfter(portions: readonly Parameters<typeof countAttempts>[1][]): AttemptShard {
  return portions.reduce((shard, portion) => count(shard, portion).shard, EMPTY_SHARD);
}

describe('a shard', () => {
  test('counts calls by kind and operation type, with the last of them and the clients', () => {
    const { shard, ...told } = count(deepFreeze(EMPTY_SHARD), [
      attempt({ id: 'a', at: NOW + 5000 }),
      attempt({ id: 'b', client: 'walt', at: NOW }),
      attempt({ id: 'c', operation: 'unknown', calls: 12, at: NOW + 60_000, lastAt: NOW + 9000 }),
      attempt({ id: 'd', kind: 'bypassed', client: 'alice' }),
      attempt({ id: 'e', kind: 'would_block', client: 'mia' }),
    ]);
    expect(told).toEqual({ added: 5, repeated: 0, late: 0 });
    expect(plain(totalsOf([shard]))).toEqual({
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
    const { shard } = count(EMPTY_SHARD, [attempt({ id: 'a' }), attempt({ id: 'b' })]);
    const again = count(shard, [attempt({ id: 'b' }), attempt({ id: 'c' }), attempt({ id: 'c' })]);
    expect(again).toMatchObject({ added: 1, repeated: 2, late: 0 });
    expect(totalOf(again.shard.counts.blocked)?.calls).toBe(3);
  });

  test('comes to the same whatever the portions, the order and the repetitions', () => {
    fc.assert(
      fc.property(
        someAttempts.chain((attempts) => fc.tuple(fc.constant(attempts), deliveries(attempts))),
        ([attempts, portions]) => {
          const expected = plain(totalsOf([count(EMPTY_SHARD, attempts).shard]));
          expect(plain(totalsOf([shardAfter(portions)]))).toEqual(expected);
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
        const shards = parts.map((part) => shardAfter([part]));
        expect(plain(totalsOf(shards))).toEqual(plain(totalsOf([shardAfter([attempts])])));
      }),
    );
  });
});

describe('a shard with more attempts than it recognises', () => {
  const calls = blockedCalls(MAX_RECOGNISED + 1, 50).map((call, index) => ({
    ...call,
    at: NOW + index * 100,
  }));
  const full = shardAfter([calls]);

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
    expect(again.shard).toBe(full);
  });

  test('counts what is new', () => {
    expect(count(full, [attempt({ id: 'new', at: NOW + 10_000_000 })])).toMatchObject({ added: 1, late: 0 });
  });
});
