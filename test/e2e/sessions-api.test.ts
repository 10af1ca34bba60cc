import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { API } from '../../core/api/api.ts';
import { Cloud } from '../support/cloud.ts';
import { CliSandbox } from '../support/run-cli.ts';

const PREFIX = 'vedfolnir:session:';

let cloud: Cloud;
let redis: Redis;
let sandbox: CliSandbox;

beforeAll(async () => {
  cloud = await Cloud.start();
  redis = new Redis(cloud.local.redis);
});
afterAll(async () => {
  redis?.disconnect();
  await cloud?.stop();
});
beforeEach(async () => {
  // One by one: the server is a cluster, and the keys have different slots.
  for (const key of await redis.keys(`${PREFIX}*`)) await redis.del(key);
  const at = new Date(Date.now() - 7_200_000).toISOString();
  for (let n = 0; n < 20; n += 1) {
    const role = n < 4 ? 'admin' : n < 6 ? 'worker' : 'member';
    await put(`e2e-${n}`, JSON.stringify({ role, user: `${role}-${n}`, created_at: at, secret: 'hidden' }));
  }
  sandbox = await CliSandbox.create();
  sandbox.env.MAINTENANCE_API = cloud.local.url;
  const { username, password } = cloud.local.users.admin;
  sandbox.env.MAINTENANCE_PASSWORD = password;
  expect(await sandbox.run('login', '--username', username)).toMatchObject({ exitCode: 0 });
});
afterEach(() => sandbox.remove());

async function put(id: string, value: string): Promise<void> {
  await redis.set(`${PREFIX}${id}`, value, 'EX', 3600);
}

const idsLeft = async () => (await redis.keys(`${PREFIX}*`)).map((key) => key.slice(PREFIX.length)).sort();
const fits = (action: keyof typeof API, json: unknown) => API[action].answer.safeParse(json).error?.issues;

describe('sessions over the API', () => {
  test('are listed page by page, with short ids and nothing of what they hold', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: string = cursor === null ? '' : `&cursor=${cursor}`;
      const { status, json, text } = await cloud.as('admin', 'GET', `/sessions?limit=7${query}`);
      expect([status, fits('sessions', json)]).toEqual([200, undefined]);
      expect(text).not.toContain('hidden');
      seen.push(...json.items.map(({ user }: { user: string }) => user));
      cursor = json.next_cursor;
      if (cursor !== null) expect(json.items).toHaveLength(7);
    } while (cursor !== null);
    expect(new Set(seen).size).toBe(20);
  });

  test('are counted by role and age', async () => {
    const { status, json } = await cloud.as('admin', 'GET', '/sessions/statistics');
    expect([status, fits('sessionStatistics', json)]).toEqual([200, undefined]);
    expect(json).toMatchObject({
      total: 20,
      by_role: { admin: 4, worker: 2, member: 14 },
      by_age: { under_1d: 20 },
      exact: true,
    });
  });

  test('are found one by one by their whole ids, whatever these hold', async () => {
    for (const id of ['e2e-7', '*', 'a b', 'semi;colon', '\u2603']) {
      await put(id, JSON.stringify({ role: 'member', user: 'odd' }));
      const { status, json } = await cloud.as('admin', 'GET', `/sessions/${encodeURIComponent(id)}`);
      expect([id, status, fits('session', json), json.user]).toEqual([id, 200, undefined, 'odd']);
    }
    const missing = await cloud.as('admin', 'GET', '/sessions/e2e');
    expect([missing.status, missing.json.error]).toEqual([404, 'session_not_found']);
  });

  test('are for admins: 401 and 403', async () => {
    for (const path of ['/sessions', '/sessions/statistics', '/sessions/e2e-7']) {
      expect((await cloud.control('GET', path)).status).toBe(401);
      expect((await cloud.as('worker', 'GET', path)).status).toBe(403);
    }
  });

  test('are a 503 of their own while Redis is away, and back with it', async () => {
    await cloud.fault('redis', 'down');
    try {
      const { status, json, headers } = await cloud.as('admin', 'GET', '/sessions');
      expect([status, json.error, headers['retry-after']]).toEqual([503, 'session_store_unavailable', '5']);
    } finally {
      await cloud.fault('redis', 'none');
    }
  });
});

describe('the command', () => {
  test('shows them', async () => {
    expect((await sandbox.run('sessions', 'stats')).stdout).toContain('20 sessions\n  admin      4\n');
    expect((await sandbox.run('sessions', 'list', '--all')).stdout.trim().split('\n')).toHaveLength(21);
    expect((await sandbox.run('sessions', 'show', 'e2e-0')).stdout).toContain('Session e2e-0 is good.');
  });

  test('purges all but admins’, and says when that is done', async () => {
    await put('junk', 'no JSON');
    const { exitCode, stdout } = await sandbox.run('sessions', 'purge', '--yes', '--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      purge_id: expect.any(String),
      scope: 'members',
      session_purge: { status: 'completed', deleted: 17, kept: 4, unparsable: 1 },
    });
    expect(await idsLeft()).toEqual(['e2e-0', 'e2e-1', 'e2e-2', 'e2e-3']);
  });

  test('ends what one user was given, and nobody else’s', async () => {
    const { exitCode } = await sandbox.run('users', 'revoke', 'admin-1', '--yes');
    expect(exitCode).toBe(0);
    const { json } = await cloud.as('admin', 'GET', '/sessions/e2e-0');
    expect(json.ended).toBe(false);
  });
});
