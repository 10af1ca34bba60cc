import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadStack } from '../../local/assembly.ts';
import { type Answer, type Call, Cloud } from '../support/cloud.ts';
import { type Assembly, synthesiseAssembly } from '../support/synthesise-assembly.ts';

/** One request a second, so that what a bucket gains during a test hardly shows beside what it holds. */
const ANONYMOUS = { rateLimit: 1, burstLimit: 40 };
const WORKER = { rateLimit: 1, burstLimit: 1000, maintenance: { rateLimit: 1, burstLimit: 10 } };
const OPEN = '/health';
const BLOCKED = '/start_caption_generation';

let assembly: Assembly;
let cloud: Cloud;
const tokens = { admin: '', member: '', worker: '' };

beforeAll(async () => {
  assembly = synthesiseAssembly({
    callers: { anonymous: ANONYMOUS, worker: WORKER },
    wafRateLimit: '1000',
  });
  cloud = await Cloud.start({ assembly: assembly.directory });
  for (const user of ['admin', 'member', 'worker'] as const) tokens[user] = await cloud.token(user);
});
afterAll(async () => {
  await cloud?.stop();
  assembly?.remove();
});

/** Sends calls until the bucket is empty; returns the first refusal, and how many passed within how many seconds. */
async function exhaust(call: Call = {}): Promise<{ refused: Answer; passed: number; seconds: number }> {
  const started = performance.now();
  for (let passed = 0; passed < 200; passed += 1) {
    const answer = await cloud.call('GET', OPEN, call);
    if (answer.status === 429)
      return { refused: answer, passed, seconds: (performance.now() - started) / 1000 };
    expect(answer.status).toBe(200);
  }
  throw new Error('200 calls passed.');
}

/** The most that a bucket lets pass, for the time that the test took. */
const most = ({ rateLimit, burstLimit }: { rateLimit: number; burstLimit: number }, seconds: number) =>
  burstLimit + Math.ceil(seconds * rateLimit);

describe('a class of callers over its rate', () => {
  test('is answered 429 with Retry-After, while everybody else goes on', async () => {
    const { refused, passed, seconds } = await exhaust();
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThanOrEqual(most(ANONYMOUS, seconds));
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused.headers['content-type']).toBe('application/problem+json');
    expect(refused.json).toMatchObject({ status: 429, error: 'too_many_requests' });
    for (const token of Object.values(tokens)) {
      for (let i = 0; i < 10; i += 1) expect((await cloud.call('GET', OPEN, { token })).status).toBe(200);
    }
  });

  test('is held to it on the control API too', async () => {
    await exhaust();
    expect((await cloud.control('GET', '/signin')).status).toBe(429);
    expect((await cloud.control('GET', '/status', { token: tokens.admin })).status).toBe(200);
  });

  test('gains nothing by an API key that the caller sends, be it another class’s', async () => {
    const stack = loadStack(assembly.directory);
    const values = stack
      .resources('AWS::ApiGateway::ApiKey')
      .map((resource) => String(stack.property(resource, 'Value')));
    expect(values).toHaveLength(5); // One each, and the worker's for maintenance.
    await exhaust();
    for (const value of [...values, 'nonsense']) {
      const forged = await Promise.all(
        Array.from({ length: 20 }, () => cloud.call('GET', OPEN, { headers: { 'X-API-Key': value } })),
      );
      // A few may pass with what the bucket has gained meanwhile, never all.
      expect(forged.map(({ status }) => status)).toContain(429);
    }
    const admin = { token: tokens.admin, headers: { 'X-API-Key': 'nonsense' } };
    expect((await cloud.call('GET', OPEN, admin)).status).toBe(200);
  });
});

describe('during maintenance', () => {
  beforeAll(async () => {
    await cloud.enable();
  });
  afterAll(() => cloud.reset());

  test('the lower rate holds for what is left open, and the usual one again afterwards', async () => {
    const { passed, seconds } = await exhaust({ token: tokens.worker });
    expect(passed).toBeGreaterThan(0);
    expect(passed).toBeLessThanOrEqual(most(WORKER.maintenance, seconds));
    await cloud.reset();
    for (let i = 0; i < 30; i += 1) {
      expect((await cloud.call('GET', OPEN, { token: tokens.worker })).status).toBe(200);
    }
    await cloud.enable();
  });

  test('what is blocked is refused as ever, whatever is left of the rate', async () => {
    await exhaust();
    const refused = await cloud.call('POST', BLOCKED);
    expect(refused.status).toBe(503);
    expect(refused.json.error).toBe('maintenance_active');
  });

  test('an admin goes on', async () => {
    for (let i = 0; i < 20; i += 1) {
      expect((await cloud.call('POST', BLOCKED, { token: tokens.admin })).status).toBe(202);
    }
  });
});
