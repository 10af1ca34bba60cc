import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Attempt } from '../../core/attempts/attempt.ts';
import type { AttemptStore } from '../../core/attempts/store.ts';
import { mergedRecords, type TestRecord } from '../../core/attempts/test-record.ts';
import {
  type AttemptShard,
  type AttemptTotals,
  type Counted,
  countAttempts,
  EMPTY_SHARD,
  type Fingerprint,
  totalsOf,
} from '../../core/attempts/totals.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { askStore } from '../state/state-store.ts';
import { attributesOf, type ShardItem, shardOf } from './totals-item.ts';

interface DynamoDbAttemptStoreOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Name of the deployment's event log. */
  readonly scope: string;
  /** Waits so many milliseconds before the next try. */
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/** Items among which the sources of a maintenance are spread. */
const SHARDS = 16;
/** Longest time for a call, retries included, ms. */
const CALL_DEADLINE = 5000;
/** Tries of one write, where others write to the same item. */
const MAX_TRIES = 25;
/** Longest wait after the first try that was outrun, ms; it doubles with each, up to the longest of all. */
const FIRST_WAIT = 10;
const MAX_WAIT_MS = 500;

/**
 * Counts attempts in DynamoDB. One shard is one item, so counts and what prevents counting twice change together,
 * by a put that fails when anybody else has written in between. A source always writes to the same item.
 */
export class DynamoDbAttemptStore implements AttemptStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #scope: string;
  readonly #wait: (milliseconds: number) => Promise<unknown>;

  constructor({ client, table, scope, wait = delay }: DynamoDbAttemptStoreOptions) {
    this.#client = client;
    this.#table = table;
    this.#scope = scope;
    this.#wait = wait;
  }

  async add(source: string, attempts: readonly Attempt[]): Promise<Omit<Counted, 'shard'>> {
    const total = { added: 0, repeated: 0, late: 0 };
    const shard = sha256(source).readUInt8(0) % SHARDS;
    const byMaintenance = Map.groupBy(attempts, ({ maintenanceId }) => maintenanceId);
    for (const [maintenanceId, those] of byMaintenance) {
      const { added, repeated, late } = await this.#addTo(maintenanceId, shard, those);
      total.added += added;
      total.repeated += repeated;
      total.late += late;
    }
    return total;
  }

  async totals(maintenanceId: string): Promise<AttemptTotals> {
    return totalsOf(await this.#shards(maintenanceId, 'counts, clients'));
  }

  async record(maintenanceId: string): Promise<TestRecord> {
    const shards = await this.#shards(maintenanceId, 'simulated, recent');
    return mergedRecords(shards.map(({ record }) => record));
  }

  /** All shards of a maintenance, as far as some attributes tell. */
  async #shards(maintenanceId: string, only: string): Promise<AttemptShard[]> {
    const numbers = Array.from({ length: SHARDS }, (_, number) => number);
    const items = await Promise.all(
      numbers.map((number) => this.#read(this.#keyOf(maintenanceId, number), { only })),
    );
    return items.map((item) => shardOf(item ?? {}));
  }

  async #addTo(maintenanceId: string, shard: number, attempts: readonly Attempt[]): Promise<Counted> {
    const fingerprint: Fingerprint = (text) => sha256(`${maintenanceId}\n${text}`).toString('hex', 0, 8);
    const key = this.#keyOf(maintenanceId, shard);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const item = await this.#read(key);
      const counted = countAttempts(item ? shardOf(item) : EMPTY_SHARD, attempts, fingerprint);
      if (counted.added === 0 || (await this.#write(key, counted.shard, item?.revision))) return counted;
      await this.#wait(Math.random() * Math.min(MAX_WAIT_MS, FIRST_WAIT * 2 ** tries));
    }
    throw new StoreUnavailableError(`Others have written to the same counts ${MAX_TRIES} times in a row.`);
  }

  async #read(Key: ShardItem, { only }: { only?: string } = {}): Promise<ShardItem | null> {
    const get = new GetItemCommand({
      TableName: this.#table,
      Key,
      ...(only === undefined ? { ConsistentRead: true } : { ProjectionExpression: only }),
    });
    const { Item } = await askStore('Reading counts', CALL_DEADLINE, (options) =>
      this.#client.send(get, options),
    );
    return Item ?? null;
  }

  /**
   * Whether the shard took the place of the revision that it was made from. A write whose answer is lost looks like
   * one that was outrun: the next try finds its attempts counted.
   */
  async #write(
    key: ShardItem,
    shard: AttemptShard,
    revision: ShardItem[string] | undefined,
  ): Promise<boolean> {
    const put = new PutItemCommand({
      TableName: this.#table,
      Item: { ...key, ...attributesOf(shard), revision: { N: String(Number(revision?.N ?? 0) + 1) } },
      ConditionExpression: revision === undefined ? 'attribute_not_exists(pk)' : 'revision = :revision',
      ...(revision === undefined ? {} : { ExpressionAttributeValues: { ':revision': revision } }),
    });
    return askStore('Writing counts', CALL_DEADLINE, async (options) => {
      try {
        await this.#client.send(put, options);
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    });
  }

  #keyOf(maintenanceId: string, shard: number): ShardItem {
    return { pk: { S: `COUNTS#${this.#scope}#${maintenanceId}#${shard}` } };
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
