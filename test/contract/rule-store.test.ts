import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { dynamoDbOverHttps } from '../../adapters/lean/dynamodb-over-https.ts';
import { readRules } from '../../adapters/lean/read-rules.ts';
import { DynamoDbRuleStore, ruleSetKey } from '../../adapters/rules/rule-store.ts';
import { CorruptLogError, StoreUnavailableError } from '../../core/errors.ts';
import type { OwnRule } from '../../core/rules/rule-set.ts';
import { type Dynalite, startDynalite, TABLE } from '../support/dynalite.ts';

const RULES: OwnRule[] = [
  {
    id: 'a',
    method: ['POST', 'PUT'],
    path: '/reports/{id}',
    operation: 'reports',
    addedAt: 1,
    addedBy: 'alice',
  },
  { id: 'b', method: 'ANY', path: '/ä/{rest+}', operation: 'job_creation', addedAt: 2, addedBy: 'bob' },
];

let dynalite: Dynalite;
let store: DynamoDbRuleStore;

beforeAll(async () => {
  dynalite = await startDynalite();
  store = new DynamoDbRuleStore({ client: dynalite.client, table: TABLE, scope: 'default' });
});
afterAll(() => dynalite.stop());

const reads = (endpoint: string) =>
  dynamoDbOverHttps({
    endpoint,
    region: 'eu-central-1',
    credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
    timeout: 1000,
  });

describe('sets of rules', () => {
  test('come back as they were written, under a name that what they hold gives them', async () => {
    const name = await store.write(RULES);
    expect(await store.read({ name, operations: [] })).toEqual(RULES);
    expect(await store.write(structuredClone(RULES))).toBe(name);
    expect(await store.write(RULES.slice(1))).not.toBe(name);
  });

  test('no set is no rules', async () => {
    expect(await store.read(null)).toEqual([]);
  });

  test('are read by the authorizer without an SDK', async () => {
    const name = await store.write(RULES);
    expect(await readRules(reads(dynalite.endpoint), TABLE, 'default', name)).toEqual(RULES);
  });

  test('that are missing or altered are told from none', async () => {
    const missing = { name: 'f'.repeat(64), operations: [] };
    await expect(store.read(missing)).rejects.toThrow(CorruptLogError);
    await expect(readRules(reads(dynalite.endpoint), TABLE, 'default', missing.name)).rejects.toThrow(
      CorruptLogError,
    );
    const name = await store.write(RULES);
    const Key = ruleSetKey('default', name);
    const { Item } = await dynalite.client.send(new GetItemCommand({ TableName: TABLE, Key }));
    const altered = { ...Item, ...Key, rules: { S: JSON.stringify(RULES.slice(1)) } };
    await dynalite.client.send(new PutItemCommand({ TableName: TABLE, Item: altered }));
    await expect(store.read({ name, operations: [] })).rejects.toThrow(CorruptLogError);
  });

  test('in a store that is away are a store that is away', async () => {
    const away = new DynamoDbRuleStore({ client: dynalite.client, table: 'Nowhere', scope: 'default' });
    await expect(away.write(RULES)).rejects.toThrow(StoreUnavailableError);
    await expect(readRules(reads('http://127.0.0.1:1'), TABLE, 'default', 'a')).rejects.toThrow(
      StoreUnavailableError,
    );
  });
});
