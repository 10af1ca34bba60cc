import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbHealthRecords } from '../../adapters/health/health-record-store.ts';
import type { Finding } from '../../core/health/finding.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

/** A busy machine makes things slow, which is a warning. */
const working = expect.stringMatching(/^(ok|warning)$/);

let cloud: Cloud;
let records: DynamoDbHealthRecords;

beforeAll(async () => {
  cloud = await Cloud.start();
  const client = new DynamoDBClient({
    endpoint: cloud.local.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const { ListTablesCommand } = await import('@aws-sdk/client-dynamodb');
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const table = TableNames.find((name) => name.includes('Activity')) ?? '';
  records = new DynamoDbHealthRecords({ client, table, scope: 'default' });
});
afterAll(() => cloud?.stop());
afterEach(async () => {
  for (const service of ['dynamodb', 'redis', 'lambda:authorizer', 'events'])
    await cloud.fault(service, 'none');
  await cloud.reset();
});

/** Runs the schedules, and gives what the health check found of some checks: its last status of each. */
async function found(): Promise<Readonly<Record<string, Finding>>> {
  expect((await cloud.tick()).status).toBe(200);
  const record = await records.read();
  return Object.fromEntries((record?.findings ?? []).map((finding) => [finding.check, finding]));
}

async function metric(name: string, component?: string): Promise<number | undefined> {
  const { json } = await cloud.call('GET', `/_local/metrics?name=${name}`);
  const points = json.datapoints.filter(
    ({ dimensions }: { dimensions: Record<string, string> }) => dimensions.Component === component,
  );
  return points.at(-1)?.value;
}

describe('a minute', () => {
  test('in which all is well: findings, metrics, and health says so', async () => {
    const checks = await found();
    expect(Object.values(checks).filter(({ status }) => status === 'failed')).toEqual([]);
    for (const name of [
      'event_log_write',
      'redis',
      'enforcement',
      'origin_closed',
      'admin_path',
      'publication',
    ]) {
      expect(checks[name]).toMatchObject({ status: working });
    }
    expect(checks.redis?.seen).toMatch(/answered a PING/);
    expect(await metric('MaintenanceActive')).toBe(0);
    expect(await metric('ActiveJobs')).toBe(0);
    expect(await metric('EnforcementMismatch')).toBe(0);
    expect(await metric('ComponentHealthy', 'session_store')).toBe(1);
    const { json } = await cloud.control('GET', '/health');
    expect(json.components.health_check).toMatchObject({ status: 'healthy' });
  });

  test('of an emergency: it is enforced, and its report says how soon', async () => {
    const token = await cloud.signIn('admin');
    const begun = await cloud.control('POST', '/emergency', { token, body: { reason: 'Data loss' } });
    expect(begun.status).toBe(200);
    const [{ id }] = (await cloud.as('admin', 'GET', '/reports')).json.items;
    const report = () => cloud.as('admin', 'GET', `/reports/${id}`);
    let json = (await report()).json;
    await eventually(async () => {
      ({ json } = await report());
      return json.emergencies[0]?.enforcement_lag != null;
    });
    expect(json.emergencies[0].enforcement_lag).toBeLessThan(5000);
    expect(json.alarms.raised).toEqual(expect.any(Array));
    expect((await found()).enforcement).toMatchObject({
      status: 'ok',
      seen: expect.stringContaining('blocked'),
    });
    expect(await metric('EmergencyActive')).toBe(1);
    expect(await metric('EnforcementLag')).toBeGreaterThanOrEqual(0);
  });

  test('in which the maintenance is overdue', async () => {
    await cloud.enable({ duration: 60 });
    await cloud.advanceClock(120_000);
    expect((await found()).maintenance_overdue).toMatchObject({ status: 'warning' });
    expect(await metric('MaintenanceOverdue')).toBe(1);
  });
});

describe('a fault is found by its name, and hides no other', () => {
  test('Redis is down', async () => {
    await cloud.fault('redis', 'down');
    const checks = await found();
    expect(checks.redis).toMatchObject({ status: 'failed', remedy: expect.any(String) });
    expect(checks.event_log_write).toMatchObject({ status: working });
    expect(checks.enforcement).toMatchObject({ status: 'ok' });
    expect(await metric('ComponentHealthy', 'session_store')).toBe(0);
    await cloud.fault('redis', 'none');
    await eventually(async () => (await found()).redis?.status !== 'failed');
  });

  test('the event log is down: it is measured all the same', async () => {
    await cloud.fault('dynamodb', 'down');
    await cloud.tick();
    expect(await metric('ComponentHealthy', 'event_log')).toBe(0);
    expect(await metric('ComponentHealthy', 'session_store')).toBe(1);
    await cloud.fault('dynamodb', 'none');
    expect((await found()).event_log_read).toMatchObject({ status: working });
  });

  test('the authorizer crashes', async () => {
    await cloud.fault('lambda:authorizer', 'down');
    const checks = await found();
    expect(checks.enforcement).toMatchObject({ status: 'failed' });
    expect(checks.admin_path).toMatchObject({ status: 'failed' });
    expect(checks.redis).toMatchObject({ status: working });
    await cloud.fault('lambda:authorizer', 'none');
    await eventually(async () => (await found()).enforcement?.status === 'ok');
  });
});
