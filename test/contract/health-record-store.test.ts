import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbHealthRecords } from '../../adapters/health/health-record-store.ts';
import type { HealthRecord } from '../../core/health/health-record.ts';
import { createActivityTable, type Dynalite, startDynalite, storeClientFor } from '../support/dynalite.ts';
import { NOW } from '../support/examples.ts';

const table = 'Activity';
let dynalite: Dynalite;

beforeAll(async () => {
  dynalite = await startDynalite();
  await createActivityTable(dynalite, table);
});
afterAll(() => dynalite.stop());

let scopes = 0;
const made = () => {
  scopes += 1;
  return new DynamoDbHealthRecords({ client: dynalite.client, table, scope: `scope-${scopes}` });
};

/** A record of a run that began so many seconds after the examples' instant. */
const record = (seconds: number): HealthRecord => ({
  checkedAt: NOW + seconds * 1000,
  findings: [
    {
      section: 'services',
      check: 'redis',
      status: 'failed',
      seen: '漢 "quoted"',
      remedy: `Look ${seconds}`,
      latency_ms: 5,
    },
  ],
  alarms: null,
});

describe('the record of the health check', () => {
  test('is none at first, and comes back as it was kept', async () => {
    const records = made();
    expect(await records.read()).toBeNull();
    await records.write(record(0));
    expect(await records.read()).toEqual(record(0));
  });

  test('is replaced by a newer one, and never by an older', async () => {
    const records = made();
    for (const seconds of [60, 0, 59, 120, 60]) await records.write(record(seconds));
    expect(await records.read()).toEqual(record(120));
  });

  test('is the newest of many that come at once, in whatever order', async () => {
    const records = made();
    await Promise.all([3, 9, 1, 7, 5].map((seconds) => records.write(record(seconds))));
    expect(await records.read()).toEqual(record(9));
  });

  test('may be written twice, as after an answer that was lost', async () => {
    const records = made();
    await records.write(record(0));
    await records.write(record(0));
    expect(await records.read()).toEqual(record(0));
  });

  test('is another deployment’s own', async () => {
    const [one, other] = [made(), made()];
    await one.write(record(0));
    expect(await other.read()).toBeNull();
  });

  test('is told to be out of reach where the store is', async () => {
    const client = storeClientFor('http://127.0.0.1:1');
    const records = new DynamoDbHealthRecords({ client, table, scope: 'away' });
    await expect(records.read()).rejects.toMatchObject({ name: 'StoreUnavailableError' });
    await expect(records.write(record(0))).rejects.toMatchObject({ name: 'StoreUnavailableError' });
  });
});
