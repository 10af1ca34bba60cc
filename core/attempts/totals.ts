import type { Attempt } from './attempt.ts';
import { type AttemptCounts, countsOf, NO_ATTEMPTS, sumOf } from './counts.ts';
import { type Distinct, type DistinctSketch, distinctIn, union } from './distinct.ts';
import { type CallToRecord, EMPTY_RECORD, type TestRecord, withCalls } from './test-record.ts';

/** Most attempts that a shard recognises when they come again. */
export const MAX_RECOGNISED = 16_000;
/** Attempts that it still recognises when there were more, the newest. */
const KEPT = 12_000;

/**
 * The attempts of one maintenance that came one way: the counts, and what it takes to never count one twice. Both are
 * one value, so that they are stored together or not at all.
 */
export interface AttemptShard {
  readonly counts: AttemptCounts;
  /** Fingerprints of the newest attempts, with the second (since the epoch) in which each was told. */
  readonly recognised: ReadonlyMap<string, number>;
  /** Of attempts told up to this second nobody knows any more whether they were counted; 0 while all are known. */
  readonly horizon: number;
  /** The clients that were blocked, or would have been. */
  readonly clients: DistinctSketch;
  /** What a test run has recorded; empty in any other mode. */
  readonly record: TestRecord;
}

export const EMPTY_SHARD: AttemptShard = {
  counts: NO_ATTEMPTS,
  recognised: new Map(),
  horizon: 0,
  clients: [],
  record: EMPTY_RECORD,
};

/** Names a text by a hash in hexadecimal, 16 digits. */
export type Fingerprint = (text: string) => string;

export interface Counted {
  readonly shard: AttemptShard;
  /** Attempts that were new. */
  readonly added: number;
  /** Attempts that had been counted before. */
  readonly repeated: number;
  /** Attempts that came so late that they may have been counted before; they were not counted now. */
  readonly late: number;
}

/**
 * Counts attempts, each once however often it comes. The same attempts give the same shard in any order and any
 * portions, as long as none comes later than MAX_RECOGNISED others.
 */
export function countAttempts(
  shard: AttemptShard,
  attempts: readonly Attempt[],
  fingerprint: Fingerprint,
): Counted {
  const recognised = new Map(shard.recognised);
  const fresh: Attempt[] = [];
  let late = 0;
  for (const attempt of attempts) {
    const id = fingerprint(attempt.id);
    const second = Math.floor(attempt.at / 1000);
    if (recognised.has(id)) continue;
    if (second <= shard.horizon) {
      late += 1;
      continue;
    }
    recognised.set(id, second);
    fresh.push(attempt);
  }
  const counted = { added: fresh.length, repeated: attempts.length - fresh.length - late, late };
  if (fresh.length === 0) return { shard, ...counted };
  const clients = fresh.filter(isRefused).map(({ client }) => fingerprint(client));
  return {
    shard: {
      counts: sumOf([shard.counts, countsOf(fresh)]),
      ...forgetOldest(recognised, shard.horizon),
      clients: clients.length === 0 ? shard.clients : union([shard.clients, clients]),
      record: withCalls(shard.record, fresh.flatMap(callOf)),
    },
    ...counted,
  };
}

/** Whether a call was refused, or would have been. */
function isRefused({ kind }: Attempt): boolean {
  return kind === 'blocked' || kind === 'would_block';
}

function callOf({ simulated, operation, kind, calls, at }: Attempt): CallToRecord[] {
  if (simulated === undefined) return [];
  return [{ ...simulated, operation, wouldBlock: kind === 'would_block', calls, at }];
}

/** Whole seconds are forgotten, so that one number tells what is. */
function forgetOldest(
  recognised: Map<string, number>,
  horizon: number,
): Pick<AttemptShard, 'recognised' | 'horizon'> {
  if (recognised.size <= MAX_RECOGNISED) return { recognised, horizon };
  const seconds = [...recognised.values()].sort((one, other) => one - other);
  const newHorizon = seconds[recognised.size - KEPT - 1] ?? horizon;
  for (const [id, second] of recognised) if (second <= newHorizon) recognised.delete(id);
  return { recognised, horizon: newHorizon };
}

/** What was counted during one maintenance. */
export interface AttemptTotals {
  readonly counts: AttemptCounts;
  /** Clients that were blocked, or would have been. */
  readonly clients: Distinct;
}

export const EMPTY_TOTALS: AttemptTotals = { counts: NO_ATTEMPTS, clients: { count: 0, exact: true } };

/** Everything that the shards of one maintenance hold. */
export function totalsOf(shards: readonly Pick<AttemptShard, 'counts' | 'clients'>[]): AttemptTotals {
  return {
    counts: sumOf(shards.map(({ counts }) => counts)),
    clients: distinctIn(union(shards.map(({ clients }) => clients))),
  };
}
