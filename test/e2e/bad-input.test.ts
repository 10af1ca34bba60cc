import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Answer, Cloud } from '../support/cloud.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud.stop());

async function send(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return cloud.control('POST', path, { token: await cloud.token('admin'), body, headers });
}

const invalidUtf8 = Buffer.concat([Buffer.from('{"reason":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]);

const BAD: [why: string, path: string, body: unknown, names: string][] = [
  ['malformed JSON', '/enable', '{"reason": ', 'body'],
  ['a list', '/enable', '[]', 'body'],
  ['no body', '/enable', undefined, 'reason'],
  ['invalid UTF-8', '/enable', invalidUtf8, 'body'],
  ['a body of 1 MB', '/enable', JSON.stringify({ reason: 'x'.repeat(1_000_000) }), ''],
  ['an unknown field', '/enable', { reason: 'a', durration: 60 }, 'durration'],
  ['a prototype key', '/enable', '{"reason": "a", "__proto__": {"mode": "test"}}', '__proto__'],
  ['a constructor key', '/enable', '{"reason": "a", "constructor": 1}', 'constructor'],
  ['an empty reason', '/enable', { reason: '' }, 'reason'],
  ['a reason of 501 code points', '/enable', { reason: '😀'.repeat(501) }, 'reason'],
  ['a reason with a control character', '/enable', { reason: 'a\u0007b' }, 'reason'],
  ['a reason that is a number', '/enable', { reason: 1 }, 'reason'],
  ['duration as text', '/enable', { reason: 'a', duration: '60' }, 'duration'],
  ['duration as boolean', '/enable', { reason: 'a', duration: true }, 'duration'],
  ['duration NaN', '/enable', '{"reason": "a", "duration": NaN}', 'body'],
  ['duration null', '/enable', { reason: 'a', duration: null }, 'duration'],
  ['duration too short', '/enable', { reason: 'a', duration: 59 }, 'duration'],
  ['duration too long', '/enable', { reason: 'a', duration: 604_801 }, 'duration'],
  ['duration 1e400', '/enable', '{"reason": "a", "duration": 1e400}', 'duration'],
  ['both ends', '/enable', { reason: 'a', duration: 60, ends_at: '2030-01-01T00:00:00Z' }, 'ends_at'],
  ['an end that is no instant', '/enable', { reason: 'a', ends_at: 'tomorrow' }, 'ends_at'],
  ['an end in the past', '/enable', { reason: 'a', ends_at: '2020-01-01T00:00:00Z' }, 'ends_at'],
  ['auto_end without an end', '/enable', { reason: 'a', auto_end: true }, 'auto_end'],
  ['a mode in upper case', '/enable', { reason: 'a', mode: 'NORMAL' }, 'mode'],
  ['the mode emergency', '/enable', { reason: 'a', mode: 'emergency' }, 'mode'],
  [
    'an operation that cannot be blocked',
    '/enable',
    { reason: 'a', blocked_operations: ['authentication'] },
    'blocked_operations',
  ],
  [
    'an operation that nobody knows',
    '/enable',
    { reason: 'a', blocked_operations: ['nonsense'] },
    'blocked_operations',
  ],
  ['a grace period of 901', '/emergency', { reason: 'a', grace_period: 901 }, 'grace_period'],
  ['a grace period below 0', '/emergency', { reason: 'a', grace_period: -1 }, 'grace_period'],
  ['an unknown field of disable', '/disable', { force: true }, 'force'],
];

describe('bad input is a 400 that names the field, and writes nothing', () => {
  test.each(BAD)('%s', async (_, path, body, names) => {
    const before = (await cloud.as('admin', 'GET', '/history?limit=1')).text;
    const answer = await send(path, body);
    expect(answer.status).toBe(400);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({
      status: 400,
      message: expect.any(String),
      request_id: expect.any(String),
    });
    expect(JSON.stringify(answer.json.details)).toContain(names);
    expect(answer.text).not.toMatch(/\bat .*\.[jt]s|node_modules|ZodError/);
    expect((await cloud.as('admin', 'GET', '/history?limit=1')).text).toBe(before);
  });

  test.each([
    ['limit=0', 'limit'],
    ['limit=101', 'limit'],
    ['limit=ten', 'limit'],
    ['cursor=nonsense', 'cursor'],
    ['colour=red', 'colour'],
  ])('history?%s', async (query, names) => {
    const answer = await cloud.as('admin', 'GET', `/history?${query}`);
    expect(answer.status).toBe(400);
    expect(JSON.stringify(answer.json.details)).toContain(names);
  });

  test.each([
    ['POST', '/enable?dry=1', 'dry'],
    ['POST', '/disable?force', 'force'],
    ['GET', '/status?verbose=1', 'verbose'],
    ['GET', '/health?deep=1', 'deep'],
    ['GET', '/openapi.json?format=yaml', 'format'],
  ] as const)('%s %s names what is no parameter', async (method, path, names) => {
    const answer = await cloud.as(
      'admin',
      method,
      path,
      method === 'POST' ? { reason: 'Dry run' } : undefined,
    );
    expect(answer).toMatchObject({
      status: 400,
      json: { details: [{ field: names, message: 'is not a query parameter of this call' }] },
    });
  });

  test('an unknown call is a 404, a wrong verb a 405', async () => {
    expect((await cloud.as('admin', 'POST', '/nonsense')).status).toBe(404);
    const answer = await cloud.as('admin', 'GET', '/enable');
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toContain('POST');
  });
});

describe('repeated and concurrent calls', () => {
  test('a repeated Idempotency-Key gets the first answer again and causes no second event', async () => {
    await cloud.reset();
    const headers = { 'Idempotency-Key': 'key-1' };
    const first = await send('/enable', { reason: 'Once' }, headers);
    const again = await send('/enable', { reason: 'Once' }, headers);
    expect(first.status).toBe(200);
    expect(again.status).toBe(200);
    expect(again.json).toEqual(first.json);
    await cloud.reset();
    expect((await send('/enable', { reason: 'Once' }, headers)).json).toEqual(first.json);
    expect((await cloud.control('GET', '/status')).json.is_active).toBe(false);
    const other = await send('/enable', { reason: 'Twice' }, headers);
    expect(other.status).toBe(422);
  });

  test('If-Match is honoured', async () => {
    await cloud.reset();
    const { version } = (await cloud.control('GET', '/status')).json;
    expect((await send('/enable', { reason: 'a' }, { 'If-Match': `"${version + 1000}"` })).status).toBe(412);
    expect((await send('/enable', { reason: 'a' }, { 'If-Match': 'nonsense' })).status).toBe(400);
    expect((await send('/enable', { reason: 'a' }, { 'If-Match': `"${version}"` })).status).toBe(200);
  });

  test('of admins who act at once one wins, the others are told what won', async () => {
    await cloud.reset();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => send('/enable', { reason: `Admin ${i}` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const won = answers.find(({ status }) => status === 200)?.json;
    for (const { status, json } of answers.filter((answer) => answer.status !== 200)) {
      expect(status).toBe(409);
      expect(json.error).toBe('maintenance_already_active');
      // Receipts of what the winner began may be there already.
      expect(json.version).toBeGreaterThanOrEqual(won.version);
    }
  });
});
