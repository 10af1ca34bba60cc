import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbAttemptStore } from '../../adapters/attempts/dynamodb-attempt-store.ts';
import { MAX_ROUTES, MAX_UNCLASSIFIED } from '../../core/attempts/test-record.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { attempt, blockedCalls, plain } from '../support/attempts.ts';
import { createActivityTable, type Dynalite, startDynalite, storeClientFor } from '../support/dynalite.ts';
import { DynaliteProxy } from '../support/dynalite-proxy.ts';
import { InMemoryAttemptStore } from '../support/in-memory-attempt-store.ts';
import { attemptStoreContract } from './attempt-store.contract.ts';

const table = 'Activity';
let dynalite: Dynalite;
let proxy: DynaliteProxy;

beforeAll(async () => {
  dynalite = await startDynalite();
  proxy = new DynaliteProxy(dynalite.endpoint);
  await proxy.start();
  await createActivityTable(dynalite, table);
});
afterAll(async () => {
  await proxy.stop();
  await dynalite.stop();
});

let scopes = 0;
/** A store with a connection of its own, as every instance of the function has. */
const storeIn = (scope: string, endpoint = dynalite.endpoint) =>
  new DynamoDbAttemptStore({ client: storeClientFor(endpoint), table, scope });
const newScope = () => `scope-${++scopes}`;

attemptStoreContract('in memory', () => new InMemoryAttemptStore());
attemptStoreContract('in DynamoDB', () => storeIn(newScope()));

describe('The store of attempts in DynamoDB, beyond the contract', () => {
  const tallied = async (scope: string) => plain(await storeIn(scope).totals('m-1'));

  test('several instances that count into the same item lose nothing and count nothing twice', async () => {
    const scope = newScope();
    const calls = blockedCalls(400, 50);
    const portions = Array.from({ length: 20 }, (_, index) => calls.slice(index * 20, index * 20 + 40));
    await Promise.all(portions.map((portion) => storeIn(scope).add('the same stream', portion)));
    expect(await tallied(scope)).toMatchObject({
      blocked: { caption_generation: { calls: 400 } },
      clients: { count: 50, exact: true },
    });
  });

  test.each(['lose_answer', 'error'] as const)(
    'a put that was carried out, but looks failed (%s), counts once',
    async (fate) => {
      const scope = newScope();
      let writes = 0;
      proxy.interference = (operation) => (operation === 'write' && ++writes === 1 ? fate : 'pass');
      const told = await storeIn(scope, proxy.endpoint).add('s', [attempt({ calls: 3 })]);
      expect(writes).toBeGreaterThan(1);
      expect(told.added + told.repeated).toBe(1);
      expect(await tallied(scope)).toMatchObject({ blocked: { caption_generation: { calls: 3 } } });
    },
  );

  test('a store that is away is told as such, and what is offered again is counted', async () => {
    const scope = newScope();
    const store = storeIn(scope, proxy.endpoint);
    proxy.interference = () => 'lose_request';
    await expect(store.add('s', [attempt()])).rejects.toThrow(StoreUnavailableError);
    await expect(store.totals('m-1')).rejects.toThrow(StoreUnavailableError);
    proxy.interference = () => 'pass';
    expect(await store.add('s', [attempt()])).toEqual({ added: 1, repeated: 0, late: 0 });
    expect(await tallied(scope)).toMatchObject({ blocked: { caption_generation: { calls: 1 } } });
  });

  test('who is outrun again and again gives up, having counted nothing', async () => {
    const scope = newScope();
    let others = 0;
    const other = storeIn(scope);
    const client = storeClientFor(dynalite.endpoint);
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          // Somebody else writes between the read and the put of every try.
          if (commandName === 'PutItemCommand') await other.add('s', [attempt({ id: `other-${++others}` })]);
          return next(args);
        },
      { step: 'initialize' },
    );
    const store = new DynamoDbAttemptStore({ client, table, scope, wait: async () => {} });
    await expect(store.add('s', [attempt({ id: 'mine' })])).rejects.toThrow(StoreUnavailableError);
    expect(await tallied(scope)).toMatchObject({ blocked: { caption_generation: { calls: others } } });
  });

  test('the fullest shard fits into an item', async () => {
    const scope = newScope();
    // Names as long as they may be, in characters of three bytes.
    const name = (number: number) => `/${String(number).padStart(6, '0')}${'漢'.repeat(93)}`;
    const calls = blockedCalls(16_000, 16_000).map((call, index) => ({
      ...call,
      kind: 'would_block' as const,
      operation: `${'type'.repeat(8)}-${index % 20}`,
      simulated: {
        method: 'POST',
        role: 'anonymous' as const,
        template: name(index % 400),
        path: name(index % 300),
      },
    }));
    await storeIn(scope).add('s', calls);
    const totals = await storeIn(scope).totals('m-1');
    expect(totals.counts.would_block.size).toBe(20);
    const record = await storeIn(scope).record('m-1');
    expect([record.routes.size, record.unclassified.size]).toEqual([MAX_ROUTES, MAX_UNCLASSIFIED]);
    expect(totals.clients.exact).toBe(false);
    expect(await storeIn(scope).add('s', calls)).toEqual({ added: 0, repeated: 16_000, late: 0 });
  });
});
