import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';
import { sessionOf } from '../support/sessions.ts';

const PREFIX = 'vedfolnir:session:';
const ADMINS = ['e2e-admin-0', 'e2e-admin-1'];

let cloud: Cloud;
let redis: Redis;

beforeAll(async () => {
  cloud = await Cloud.start();
  redis = new Redis(cloud.local.redis);
});
afterAll(async () => {
  redis?.disconnect();
  await cloud?.stop();
});
beforeEach(async () => {
  await cloud.reset();
  // One by one: the server is a cluster, and the keys have different slots.
  for (const key of await redis.keys('*:session:*')) await redis.del(key);
  const created_at = new Date(Date.now() - 7_200_000).toISOString();
  for (const id of ADMINS) await put(id, sessionOf('admin', { created_at }));
  for (let n = 0; n < 30; n += 1) await put(`e2e-member-${n}`, sessionOf('reviewer', { created_at }));
  await put('e2e-broken', '{"role": "admin"');
  await redis.set('other:session:1', sessionOf('reviewer', { created_at }));
});

async function put(id: string, value: string): Promise<void> {
  await redis.set(`${PREFIX}${id}`, value, 'EX', 3600);
}

const idsLeft = async () => (await redis.keys(`${PREFIX}*`)).map((key) => key.slice(PREFIX.length)).sort();
const status = async () => (await cloud.as('admin', 'GET', '/status')).json;
const purged = () => eventually(async () => (await status()).session_purge?.status === 'completed');
const receipts = async () => {
  const { json } = await cloud.as('admin', 'GET', '/history?limit=100');
  return json.items.filter(({ type }: { type: string }) => type === 'sessions_purged');
};
/** What the purge has told, each line as JSON. */
const told = async (): Promise<Record<string, unknown>[]> => {
  const { json } = await cloud.call('GET', '/_local/logs?function=purge');
  return json.lines.flatMap(({ message }: { message: string }) =>
    message.startsWith('{') ? [JSON.parse(message)] : [],
  );
};

describe.each([
  ['normal maintenance', '/enable', { reason: 'Upgrade' }],
  ['an emergency', '/emergency', { reason: 'Fire' }],
])('%s', (_what, path, body) => {
  test('ends members’ sessions and keeps admins’, and says so', async () => {
    const { json } = await cloud.as('admin', 'POST', path, body);
    expect(json).toMatchObject({ invalidated_sessions: 0, session_purge: { status: 'pending' } });
    await purged();
    expect(await idsLeft()).toEqual(ADMINS);
    expect(await redis.exists('other:session:1')).toBe(1);
    expect(await status()).toMatchObject({
      invalidated_sessions: 31,
      session_purge: {
        id: json.session_purge.id,
        status: 'completed',
        scope: 'members',
        scanned: 33,
        deleted: 31,
        kept: 2,
        unparsable: 1,
        progress: 1,
        error: null,
      },
    });
    const [receipt] = await receipts();
    expect(receipt).toMatchObject({
      actor: { role: 'system', via: 'clock' },
      details: { purge_id: json.session_purge.id, deleted: 31, kept: 2, counts_exact: true },
    });
  });
});

test('a test run, and a maintenance that spares sessions, end none', async () => {
  for (const body of [{ mode: 'test' }, { invalidate_sessions: false }]) {
    await cloud.enable(body);
    await cloud.tick();
    await cloud.reset();
  }
  expect(await idsLeft()).toHaveLength(33);
});

test('each session is told by its first characters, with whose it was', async () => {
  await cloud.enable();
  await purged();
  const lines = await told();
  expect(lines).toContainEqual(
    expect.objectContaining({
      message:
        '[MAINTENANCE] Session invalidated: session_id="e2e-memb" user="reviewer-1" reason="maintenance_activation"',
    }),
  );
  expect(JSON.stringify(lines)).not.toContain('e2e-member-1');
  expect(lines).toContainEqual(expect.objectContaining({ SessionsPurged: 31 }));
});

test('a receipt is no change for who names the version they have seen', async () => {
  const enabled = await cloud.as('admin', 'POST', '/enable', { reason: 'Upgrade' });
  await purged();
  const { version } = enabled.json;
  expect((await status()).version).toBeGreaterThan(version);
  const answer = await cloud.control('POST', '/disable', {
    token: await cloud.token('admin'),
    headers: { 'If-Match': `"${version}"` },
  });
  expect(answer.status).toBe(200);
});

test('with Redis away it waits, says so, counts the failure, and is done when Redis is back', async () => {
  await cloud.fault('redis', 'down');
  try {
    await cloud.enable();
    await eventually(async () => (await status()).session_purge?.status === 'failed');
    expect((await status()).session_purge).toMatchObject({ deleted: 0, error: expect.any(String) });
    const anonymous = await cloud.control('GET', '/status');
    expect(anonymous.json.session_purge).toMatchObject({ status: 'failed', error: null });
    expect(await told()).toContainEqual(expect.objectContaining({ SessionPurgeFailures: 1 }));
    expect((await receipts())[0]?.version ?? 0).toBeLessThan((await status()).version);
  } finally {
    await cloud.fault('redis', 'none');
  }
  await eventually(async () => {
    await cloud.tick();
    return (await status()).session_purge.status === 'completed';
  });
  expect((await idsLeft()).filter((id) => id.includes('member'))).toEqual([]);
});

test('what appears during maintenance goes with a later minute', async () => {
  await cloud.enable();
  await purged();
  await put('e2e-late', sessionOf('reviewer', { created_at: new Date().toISOString() }));
  await eventually(async () => {
    await cloud.tick();
    return !(await idsLeft()).includes('e2e-late');
  });
  expect((await status()).invalidated_sessions).toBe(32);
});
