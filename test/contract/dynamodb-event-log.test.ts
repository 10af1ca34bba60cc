import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { verifyChain } from '../../adapters/events/verify-chain.ts';
import { dynamoDbOverHttps } from '../../adapters/lean/dynamodb-over-https.ts';
import { readState } from '../../adapters/lean/read-state.ts';
import { OutcomeUnknownError, StoreUnavailableError } from '../../core/errors.ts';
import { type Dynalite, startDynalite, storeClientFor, TABLE } from '../support/dynalite.ts';
import { DynaliteProxy } from '../support/dynalite-proxy.ts';
import { draftAfter, idempotency } from '../support/event-drafts.ts';
import { ALICE, BOB, NOW } from '../support/examples.ts';
import { patient } from '../support/patience.ts';

describe('The event log in DynamoDB, beyond the contract', () => {
  let dynalite: Dynalite;
  let proxy: DynaliteProxy;
  let client: DynamoDBClient;
  let log: DynamoDbEventLog;

  beforeAll(async () => {
    dynalite = await startDynalite();
  });
  afterAll(() => dynalite.stop());

  let scopes = 0;
  beforeEach(async () => {
    scopes += 1;
    proxy = new DynaliteProxy(dynalite.endpoint);
    await proxy.start();
    client = storeClientFor(proxy.endpoint);
    log = new DynamoDbEventLog({ client, table: TABLE, scope: `scope-${scopes}` });
  });
  afterEach(async () => {
    client.destroy();
    await proxy.stop();
  });

  function holdWrites(): void {
    proxy.interference = (operation) => (operation === 'write' ? 'hold' : 'pass');
  }

  async function letThrough(): Promise<void> {
    proxy.interference = () => 'pass';
    await proxy.release();
  }

  describe('a put that arrives after its writer has given up', () => {
    test('takes its place while that is free, and the next try with the key finds it', async () => {
      holdWrites();
      const failure = await log
        .append(draftAfter(null), null, idempotency('key-1'))
        .catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(OutcomeUnknownError);
      expect(await log.head()).toBeNull();

      await letThrough();

      const found = await log.findByIdempotencyKey(ALICE.id, 'key-1', NOW);
      expect(found).toMatchObject({ number: 1, id: (failure as OutcomeUnknownError).eventId });
      expect(await log.append(draftAfter(null), null)).toEqual({ outcome: 'conflict' });
      expect(await log.page({ limit: 100 })).toEqual({ items: [found], nextBefore: null });
    });

    test('changes nothing once somebody else has its place', async () => {
      holdWrites();
      await expect(log.append(draftAfter(null), null)).rejects.toThrow(OutcomeUnknownError);
      proxy.interference = () => 'pass';
      const other = await log.append(draftAfter(null, { actor: BOB }), null);

      await letThrough();

      expect(other).toEqual({ outcome: 'appended', event: await log.head() });
      expect(await log.page({ limit: 100 })).toMatchObject({ items: [{ actor: BOB }] });
      expect(await verifyChain(log)).toBeNull();
    });
  });

  test('a put that was carried out and answered with a server error is recognised', async () => {
    proxy.interference = (operation) => (operation === 'write' ? 'error' : 'pass');
    const appended = await log.append(draftAfter(null), null);
    expect(appended).toEqual({ outcome: 'appended', event: await log.head() });
  });

  test('a store that never answers is given up in under 5 seconds', async () => {
    proxy.interference = () => 'hang';
    const begun = performance.now();
    const failures = await Promise.all(
      [
        log.head(),
        log.page({ limit: 1 }),
        log.findByIdempotencyKey('alice', 'key-1', 0),
        log.append(draftAfter(null), null),
      ].map((call) => call.catch((error: unknown) => error)),
    );
    expect(performance.now() - begun).toBeLessThan(patient(5000));
    for (const failure of failures) expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(failures[3]).toBeInstanceOf(OutcomeUnknownError);
  });

  test('a request that gets no answer is tried again within the time there is', async () => {
    let requests = 0;
    proxy.interference = () => {
      requests += 1;
      return requests === 1 ? 'hang' : 'pass';
    };
    expect(await log.head()).toBeNull();
    expect(requests).toBe(2);
  });

  test('a missing table is a store that is unavailable, with the reason as the cause', async () => {
    const misled = new DynamoDbEventLog({ client, table: 'Elsewhere', scope: 'main' });
    const failure = await misled.head().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StoreUnavailableError);
    expect(failure).toMatchObject({ cause: { name: 'ResourceNotFoundException' } });
  });

  test('logs of one table do not meet', async () => {
    const other = new DynamoDbEventLog({ client, table: TABLE, scope: `scope-${scopes}-b` });
    const appended = await log.append(draftAfter(null), null);
    expect(await other.head()).toBeNull();
    expect(await other.append(draftAfter(null), null)).toMatchObject({ outcome: 'appended' });
    expect(appended).toEqual({ outcome: 'appended', event: await log.head() });
  });

  test("the authorizer's own reader finds the whole state in the newest event", async () => {
    const reads = dynamoDbOverHttps({
      endpoint: dynalite.endpoint,
      region: 'eu-central-1',
      credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
      timeout: 1000,
    });
    const appended = await log.append(draftAfter(null), null);
    const first = appended.outcome === 'appended' ? appended.event : null;
    const second = draftAfter(first, { reason: 'Größer 🚧' });
    await log.append(second, first);
    expect(await readState(reads, TABLE, `scope-${scopes}`)).toEqual(second.state);
  });
});
