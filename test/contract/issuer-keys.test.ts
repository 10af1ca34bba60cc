import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readIssuerKeys, writeIssuerKeys } from '../../adapters/identity/issuer-keys.ts';
import { dynamoDbOverHttps } from '../../adapters/lean/dynamodb-over-https.ts';
import { readKeysFromTable } from '../../adapters/lean/kept-keys.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { type Dynalite, startDynalite, storeClientFor, TABLE } from '../support/dynalite.ts';
import { DynaliteProxy } from '../support/dynalite-proxy.ts';
import { NOW } from '../support/examples.ts';

const RSA = { kty: 'RSA', kid: 'key-1', alg: 'RS256', use: 'sig', n: 'modulus', e: 'AQAB' } as const;
const EC = { kty: 'EC', kid: 'key-2', crv: 'P-256', x: 'one', y: 'two' } as const;

describe("The issuer's keys in the state table", () => {
  let dynalite: Dynalite;

  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.stop());

  test('none are known before any were kept', async () => {
    expect(await readIssuerKeys(dynalite.client, TABLE, 'https://nobody.test')).toBeNull();
  });

  test('the newest are kept, each issuer for itself', async () => {
    const [one, other] = ['https://one.test', 'https://other.test'];
    const before = { jwks: { keys: [RSA] }, fetchedAt: NOW };
    const after = { jwks: { keys: [RSA, EC] }, fetchedAt: NOW + 60_000 };
    await writeIssuerKeys(dynalite.client, TABLE, one, before);
    await writeIssuerKeys(dynalite.client, TABLE, other, before);
    await writeIssuerKeys(dynalite.client, TABLE, one, after);
    expect(await readIssuerKeys(dynalite.client, TABLE, one)).toEqual(after);
    expect(await readIssuerKeys(dynalite.client, TABLE, other)).toEqual(before);
  });

  test("the authorizer's own reader finds them", async () => {
    const issuer = 'https://read-by-authorizer.test';
    const reads = dynamoDbOverHttps({
      endpoint: dynalite.endpoint,
      region: 'eu-central-1',
      credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      timeout: 1000,
    });
    await writeIssuerKeys(dynalite.client, TABLE, issuer, { jwks: { keys: [RSA, EC] }, fetchedAt: NOW });
    expect(await readKeysFromTable(reads, TABLE, issuer)()).toEqual({ keys: [RSA, EC] });
  });

  test.each([
    ['no JSON', '{"keys":['],
    ['no keys', '{"keys":[]}'],
    ['keys of another shape', '{"keys":[{"kty":"RSA"}]}'],
  ])('kept keys that are %s count as none, and new ones take their place', async (_, jwks) => {
    const issuer = 'https://damaged.test';
    const Item = { pk: { S: `KEYS#${issuer}` }, sk: { N: '0' }, jwks: { S: jwks }, fetched_at: { N: '1' } };
    await dynalite.client.send(new PutItemCommand({ TableName: TABLE, Item }));
    expect(await readIssuerKeys(dynalite.client, TABLE, issuer)).toBeNull();
    const kept = { jwks: { keys: [RSA] }, fetchedAt: NOW };
    await writeIssuerKeys(dynalite.client, TABLE, issuer, kept);
    expect(await readIssuerKeys(dynalite.client, TABLE, issuer)).toEqual(kept);
  });

  test('a store that is away is reported as such', async () => {
    const proxy = new DynaliteProxy(dynalite.endpoint);
    await proxy.start();
    const client = storeClientFor(proxy.endpoint);
    await proxy.stop();
    const keys = { jwks: { keys: [RSA] }, fetchedAt: NOW };
    await expect(readIssuerKeys(client, TABLE, 'https://one.test')).rejects.toThrow(StoreUnavailableError);
    await expect(writeIssuerKeys(client, TABLE, 'https://one.test', keys)).rejects.toThrow(
      StoreUnavailableError,
    );
    client.destroy();
  });
});
