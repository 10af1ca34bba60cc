import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { mirrorKey, offencePrefix } from '../../core/identity/session.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';
import { stateWith } from '../support/examples.ts';
import { sessionOf } from '../support/sessions.ts';

const BLOCKED = '/start_caption_generation';
const COPY = mirrorKey('default');

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
beforeEach(() => cloud.reset());
afterEach(async () => {
  for (const service of ['dynamodb', 'redis', 'lambda:authorizer']) await cloud.fault(service, 'none');
  await eventually(async () => (await cloud.as('admin', 'GET', '/history')).status === 200);
});

/** Ends every instance of the authorizer: the next one starts without any memory. */
async function restartAuthorizer(): Promise<void> {
  await cloud.fault('lambda:authorizer', 'down');
  expect((await cloud.call('POST', BLOCKED)).status).toBe(503);
  await cloud.fault('lambda:authorizer', 'none');
}

describe('health', () => {
  const sessionStore = async () => {
    await cloud.advanceClock(5001);
    const { status, json } = await cloud.control('GET', '/health');
    return { http: status, status: json.status, redis: json.components?.session_store };
  };

  test.each(['down', 'errors', 'slow'])(
    'says that Redis is away (%s), and when it is back',
    async (fault) => {
      await eventually(async () => (await sessionStore()).status === 'healthy');
      await cloud.fault('redis', fault, { ms: 3000 });
      expect(await sessionStore()).toMatchObject({
        http: 200,
        status: 'degraded',
        redis: { status: 'degraded', message: expect.any(String), age_ms: null },
      });
      await cloud.fault('redis', 'none');
      await eventually(async () => (await sessionStore()).redis?.status === 'healthy');
    },
  );
});

describe('the alarm of the session manager', () => {
  const alarm = async (): Promise<string> => {
    const { json } = await cloud.call('GET', '/_local/alarms');
    const found = json.alarms.find(({ name }: { name: string }) => name.endsWith('session-manager-failure'));
    return found?.state;
  };

  test('is raised while sessions cannot be deleted, and over when they are', async () => {
    await redis.set('vedfolnir:session:alarming', sessionOf('reviewer'), 'EX', 600);
    await cloud.fault('redis', 'down');
    await cloud.enable();
    await eventually(async () => (await alarm()) === 'ALARM');
    await cloud.fault('redis', 'none');
    await eventually(async () => {
      await cloud.tick();
      return (await redis.exists('vedfolnir:session:alarming')) === 0;
    });
    // The period in which it failed is over then.
    await cloud.advanceClock(60_000);
    await eventually(async () => (await alarm()) === 'OK');
  });
});

describe('the copy of the state in Redis', () => {
  const copy = async (): Promise<number> => Number(await redis.hget(COPY, 'version'));

  test('has the block hold where nothing else is known, and its keys tell admins', async () => {
    const [admin, member] = [await cloud.token('admin'), await cloud.token('member')];
    const { json } = await cloud.enable();
    await eventually(async () => {
      await cloud.tick();
      return (await copy()) >= json.version && (await redis.hexists(COPY, 'keys')) === 1;
    });
    await cloud.fault('dynamodb', 'down');
    await restartAuthorizer();
    expect((await cloud.call('POST', BLOCKED)).json.error).toBe('maintenance_active');
    expect((await cloud.call('POST', BLOCKED, { token: member })).json.error).toBe('maintenance_active');
    expect((await cloud.call('POST', BLOCKED, { token: admin })).status).toBe(202);
    const { text } = await cloud.call('GET', '/_local/logs?function=authorizer');
    expect(text).toContain('state_from_copy');
  });

  test('of a log that is no more gives way within a minute', async () => {
    const { json } = await cloud.control('GET', '/status');
    const alien = { ...stateWith(null), version: json.version + 1000 };
    await redis.hset(COPY, 'version', alien.version, 'state', JSON.stringify(alien), 'at', Date.now());
    await eventually(async () => {
      await cloud.tick();
      return (await copy()) === (await cloud.control('GET', '/status')).json.version;
    });
  });
});

test('a repeat offender is one for an instance that has hardly seen it', async () => {
  // Within one minute: it is by the minute that blocked calls are counted.
  const second = new Date((await cloud.control('GET', '/status')).json.as_of).getSeconds();
  await cloud.advanceClock((60 - second) * 1000);
  const token = await cloud.token('worker');
  await cloud.enable();
  const linesWith = async (text: string): Promise<number> => {
    const { json } = await cloud.call('GET', '/_local/logs?function=authorizer');
    return json.lines.filter(({ message }: { message: string }) => message.includes(text)).length;
  };
  /** Blocked calls that have a line of their own. What is written after the last is waited for. */
  const linesOfCalls = async (calls: number): Promise<number> => {
    const blocked = 'Operation blocked: endpoint=\\"/start_caption_generation\\" user=\\"worker\\"';
    const bypass = '[MAINTENANCE] Admin bypass';
    const [before, bypasses] = [await linesWith(blocked), await linesWith(bypass)];
    for (let call = 0; call < calls; call += 1) {
      expect((await cloud.call('POST', BLOCKED, { token })).status).toBe(503);
    }
    await cloud.call('POST', BLOCKED, { token: await cloud.token('admin') });
    await eventually(async () => (await linesWith(bypass)) > bypasses);
    return (await linesWith(blocked)) - before;
  };
  const counted = async (): Promise<number> => {
    const keys = await redis.keys(`${offencePrefix('default')}*worker*`);
    return Math.max(0, ...(await Promise.all(keys.map(async (key) => Number(await redis.get(key))))));
  };
  // The health check keeps further instances busy now and then; what they learn of each other comes a call later.
  const told = await linesOfCalls(60);
  expect(told).toBeGreaterThanOrEqual(30);
  expect(told).toBeLessThan(60);
  // What was gathered while a batch was under way, or while Redis was slow to answer, goes with the next call.
  await eventually(async () => {
    await cloud.call('POST', BLOCKED, { token });
    return (await counted()) > 30;
  });
  const before = await counted();
  await restartAuthorizer();
  await linesOfCalls(5);
  await eventually(async () => (await counted()) > before);
  // By itself, no instance would have counted more than 30 by the last of these.
  const rounds = [await linesOfCalls(8), await linesOfCalls(8), await linesOfCalls(8)];
  expect(rounds.at(-1)).toBe(0);
});
