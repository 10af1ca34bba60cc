import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoDbJobRegistry } from '../../adapters/jobs/dynamodb-job-registry.ts';
import { RETENTION } from '../../adapters/jobs/job-item.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import type { JobAction } from '../../core/jobs/change-job.ts';
import { type Dynalite, startDynalite, storeClientFor } from '../support/dynalite.ts';
import { DynaliteProxy } from '../support/dynalite-proxy.ts';
import { NOW } from '../support/examples.ts';
import { InMemoryJobRegistry } from '../support/in-memory-job-registry.ts';
import { createJobTable } from '../support/job-table.ts';
import { job, jobId } from '../support/jobs.ts';
import { jobRegistryContract } from './job-registry.contract.ts';

const table = 'Jobs';
let dynalite: Dynalite;
let proxy: DynaliteProxy;
beforeAll(async () => {
  dynalite = await startDynalite();
  proxy = new DynaliteProxy(dynalite.endpoint);
  await proxy.start();
  await createJobTable(dynalite.client, table);
});
afterAll(async () => {
  await proxy.stop();
  await dynalite.stop();
});
beforeEach(() => {
  proxy.interference = () => 'pass';
});

let scopes = 0;
const registryIn = (scope: string, endpoint = dynalite.endpoint) =>
  new DynamoDbJobRegistry({ client: storeClientFor(endpoint), table, scope });
const newScope = () => `scope-${++scopes}`;

jobRegistryContract('in memory', () => new InMemoryJobRegistry());
jobRegistryContract('in DynamoDB', () => registryIn(newScope()));

describe('The registry of jobs in DynamoDB, beyond the contract', () => {
  /** A registry that counts its requests by operation. */
  function counting() {
    const client = storeClientFor(dynalite.endpoint);
    const requests: string[] = [];
    client.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          requests.push(commandName.replace('Command', ''));
          return next(args);
        },
      { step: 'initialize' },
    );
    return { registry: new DynamoDbJobRegistry({ client, table, scope: newScope() }), requests };
  }

  test('what a job does in its life is one request each', async () => {
    const { registry, requests } = counting();
    await registry.register(job());
    await registry.change(jobId(1), { type: 'heartbeat', progress: 10 }, NOW + 15_000);
    await registry.change(jobId(1), { type: 'complete', result: null }, NOW + 20_000);
    expect(requests).toEqual(['PutItem', 'UpdateItem', 'UpdateItem']);
  });

  test('asking and terminating a job that was just read is one request each', async () => {
    const { registry, requests } = counting();
    await registry.register(job());
    const ask: JobAction = { type: 'ask', deadline: NOW + 30_000, reason: 'emergency_mode' };
    const asked = await registry.change(jobId(1), ask, NOW, job());
    const terminate: JobAction = { type: 'terminate', reason: 'emergency_mode' };
    await registry.change(jobId(1), terminate, NOW + 30_000, asked?.job);
    expect(requests).toEqual(['PutItem', 'UpdateItem', 'UpdateItem']);
  });

  test('scopes in one table see nothing of each other', async () => {
    const [one, other] = [registryIn(newScope()), registryIn(newScope())];
    await one.register(job());
    expect(await other.find(jobId(1))).toBeNull();
    expect(await other.countActive()).toBe(0);
  });

  test('jobs that have ended go after 30 days, others stay', async () => {
    const registry = registryIn(newScope());
    const expiryOf = async (id: string) => {
      const { Items = [] } = await dynalite.client.send(
        new ScanCommand({
          TableName: table,
          FilterExpression: 'id = :id AND registered_by = :by',
          ExpressionAttributeValues: { ':id': { S: id }, ':by': { S: 'retention' } },
        }),
      );
      return Items[0]?.expires_at?.N;
    };
    const id = jobId(77);
    await registry.register(job({ id, registeredBy: 'retention' }));
    expect(await expiryOf(id)).toBeUndefined();
    await registry.change(id, { type: 'persist' }, NOW + 60_000);
    expect(await expiryOf(id)).toBe(String((NOW + 45_000) / 1000 + RETENTION));
    await registry.change(id, { type: 'heartbeat', order: null }, NOW + 61_000);
    expect(await expiryOf(id)).toBeUndefined();
    await registry.change(id, { type: 'fail', error: 'x' }, NOW + 62_000);
    expect(await expiryOf(id)).toBe(String((NOW + 62_000) / 1000 + RETENTION));
  });

  test.each(['lose_answer', 'error'] as const)(
    'a registration that was carried out, but looks failed (%s), is there once',
    async (fate) => {
      const registry = registryIn(newScope(), proxy.endpoint);
      let writes = 0;
      proxy.interference = (operation) => (operation === 'write' && ++writes === 1 ? fate : 'pass');
      expect((await registry.register(job())).job).toEqual(job());
      expect(writes).toBeGreaterThan(1);
    },
  );

  test('a completion whose answer was lost is told as it is', async () => {
    const registry = registryIn(newScope(), proxy.endpoint);
    await registry.register(job());
    const fates = ['lose_answer'] as const;
    let calls = 0;
    proxy.interference = () => fates[calls++] ?? 'pass';
    const change = await registry.change(jobId(1), { type: 'complete', result: 1 }, NOW + 1);
    expect(change).toMatchObject({ outcome: 'unchanged', job: { status: 'completed', result: 1 } });
  });

  test('a store that is away is told as such', async () => {
    const registry = registryIn(newScope(), proxy.endpoint);
    proxy.interference = () => 'lose_request';
    await expect(registry.register(job())).rejects.toThrow(StoreUnavailableError);
    await expect(registry.find(jobId(1))).rejects.toThrow(StoreUnavailableError);
    await expect(registry.change(jobId(1), { type: 'persist' }, NOW)).rejects.toThrow(StoreUnavailableError);
    await expect(registry.countActive()).rejects.toThrow(StoreUnavailableError);
    await expect(registry.list({ limit: 1, now: NOW })).rejects.toThrow(StoreUnavailableError);
  });
});
