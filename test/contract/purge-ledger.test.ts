import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbPurgeLedger } from '../../adapters/purge/purge-record.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { createActivityTable, type Dynalite, startDynalite, storeClientFor } from '../support/dynalite.ts';
import { DynaliteProxy } from '../support/dynalite-proxy.ts';
import { InMemoryPurgeLedger } from '../support/in-memory-purge-ledger.ts';
import { ENTRY, purgeLedgerContract } from './purge-ledger.contract.ts';

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
const ledgerIn = (scope: string, endpoint = dynalite.endpoint) =>
  new DynamoDbPurgeLedger({ client: storeClientFor(endpoint), table, scope });

purgeLedgerContract('in memory', () => new InMemoryPurgeLedger());
purgeLedgerContract('in DynamoDB', () => ledgerIn(newScope()));

describe('The purge ledger in DynamoDB, beyond the contract', () => {
  test('of one deployment knows nothing of another', async () => {
    const [one, other] = [ledgerIn(newScope()), ledgerIn(newScope())];
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
    const ledger = ledgerIn(newScope(), proxy.endpoint);
    expect(await ledger.replace(0, ENTRY)).toBe(true);
    expect(await ledger.read()).toEqual({ entry: ENTRY, revision: 1 });
    expect(writes).toBe(2);
  });

  test('says so when the table is away', async () => {
    proxy.interference = () => 'lose_request';
    const ledger = ledgerIn(newScope(), proxy.endpoint);
    await expect(ledger.read()).rejects.toThrow(StoreUnavailableError);
    await expect(ledger.replace(0, ENTRY)).rejects.toThrow(StoreUnavailableError);
  });
});
