import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbPurgeRecord } from '../../adapters/purge/purge-record.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { createActivityTable, type Dynalite, startDynalite, storeClientFor } from '../support/dynalite.ts';
import { DynaliteProxy } from '../support/dynalite-proxy.ts';
import { InMemoryPurgeRecord } from '../support/in-memory-purge-record.ts';
import { ENTRY, purgeRecordContract } from './purge-record.contract.ts';

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
const newScope = () => `scope-${++scopes}`;
const recordIn = (scope: string, endpoint = dynalite.endpoint) =>
  new DynamoDbPurgeRecord({ client: storeClientFor(endpoint), table, scope });

purgeRecordContract('in memory', () => new InMemoryPurgeRecord());
purgeRecordContract('in DynamoDB', () => recordIn(newScope()));

describe('The purge record in DynamoDB, beyond the contract', () => {
  test('of one deployment knows nothing of another', async () => {
    const [one, other] = [recordIn(newScope()), recordIn(newScope())];
    await one.replace(0, ENTRY);
    expect((await other.read()).revision).toBe(0);
  });

  test('recognises its own put where only the answer was lost', async () => {
    let writes = 0;
    proxy.interference = (operation) => {
      if (operation !== 'write') return 'pass';
      writes += 1;
      return writes === 1 ? 'lose_answer' : 'pass';
    };
    const record = recordIn(newScope(), proxy.endpoint);
    expect(await record.replace(0, ENTRY)).toBe(true);
    expect(await record.read()).toEqual({ entry: ENTRY, revision: 1 });
    expect(writes).toBe(2);
  });

  test('says so when the table is away', async () => {
    proxy.interference = () => 'lose_request';
    const record = recordIn(newScope(), proxy.endpoint);
    await expect(record.read()).rejects.toThrow(StoreUnavailableError);
    await expect(record.replace(0, ENTRY)).rejects.toThrow(StoreUnavailableError);
  });
});
