import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { ATTEMPT_KINDS } from '../../core/attempts/attempt.ts';
import type { AttemptCounts } from '../../core/attempts/counts.ts';
import { COUNTS_KEPT } from '../../core/attempts/store.ts';
import { type AttemptShard, EMPTY_SHARD } from '../../core/attempts/totals.ts';
import { recordAttributes, recordIn } from './record-attributes.ts';

export type ShardItem = Record<string, AttributeValue>;

/** Bytes of a fingerprint. */
const FINGERPRINT = 8;
/** Bytes of a fingerprint and its second. */
const RECOGNISED = FINGERPRINT + 4;

/**
 * Writes a shard as attributes, without its key. At most 16 000 × 12 bytes of what it recognises, 10 001 × 8 of
 * clients, some 60 for each count and 120 KB of a test run's record: 400 KB, where an item may have 409.
 */
export function attributesOf({ counts, recognised, horizon, clients, record }: AttemptShard): ShardItem {
  const newest = Math.max(horizon, ...recognised.values());
  return {
    counts: { S: JSON.stringify(ATTEMPT_KINDS.map((kind) => [kind, [...counts[kind]]])) },
    horizon: { N: String(horizon) },
    ...(recognised.size === 0 ? {} : { recognised: { B: packRecognised(recognised) } }),
    ...(clients.length === 0 ? {} : { clients: { B: Buffer.from(clients.join(''), 'hex') } }),
    ...recordAttributes(record),
    expires_at: { N: String(newest + COUNTS_KEPT) },
  };
}

/** Reads a shard; attributes that were not asked for are taken for empty. */
export function shardOf({
  counts,
  recognised,
  horizon,
  clients,
  simulated,
  recent,
}: ShardItem): AttemptShard {
  return {
    counts: { ...EMPTY_SHARD.counts, ...countsIn(counts?.S) },
    recognised: unpackRecognised(recognised?.B),
    horizon: Number(horizon?.N ?? 0),
    clients: unpackFingerprints(clients?.B),
    record: recordIn(simulated?.S, recent?.B),
  };
}

function countsIn(json: string | undefined): Partial<AttemptCounts> {
  const kinds: [string, [string, { calls: number; lastAt: number }][]][] = JSON.parse(json ?? '[]');
  return Object.fromEntries(kinds.map(([kind, counts]) => [kind, new Map(counts)]));
}

function packRecognised(recognised: ReadonlyMap<string, number>): Buffer {
  const packed = Buffer.alloc(recognised.size * RECOGNISED);
  let offset = 0;
  for (const [fingerprint, second] of recognised) {
    packed.write(fingerprint, offset, 'hex');
    packed.writeUInt32BE(second, offset + FINGERPRINT);
    offset += RECOGNISED;
  }
  return packed;
}

function unpackRecognised(bytes: Uint8Array = new Uint8Array()): Map<string, number> {
  const packed = Buffer.from(bytes);
  const recognised = new Map<string, number>();
  for (let offset = 0; offset < packed.length; offset += RECOGNISED) {
    const fingerprint = packed.toString('hex', offset, offset + FINGERPRINT);
    recognised.set(fingerprint, packed.readUInt32BE(offset + FINGERPRINT));
  }
  return recognised;
}

function unpackFingerprints(bytes: Uint8Array = new Uint8Array()): string[] {
  const hex = Buffer.from(bytes).toString('hex');
  return Array.from({ length: bytes.length / FINGERPRINT }, (_, index) =>
    hex.slice(index * FINGERPRINT * 2, (index + 1) * FINGERPRINT * 2),
  );
}
