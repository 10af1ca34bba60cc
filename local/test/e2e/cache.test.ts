import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis, type RedisOptions } from 'ioredis';
import { type Cloud, startCloud } from '../../cloud.ts';
import { accessKeyOf, ROLE_CREDENTIALS } from '../../iam.ts';
import { CACHE_LOG } from '../../services/cache/sign-in.ts';
import { createServices, type Services } from '../../services/create-services.ts';
import type { CacheTask } from '../support/cache-function.ts';
import { CACHE, synthesiseCacheStack } from '../support/cache-stack.ts';
import { connectToken, type TokenParts } from '../support/connect-token.ts';
import { eventually } from '../support/eventually.ts';
import type { TestAssembly } from '../support/gateway-stack.ts';

let assembly: TestAssembly;
let folder: string;
let cloud: Cloud;
let services: Services;
const clients: Redis[] = [];

beforeAll(async () => {
  assembly = synthesiseCacheStack();
  folder = mkdtempSync(path.join(tmpdir(), 'local-cache-'));
  cloud = await startCloud({
    assemblyDir: assembly.directory,
    port: 0,
    hosts: {},
    createServices: async (context) => {
      services = await createServices(context, {
        folder,
        redisServer: process.env.REDIS_SERVER ?? 'redis-server',
        ports: { aws: 0, redis: 0 },
      });
      return services;
    },
  });
  await services.redis.settled();
}, 120_000);

afterAll(async () => {
  await cloud?.close();
  assembly?.remove();
  rmSync(folder, { recursive: true, force: true });
});

afterEach(async () => {
  for (const client of clients.splice(0)) if (client.status !== 'end') client.disconnect();
  await fault('none');
});

async function fault(kind: 'down' | 'slow' | 'errors' | 'none'): Promise<void> {
  cloud.faults.set({ service: 'redis', fault: kind, ms: 200 });
  await services.redis.settled();
}

/** The answer of a function, or the message of its error. */
async function ask(functionName: 'inside' | 'outside' | 'stranger', task: CacheTask): Promise<unknown> {
  const { payload, functionError } = await cloud.functions.invoke(functionName, JSON.stringify(task));
  const answer = JSON.parse(payload);
  return functionError ? answer.errorMessage : answer;
}

const attribute = (name: string) => cloud.stack.attribute(cloud.stack.resource('Cache'), name);

/** Signed as a function does that may connect. */
function token(user: string, other: Partial<TokenParts> = {}): string {
  const [inside] = cloud.stack.resources('AWS::Lambda::Function').filter(({ logicalId }) => {
    return cloud.stack.functionName(logicalId) === 'inside';
  });
  const accessKeyId = accessKeyOf(cloud.access.roleOf(inside?.logicalId ?? ''));
  return connectToken({
    cache: CACHE.name,
    user,
    credentials: { accessKeyId, ...ROLE_CREDENTIALS },
    ...other,
  });
}

/** A client of this process, which is not in the stack's network. */
function client(username: string, password: string, options: RedisOptions = {}): Redis {
  const made = new Redis({
    host: attribute('Endpoint.Address'),
    port: Number(attribute('Endpoint.Port')),
    tls: { ca: services.certificate },
    username,
    password,
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    // It calls INFO, which not every user may.
    enableReadyCheck: false,
    ...options,
  });
  made.on('error', () => undefined);
  clients.push(made);
  return made;
}

/** Signs in; the message of what went wrong, or who one is. */
async function signIn(username: string, password: string, options: RedisOptions = {}): Promise<string> {
  const redis = client(username, password, options);
  let reason: Error | undefined;
  redis.on('error', (error) => {
    reason = error;
  });
  try {
    await redis.connect();
    return await redis.acl('WHOAMI');
  } catch (error) {
    return (reason ?? (error as Error)).message;
  }
}

describe('a function in the VPC', () => {
  test('uses the cache as a cluster over TLS, with a token, and finds it again after a write', async () => {
    expect(await ask('inside', { user: CACHE.keeper, redis: ['SET', 'session:1', 'one'] })).toBe('OK');
    expect(await ask('inside', { user: CACHE.reader, redis: ['GET', 'session:1'] })).toBe('one');
  });

  test.each([
    ['a command', ['DEL', 'session:1'], "has no permissions to run the 'del' command"],
    ['a key', ['GET', 'other'], 'no permissions to access one of the keys'],
  ] as const)('is refused %s that its user may not use', async (_what, redis, message) => {
    expect(await ask('inside', { user: CACHE.reader, redis })).toContain(message);
  });

  test('is refused what no user of the service may do', async () => {
    expect(await ask('inside', { user: CACHE.keeper, redis: ['CONFIG', 'GET', 'port'] })).toContain(
      'config|get',
    );
  });

  test('reaches the AWS API that has an endpoint in its VPC, and no other', async () => {
    expect(await ask('inside', { table: CACHE.tableName })).toBe(CACHE.tableName);
    expect(await ask('inside', { identity: true })).toMatch(/socket hang up|ECONNRESET/);
  });

  test('is refused by the cache when its role may not connect as the user', async () => {
    expect(await ask('stranger', { user: CACHE.reader, redis: ['PING'] })).toContain('WRONGPASS');
    const lines = cloud.logs.entries({ group: CACHE_LOG }).map(({ message }) => message);
    expect(lines.at(-1)).toMatch(
      /^The user reader was refused\. The role \S+ is not allowed elasticache:Connect on /,
    );
  });
});

describe('a function outside of the VPC', () => {
  test('reaches every AWS API, but not the cache', async () => {
    expect(await ask('outside', { table: CACHE.tableName })).toBe(CACHE.tableName);
    expect(await ask('outside', { identity: true })).toMatch(/^arn:aws:sts::/);
    expect(await ask('outside', { user: CACHE.reader, redis: ['PING'] })).toMatch(/closed/i);
  });
});

describe("the cache's endpoint", () => {
  test.each([
    ['RESP2, by AUTH', 2],
    ['RESP3, by HELLO', 3],
  ] as const)('lets a user in over %s', async (_what, protocol) => {
    expect(await signIn(CACHE.keeper, token(CACHE.keeper), { protocol })).toBe(CACHE.keeper);
  });

  test('tells clients of a cluster its own port, and those of the plain port theirs', async () => {
    const slots = (await client(CACHE.reader, token(CACHE.reader)).cluster('SLOTS')) as unknown[][];
    expect(slots[0]?.[2]).toEqual(['127.0.0.1', Number(attribute('Endpoint.Port')), expect.any(String), []]);
    const plain = (await services.redis.client.cluster('SLOTS')) as unknown[][];
    expect(plain[0]?.[2]).toEqual(['127.0.0.1', services.redis.port, expect.any(String), []]);
  });

  const other = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'local', sessionToken: 'local' };
  test.each([
    ['no token', CACHE.reader, () => 'password'],
    ['a token for another user', CACHE.reader, () => token(CACHE.keeper)],
    ['a user who is not there', 'nobody', () => token('nobody')],
    ['a token for another cache', CACHE.reader, () => token(CACHE.reader, { cache: 'other' })],
    ['a token of an unknown signer', CACHE.reader, () => token(CACHE.reader, { credentials: other })],
    [
      'a token that was changed',
      CACHE.reader,
      () => token(CACHE.reader).replace('Expires=900', 'Expires=800'),
    ],
    ['a token that expired', CACHE.reader, () => token(CACHE.reader, { date: '20260101T000000Z' })],
    ['the default user', 'default', () => token('default')],
  ])('refuses %s', async (_what, user, password) => {
    for (const protocol of [2, 3] as const) {
      expect(await signIn(user, password(), { protocol })).toBe(
        'WRONGPASS invalid username-password pair or user is disabled.',
      );
    }
  });

  test('answers nothing before a sign-in', async () => {
    const redis = client('', '', { protocol: 2 });
    await expect(redis.get('session:1')).rejects.toThrow('NOAUTH Authentication required.');
  });

  test('shows a certificate that only who knows it trusts', async () => {
    expect(await signIn(CACHE.reader, token(CACHE.reader), { tls: {} })).toMatch(/self-signed certificate/);
  });

  test('goes by the movable clock: tokens of then are over, and so are connections after twelve hours', async () => {
    const old = token(CACHE.reader);
    const redis = client(CACHE.reader, old);
    await redis.connect();
    const ended = new Promise((resolve) => redis.once('close', resolve));
    try {
      cloud.clock.advance(15 * 60_000);
      expect(await signIn(CACHE.reader, old)).toContain('WRONGPASS');
      expect(await redis.ping()).toBe('PONG');
      expect(await ask('inside', { user: CACHE.reader, redis: ['PING'] })).toBe('PONG');
      cloud.clock.advance(12 * 60 * 60_000);
      await ended;
    } finally {
      cloud.clock.advance(-cloud.clock.offsetMs);
    }
  });
});

describe('a fault of redis', () => {
  const ping = () => ask('inside', { user: CACHE.reader, redis: ['PING'] });
  const read = () => ask('inside', { user: CACHE.reader, redis: ['GET', 'session:1'] });

  test('"down" ends connections and lets nobody in; afterwards everything is as before', async () => {
    await ask('inside', { user: CACHE.keeper, redis: ['SET', 'session:1', 'kept'] });
    const redis = client(CACHE.reader, token(CACHE.reader));
    await redis.connect();
    const ended = new Promise((resolve) => redis.once('close', resolve));
    await fault('down');
    await ended;
    expect(await ping()).toMatch(/closed|ECONNRESET|ECONNREFUSED/i);
    await fault('none');
    await eventually(async () => (await read()) === 'kept');
    expect(await ask('inside', { user: CACHE.reader, redis: ['DEL', 'session:1'] })).toContain(
      'no permissions',
    );
  });

  test('"errors" takes every permission from the users of the cache too, and gives back theirs', async () => {
    const redis = client(CACHE.reader, token(CACHE.reader));
    await redis.connect();
    await fault('errors');
    await expect(redis.get('session:1')).rejects.toThrow('NOPERM');
    expect(await read()).toContain('no permissions');
    await fault('none');
    expect(await redis.get('session:1')).toBe('kept');
    await expect(redis.del('session:1')).rejects.toThrow('NOPERM');
  });

  test('"slow" delays their calls', async () => {
    const redis = client(CACHE.reader, token(CACHE.reader));
    await redis.connect();
    await fault('slow');
    const begun = performance.now();
    for (let call = 0; call < 3; call++) await redis.get('session:1');
    expect(performance.now() - begun).toBeGreaterThan(150);
  });
});
