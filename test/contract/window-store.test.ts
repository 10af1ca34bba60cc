import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { namedSetKey } from '../../adapters/state/named-sets.ts';
import { DynamoDbWindowStore } from '../../adapters/windows/window-store.ts';
import { CorruptLogError, StoreUnavailableError } from '../../core/errors.ts';
import type { WindowStore } from '../../core/windows/window.ts';
import { type Dynalite, startDynalite, TABLE } from '../support/dynalite.ts';
import { InMemoryWindowStore } from '../support/in-memory-window-store.ts';
import { window } from '../support/windows.ts';

const WINDOWS = [
  window(),
  window({
    id: 'w-2',
    reason: '漢 "quoted"\n',
    blockedOperations: ['unknown'],
    rrule: 'FREQ=DAILY',
    mode: 'test',
  }),
];

let dynalite: Dynalite;
beforeAll(async () => {
  dynalite = await startDynalite();
});
afterAll(() => dynalite.stop());

const inTable = () => new DynamoDbWindowStore({ client: dynalite.client, table: TABLE, scope: 'default' });

describe.each<[string, () => WindowStore]>([
  ['in the table', inTable],
  ['in memory', () => new InMemoryWindowStore()],
])('sets of windows %s', (_, open) => {
  test('come back as they were written, under a name that what they hold gives them', async () => {
    const store = open();
    const name = await store.write(WINDOWS);
    expect(await store.read(name)).toEqual(WINDOWS);
    expect(await store.write(structuredClone(WINDOWS))).toBe(name);
    expect(await store.write(WINDOWS.slice(1))).not.toBe(name);
    expect(name).toHaveLength(64);
  });

  test('no set is no windows', async () => {
    expect(await open().read(null)).toEqual([]);
  });
});

describe('sets of windows in the table', () => {
  test('that are missing or altered are told from none', async () => {
    const store = inTable();
    await expect(store.read('f'.repeat(64))).rejects.toThrow(CorruptLogError);
    const name = await store.write(WINDOWS);
    const Key = namedSetKey('windows', 'default', name);
    expect(Key.pk.S).toBe(`WINDOWS#default#${name}`);
    const { Item } = await dynalite.client.send(new GetItemCommand({ TableName: TABLE, Key }));
    const altered = { ...Item, ...Key, windows: { S: JSON.stringify(WINDOWS.slice(1)) } };
    await dynalite.client.send(new PutItemCommand({ TableName: TABLE, Item: altered }));
    await expect(store.read(name)).rejects.toThrow(CorruptLogError);
  });

  test('in a store that is away are a store that is away', async () => {
    const away = new DynamoDbWindowStore({ client: dynalite.client, table: 'Nowhere', scope: 'default' });
    await expect(away.write(WINDOWS)).rejects.toThrow(StoreUnavailableError);
    await expect(away.read('a')).rejects.toThrow(StoreUnavailableError);
  });
});
