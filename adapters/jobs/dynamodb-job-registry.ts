import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type QueryCommandInput,
  type QueryCommandOutput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { StoreUnavailableError } from '../../core/errors.ts';
import { changeJob, type JobAction, type JobChange } from '../../core/jobs/change-job.ts';
import { type Job, type JobStatus, jobAt } from '../../core/jobs/job.ts';
import {
  type JobPage,
  type JobQuery,
  type JobRegistry,
  placeOf,
  type Registered,
} from '../../core/jobs/job-registry.ts';
import { JOB_TABLE, type JobIndex } from '../../core/jobs/job-table.ts';
import { askStore } from '../state/state-store.ts';
import { attributesOf, type JobItem, jobOf, keyOf, partitionOf, SHARDS } from './job-item.ts';
import { blindUpdate, type JobUpdate, replacement } from './job-update.ts';

interface DynamoDbJobRegistryOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Name of the deployment's event log. */
  readonly scope: string;
}

/** Longest time for a call, retries included, ms. */
const CALL_DEADLINE = 3000;
/** Tries of a change, where others change the same job at the same time. */
const MAX_TRIES = 5;
/** Looks at each shard for one page, where a filter leaves little of what is there. */
const MAX_ROUNDS = 5;

/** Where the jobs of a status are to be looked for, as they are kept: the clock may have moved them on. */
const PLACES: Readonly<Record<JobStatus, readonly JobIndex[]>> = {
  running: ['active'],
  cancelling: ['active'],
  completed: ['byStart'],
  failed: ['troubled'],
  terminated: ['active', 'troubled'],
  lost: ['active', 'troubled'],
};

/**
 * Jobs in DynamoDB. Their ids spread them over 16 partitions, so that no key is hot; local indexes, which can be read
 * consistently, hold those of a kind in the order of lists. Heartbeats change no key of an index: each is one write.
 */
export class DynamoDbJobRegistry implements JobRegistry {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #scope: string;

  constructor({ client, table, scope }: DynamoDbJobRegistryOptions) {
    this.#client = client;
    this.#table = table;
    this.#scope = scope;
  }

  async register(job: Job): Promise<Registered> {
    const put = new PutItemCommand({
      TableName: this.#table,
      Item: { ...keyOf(this.#scope, job.id), ...attributesOf(job) },
      ConditionExpression: 'attribute_not_exists(#id)',
      ExpressionAttributeNames: { '#id': JOB_TABLE.sortKey },
    });
    const isNew = await this.#tried('Registering a job', (options) => this.#client.send(put, options));
    if (isNew !== null) return { outcome: 'registered', job };
    const known = await this.find(job.id);
    if (known === null)
      throw new StoreUnavailableError(`The job ${job.id} was there a moment ago and is gone.`);
    return { outcome: 'known', job: known };
  }

  async find(id: string): Promise<Job | null> {
    const get = new GetItemCommand({
      TableName: this.#table,
      Key: keyOf(this.#scope, id),
      ConsistentRead: true,
    });
    const { Item } = await askStore('Reading a job', CALL_DEADLINE, (options) =>
      this.#client.send(get, options),
    );
    return Item === undefined ? null : jobOf(Item);
  }

  async change(id: string, action: JobAction, now: number, known?: Job): Promise<JobChange | null> {
    const blind = known === undefined ? blindUpdate(action, now) : null;
    if (blind !== null) {
      const job = await this.#update(id, blind);
      if (job !== null) return { outcome: 'changed', job };
    }
    let job = known ?? (await this.find(id));
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      if (job === null) return null;
      const change = changeJob(job, action, now);
      if (change.outcome !== 'changed') return change;
      const after = await this.#update(id, replacement(job, change.job));
      if (after !== null) return { outcome: 'changed', job: after };
      job = await this.find(id);
    }
    throw new StoreUnavailableError(`Others have changed the job ${id} ${MAX_TRIES} times in a row.`);
  }

  async *active(): AsyncGenerator<readonly Job[]> {
    for (const shard of SHARDS) {
      let from: JobItem | undefined;
      do {
        const page = await this.#query(shard, 'active', { ExclusiveStartKey: from, ConsistentRead: true });
        const jobs = (page.Items ?? []).map(jobOf);
        if (jobs.length > 0) yield jobs;
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    }
  }

  async countActive(): Promise<number> {
    const counts = await Promise.all(SHARDS.map((shard) => this.#countIn(shard)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async list(query: JobQuery): Promise<JobPage> {
    const { status, limit, now } = query;
    const places: readonly JobIndex[] = status === undefined ? ['byStart'] : PLACES[status];
    const items: Job[] = [];
    let after = query.after;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const { jobs, horizon } = await this.#newestAfter(after, places, limit);
      const fitting = jobs
        .map((job) => jobAt(job, now))
        .filter((job) => status === undefined || job.status === status);
      const wanted = limit - items.length;
      items.push(...fitting.slice(0, wanted));
      const last = items.at(-1);
      if (fitting.length > wanted && last !== undefined) return { items, next: placeOf(last) };
      if (horizon === null || items.length === limit) return { items, next: horizon };
      after = horizon;
    }
    return { items, next: after ?? null };
  }

  /**
   * The jobs after a place in the order of lists, and how far down that order nothing is left out: null where these
   * are all there are. At most `limit` of each shard and index are looked at.
   */
  async #newestAfter(
    after: string | undefined,
    places: readonly JobIndex[],
    limit: number,
  ): Promise<{ jobs: Job[]; horizon: string | null }> {
    const parts = await Promise.all(
      SHARDS.flatMap((shard) =>
        places.map((index) =>
          this.#query(shard, index, {
            ScanIndexForward: false,
            Limit: limit + 1,
            ConsistentRead: true,
            ...(after === undefined ? {} : { below: after }),
          }),
        ),
      ),
    );
    const found = parts.map(({ Items = [], LastEvaluatedKey }) => ({
      jobs: Items.map(jobOf),
      hasMore: LastEvaluatedKey !== undefined,
    }));
    const ends = found.flatMap(({ jobs, hasMore }) => {
      const last = jobs.at(-1);
      return hasMore && last !== undefined ? [placeOf(last)] : [];
    });
    const horizon = ends.toSorted().at(-1) ?? null;
    // A job that changes between two queries may be found in both indexes.
    const distinct = new Map(found.flatMap(({ jobs }) => jobs).map((job) => [job.id, job]));
    const jobs = [...distinct.values()]
      .filter((job) => horizon === null || placeOf(job) >= horizon)
      .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
    return { jobs, horizon };
  }

  async #countIn(shard: string): Promise<number> {
    let count = 0;
    let from: JobItem | undefined;
    do {
      const page = await this.#query(shard, 'active', { ExclusiveStartKey: from, Select: 'COUNT' });
      count += page.Count ?? 0;
      from = page.LastEvaluatedKey;
    } while (from !== undefined);
    return count;
  }

  /** @param below only what comes after this place in the order of lists */
  #query(
    shard: string,
    index: JobIndex,
    { below, ...more }: Partial<QueryCommandInput> & { below?: string },
  ): Promise<QueryCommandOutput> {
    const name = JOB_TABLE.indexes[index];
    const query = new QueryCommand({
      TableName: this.#table,
      IndexName: index,
      KeyConditionExpression: below === undefined ? '#pk = :pk' : '#pk = :pk AND #place < :below',
      ExpressionAttributeNames: {
        '#pk': JOB_TABLE.partitionKey,
        ...(below === undefined ? {} : { '#place': name }),
      },
      ExpressionAttributeValues: {
        ':pk': partitionOf(this.#scope, shard),
        ...(below === undefined ? {} : { ':below': { S: below } }),
      },
      // The index holds keys only: asked for everything, it looks the rest up in the table.
      ...(more.Select === undefined ? { Select: 'ALL_ATTRIBUTES' as const } : {}),
      ...more,
    });
    return askStore('Reading jobs', CALL_DEADLINE, (options) => this.#client.send(query, options));
  }

  /** The job after a change; null where its condition does not hold, or there is no such job. */
  async #update(id: string, change: JobUpdate): Promise<Job | null> {
    const command = new UpdateItemCommand({
      TableName: this.#table,
      Key: keyOf(this.#scope, id),
      ...change,
      ReturnValues: 'ALL_NEW',
    });
    const answer = await this.#tried('Changing a job', (options) => this.#client.send(command, options));
    return answer === null ? null : jobOf(answer.Attributes ?? {});
  }

  /** The answer of a write; null where its condition does not hold. */
  #tried<Answer>(
    purpose: string,
    send: (options: { abortSignal: AbortSignal }) => Promise<Answer>,
  ): Promise<Answer | null> {
    return askStore(purpose, CALL_DEADLINE, async (options) => {
      try {
        return await send(options);
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return null;
        throw error;
      }
    });
  }
}
