import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { type LocalCloud, type SpawnOptions, spawnLocalCloud, startLocalCloud } from '../../spawn-local.ts';
import { eventually } from '../support/eventually.ts';
import { synthesiseTestStack, type TestAssembly } from '../support/gateway-stack.ts';

/** How a start that must fail ended, and what it said. */
async function failure(
  options: SpawnOptions,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawnLocalCloud(options);
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}

async function listens(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

const listeners = async ({ url, origin, redis, dynamodb }: LocalCloud) =>
  (await Promise.all([url, origin, redis, dynamodb].map(listens))).filter((listening) => listening).length;

let stack: TestAssembly;
let assembly: string;
let data: string;

beforeAll(() => {
  stack = synthesiseTestStack({ cache: true });
  assembly = stack.directory;
});
afterAll(() => stack?.remove());
beforeEach(() => {
  data = mkdtempSync(path.join(tmpdir(), 'local-process-'));
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

describe('the local cloud as a program', () => {
  test.each<[NodeJS.Signals, number | null]>([
    ['SIGTERM', 0],
    ['SIGINT', 0],
    ['SIGKILL', null],
  ])('leaves nothing behind after %s', async (signal, code) => {
    const cloud = await startLocalCloud({ assembly, data });
    expect(await listeners(cloud)).toBe(4);
    const begun = performance.now();
    expect(await cloud.stop(signal)).toBe(code);
    await eventually(async () => (await listeners(cloud)) === 0);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });

  test('ends when it is told to before it is ready', async () => {
    const child = spawnLocalCloud({ assembly, data });
    const closed = once(child, 'close');
    let stdout = '';
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    await eventually(async () => existsSync(path.join(data, 'ports.json')));
    child.kill('SIGTERM');
    expect(await closed).toEqual([0, null]);
    expect(stdout).toBe('');
  });

  test('says so in one sentence when its port is in use, and has started nothing', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const folder = path.join(data, 'state');
    const { code, stdout, stderr } = await failure({ assembly, data: folder, port });
    server.close();
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: `Port ${port} is in use: stop the program that listens on it, or choose another with --port.\n`,
    });
    expect(existsSync(folder)).toBe(false);
  });

  test('refuses a folder that another one works with', async () => {
    const cloud = await startLocalCloud({ assembly, data });
    try {
      const { code, stderr } = await failure({ assembly, data });
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: `A local cloud already runs with the data in ${data} (process ${cloud.pid}).\n`,
      });
    } finally {
      await cloud.stop();
    }
  });

  test.each([
    ['an unknown option', '--prot', "Unknown option '--prot'"],
    ['a port that is none', '--port=70000', '--port takes a number from 0 to 65535, not "70000".'],
    ['a word too many', 'start', "Unexpected argument 'start'"],
  ])('refuses %s, and shows its options', async (_what, argument, message) => {
    const { code, stderr } = await failure({ assembly, data, args: [argument] });
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain('--fresh');
  });

  test('keeps users, sessions and the issuer from one start to the next, and forgets them with --fresh', async () => {
    const issuerOf = async (cloud: LocalCloud) =>
      ((await (await cloud.fetch('/surroundings')).json()) as { issuer: string }).issuer;
    const hasSession = async (cloud: LocalCloud, id: string) => {
      const redis = new Redis(cloud.redis);
      const found = await redis.exists(`vedfolnir:session:${id}`);
      redis.disconnect();
      return found === 1;
    };
    const first = await startLocalCloud({ assembly, data });
    const issuer = await issuerOf(first);
    const session = first.users.member.session_id;
    await first.stop();
    const second = await startLocalCloud({ assembly, data, keep: true });
    expect(await issuerOf(second)).toBe(issuer);
    expect(await hasSession(second, session)).toBe(true);
    await second.stop();
    const third = await startLocalCloud({ assembly, data });
    expect(await hasSession(third, session)).toBe(false);
    await third.stop();
  });
});

describe('the API of the local cloud', () => {
  let cloud: LocalCloud;

  beforeAll(async () => {
    cloud = await startLocalCloud({ assembly });
  });
  afterAll(() => cloud?.stop());

  const post = (pathname: string, body: unknown, headers: Record<string, string> = {}) =>
    cloud.fetch(pathname, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  const json = async (response: Promise<Response>): Promise<any> => (await response).json();

  test.each<[string, string, unknown, string]>([
    ['no JSON', '/_local/faults', '{', 'must be a JSON object'],
    ['a list', '/_local/faults', [], 'must be a JSON object'],
    ['an unknown field', '/_local/faults', { service: 'redis', fault: 'down', for: 3 }, 'no field for'],
    ['an unknown service', '/_local/faults', { service: 'kinesis', fault: 'down' }, 'service must be one of'],
    ['an unknown function', '/_local/faults', { service: 'lambda:x', fault: 'down' }, 'lambda:authorizer'],
    ['an unknown fault', '/_local/faults', { service: 'redis', fault: 'gone' }, 'fault must be one of'],
    [
      'a fault of others',
      '/_local/faults',
      { service: 'iam:authorizer', fault: 'down' },
      'one of errors, none',
    ],
    [
      'an API for no function',
      '/_local/faults',
      { service: 'logs:x', fault: 'down' },
      'service must be one of',
    ],
    [
      'no such method',
      '/_local/drift',
      { method: 'GET', path: '/x', authorizer: false },
      'with an authorizer: ',
    ],
    ['no word of the authorizer', '/_local/drift', { method: 'GET', path: '/x' }, 'authorizer must be true'],
    ['a delay in text', '/_local/faults', { service: 'redis', fault: 'slow', ms: '5' }, 'ms must be'],
    ['a share over one', '/_local/faults', { service: 'events', fault: 'errors', rate: 2 }, 'rate must be'],
    ['half a millisecond', '/_local/clock', { advance_ms: 0.5 }, 'advance_ms must be'],
    ['no time', '/_local/clock', {}, 'advance_ms must be'],
    ['beyond all dates', '/_local/clock', { advance_ms: Number.MAX_SAFE_INTEGER }, 'beyond all dates'],
  ])('refuses %s, saying what to send', async (_what, pathname, body, message) => {
    const response = await post(pathname, body);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: 'bad_request',
      message: expect.stringContaining(message),
    });
  });

  test.each([
    ['GET', '/_local/logs?function=nobody', 400],
    ['GET', '/_local/logs?since=yesterday', 400],
    ['GET', '/_local/logs?fnction=x', 400],
    ['GET', '/_local/tick', 405],
    ['GET', '/_local/nothing', 404],
  ])('answers %s %s with %i', async (method, pathname, status) => {
    expect((await cloud.fetch(pathname, { method })).status).toBe(status);
  });

  test('is closed to pages of other origins', async () => {
    const response = await post('/_local/tick', '', { Origin: 'https://evil.example' });
    expect(response.status).toBe(403);
    expect((await post('/_local/tick', '', { Origin: cloud.url })).status).toBe(200);
  });

  test('shows and ends faults', async () => {
    const set = (fault: string) => json(post('/_local/faults', { service: 'events', fault, rate: 0.5 }));
    expect(await set('errors')).toEqual({ faults: { events: { fault: 'errors', ms: 500, rate: 0.5 } } });
    expect(await json(cloud.fetch('/_local/faults'))).toEqual(await set('errors'));
    expect(await set('none')).toEqual({ faults: {} });
  });

  test('shows the lines of a function since a time, and what they measured', async () => {
    await cloud.fetch('/mock');
    const all = await json(cloud.fetch('/_local/logs?function=access'));
    expect(all.lines.length).toBeGreaterThan(0);
    expect(all.lines[0]).toMatchObject({ function: 'access', timestamp: expect.any(String) });
    const later = await json(cloud.fetch('/_local/logs?function=access&since=2100-01-01T00:00:00Z'));
    expect(later).toEqual({ lines: [] });
    expect(await json(cloud.fetch('/_local/metrics?name=Nothing'))).toEqual({ datapoints: [] });
    expect(await json(cloud.fetch('/_local/alarms'))).toEqual({ alarms: expect.any(Array) });
    expect(await json(cloud.fetch('/_local/notices'))).toMatchObject({ notices: expect.any(Array) });
  });

  test('runs the schedules and is done when they are, and counts what AWS would count', async () => {
    const ticks = async () => {
      const { datapoints } = await json(cloud.fetch('/_local/metrics?name=Invocations'));
      return datapoints.filter((point: { dimensions: { FunctionName: string } }) =>
        /tick/i.test(point.dimensions.FunctionName),
      ).length;
    };
    const before = await ticks();
    await post('/_local/tick', '');
    expect(await ticks()).toBe(before + 1);
    const { datapoints } = await json(cloud.fetch('/_local/metrics?name=5XXError'));
    expect(datapoints[0]).toMatchObject({ namespace: 'AWS/ApiGateway', value: 0, unit: 'Count' });
  });

  test('moves the clock that functions see', async () => {
    const seen = async (): Promise<number> => (await json(cloud.fetch('/surroundings'))).now;
    const before = await seen();
    expect(await json(post('/_local/clock', { advance_ms: 3_600_000 }))).toMatchObject({
      offset_ms: 3_600_000,
    });
    expect(await seen()).toBeGreaterThanOrEqual(before + 3_600_000);
    await post('/_local/clock', { advance_ms: -3_600_000 });
  });
});

describe('the sample origin', () => {
  let cloud: LocalCloud;

  beforeAll(async () => {
    cloud = await startLocalCloud({ assembly });
  });
  afterAll(() => cloud?.stop());

  const received = async () =>
    ((await (await fetch(`${cloud.origin}/_origin/requests`)).json()) as { requests: { url: string }[] })
      .requests;

  test('answers to the gateway only', async () => {
    expect((await fetch(`${cloud.origin}/`)).status).toBe(403);
    expect((await fetch(`${cloud.origin}/`, { headers: { 'X-Origin-Secret': 'guessed' } })).status).toBe(403);
    expect((await cloud.fetch('/')).status).toBe(200);
  });

  test('lets people sign in and out, with a session in Redis', async () => {
    const { username, password } = cloud.users.member;
    const signedIn = await cloud.fetch('/login', {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ username, password }),
    });
    expect(signedIn.status).toBe(302);
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
    const profile = await cloud.fetch('/profile', { headers: { cookie } });
    expect(await profile.json()).toMatchObject({ user: 'member', role: 'member' });
    const redis = new Redis(cloud.redis);
    const key = `vedfolnir:session:${cookie.slice('session_id='.length)}`;
    expect(JSON.parse((await redis.get(key)) ?? '')).toEqual({
      user: 'member',
      role: 'member',
      created_at: expect.any(String),
    });
    await cloud.fetch('/logout', { method: 'POST', redirect: 'manual', headers: { cookie } });
    expect(await redis.exists(key)).toBe(0);
    redis.disconnect();
    expect((await cloud.fetch('/profile', { redirect: 'manual', headers: { cookie } })).status).toBe(302);
  });

  test('shows its administration to admins', async () => {
    const as = (user: 'admin' | 'member') =>
      cloud.fetch('/admin/dashboard', { headers: { cookie: `session_id=${cloud.users[user].session_id}` } });
    expect((await as('admin')).status).toBe(200);
    expect((await as('member')).status).toBe(403);
  });

  test('remembers what it received, byte for byte', async () => {
    const body = Buffer.from([0, 255, 13, 10, 128]);
    const answer = await cloud.fetch('/upload?a=1&a=%32', { method: 'POST', body });
    expect(await answer.json()).toMatchObject({ size: 5 });
    expect((await received()).at(-1)).toMatchObject({
      method: 'POST',
      url: '/upload?a=1&a=%32',
      bodyBase64: body.toString('base64'),
    });
    const picture = await cloud.fetch('/images/1.png');
    expect(Buffer.from(await picture.arrayBuffer()).subarray(0, 4)).toEqual(
      Buffer.from([0x89, 0x50, 0x4e, 0x47]),
    );
  });
});
