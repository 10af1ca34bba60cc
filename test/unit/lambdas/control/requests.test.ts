import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ControlBench } from '../../../support/control-bench.ts';

describe('paths and methods', () => {
  test.each([
    '/api/maintenance/Enable',
    '/api/maintenance/enable/',
    '/api/maintenance//enable',
    '/API/maintenance/enable',
    '/api/maintenance/enable%20',
    '/api/maintenanceenable',
    '/api/maintenance/__proto__',
    '/api/maintenance/constructor',
    '/x/api/maintenance/enable',
    '/live/api/maintenance/enable',
  ])('%s is 404', async (path) => {
    const answer = await new ControlBench().callPath('POST', path, { body: { reason: 'a' } });
    expect(answer).toMatchObject({ status: 404, json: { error: 'not_found', request_id: 'request-1' } });
  });

  test.each([
    ['GET', '/enable', 'POST, OPTIONS'],
    ['PUT', '/emergency', 'POST, OPTIONS'],
    ['DELETE', '/disable', 'POST, OPTIONS'],
    ['POST', '', 'PATCH, OPTIONS'],
    ['POST', '/history', 'GET, HEAD, OPTIONS'],
    ['HEAD', '/enable', 'POST, OPTIONS'],
    ['constructor', '/enable', 'POST, OPTIONS'],
  ])('%s %s is 405 and says what works', async (method, path, allow) => {
    const answer = await new ControlBench().call(method, path);
    expect([answer.status, answer.headers.Allow]).toEqual([405, allow]);
  });

  test.each(['/enable', '/history', ''])('OPTIONS %s needs no credential', async (path) => {
    const answer = await new ControlBench().call('OPTIONS', path, {
      as: 'nobody',
      headers: { Origin: 'https://console.example' },
    });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers['Access-Control-Allow-Headers']).toContain('Authorization');
  });
});

describe('headers of every answer', () => {
  test.each([
    ['POST', '/enable', { reason: 'a' }],
    ['POST', '/enable', {}],
    ['GET', '/history', undefined],
    ['GET', '/nothing', undefined],
  ])('%s %s %j', async (method, path, body) => {
    const { headers } = await new ControlBench().call(method, path, { body });
    expect(headers).toMatchObject({
      'Cache-Control': 'private, no-store',
      Vary: 'Authorization, Cookie, Origin',
      'X-Content-Type-Options': 'nosniff',
      'Access-Control-Allow-Origin': '*',
    });
    expect(headers['Access-Control-Allow-Credentials']).toBeUndefined();
  });

  test.each([
    ['an allowed origin', 'https://console.example', 'https://console.example', 'true'],
    ['another origin', 'https://evil.example', undefined, undefined],
    ['an origin that looks alike', 'https://console.example.evil.example', undefined, undefined],
  ])('with a list of origins, %s', async (_, origin, allowed, credentials) => {
    const bench = new ControlBench({ allowedOrigins: ['https://console.example'] });
    const { headers } = await bench.call('GET', '/history', { headers: { origin } });
    expect(headers['Access-Control-Allow-Origin']).toBe(allowed);
    expect(headers['Access-Control-Allow-Credentials']).toBe(credentials);
  });
});

describe('bodies', () => {
  const fieldsOf = async (body: unknown) => {
    const bench = new ControlBench();
    const answer = await bench.call('POST', '/enable', { body });
    expect(bench.events.items.size).toBe(0);
    expect(answer.text).not.toMatch(/\bat .*\.ts|node:/);
    const { error, details } = answer.json;
    return [answer.status, error, details.map(({ field }: { field: string }) => field)];
  };

  test.each<[what: string, body: unknown, code: string, fields: string[]]>([
    ['malformed JSON', '{"reason":', 'malformed_json', ['body']],
    ['two JSON values', '{} {}', 'malformed_json', ['body']],
    ['NaN, which JSON has not', '{"reason":"a","duration":NaN}', 'malformed_json', ['body']],
    ['a form', 'reason=a', 'malformed_json', ['body']],
    ['invalid UTF-8', Buffer.from('7b22726561736f6e223a22ff227d', 'hex'), 'invalid_request', ['body']],
    ['UTF-16', Buffer.from('{"reason":"a"}', 'utf16le'), 'malformed_json', ['body']],
    ['1 MB', JSON.stringify({ reason: 'x'.repeat(1024 * 1024) }), 'invalid_request', ['body']],
    ['a list', '[]', 'invalid_request', ['body']],
    ['nothing', undefined, 'invalid_request', ['reason']],
    ['only white space', ' \n', 'invalid_request', ['reason']],
    ['an unknown field', { reason: 'a', hours: 1 }, 'invalid_request', ['hours']],
    ['a prototype key', '{"reason":"a","__proto__":{}}', 'invalid_request', ['__proto__']],
    ['501 code points', { reason: '\u{1F6A7}'.repeat(501) }, 'invalid_request', ['reason']],
    ['a number as text', { reason: 'a', duration: '60' }, 'invalid_request', ['duration']],
    ['a boolean as number', { reason: 'a', duration: true }, 'invalid_request', ['duration']],
    [
      '20 000 nested lists',
      `{"reason":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
      'invalid_request',
      ['reason'],
    ],
  ])('%s is a 400', async (_, body, code, fields) => {
    expect(await fieldsOf(body)).toEqual([400, code, fields]);
  });

  test('any bytes at all are answered with a valid document', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (body) => {
        const { status, json } = await new ControlBench().call('POST', '/enable', { body });
        expect([200, 400]).toContain(status);
        if (status === 400) expect(json).toMatchObject({ status: 400, error: expect.any(String) });
      }),
    );
  });

  test('are read where API Gateway has decoded them, too', async () => {
    const bench = new ControlBench();
    const answer = await bench.call('POST', '/disable', { body: '' });
    expect(answer.json.error).toBe('maintenance_not_active');
  });

  test('a reason comes out as it went in', async () => {
    const reason =
      'Quotes "\' lines\n\ttabs <script>alert(1)</script> $context.identity {{x}} \u{1F6A7} \u2028 *md*';
    const bench = new ControlBench();
    const answer = await bench.call('POST', '/enable', { body: { reason } });
    expect(answer.json.reason).toBe(reason);
    const history = await bench.call('GET', '/history');
    expect(history.json.items[0].reason).toBe(reason);
    const [told] = bench.log.messages();
    expect(told?.split('\n')).toHaveLength(1);
    expect(told).toBe(
      `[MAINTENANCE] Maintenance mode activated: reason=${JSON.stringify(reason)} admin="alice"`,
    );
  });
});

test.each([3, null])('a command is answered with the number of active jobs, %s', async (count) => {
  const bench = new ControlBench();
  bench.activeJobs = count;
  const { json } = await bench.call('POST', '/emergency', { body: { reason: 'Fire' } });
  expect(json.active_jobs_count).toBe(count);
});

test('no emergency is refused for the length of its reason, nor of the one that it suspends', async () => {
  const bench = new ControlBench();
  const reason = '\u{1F6A7}'.repeat(500);
  for (const path of ['/enable', '/emergency']) {
    expect((await bench.call('POST', path, { body: { reason } })).status).toBe(200);
  }
});

describe('the history', () => {
  test('comes newest first, a page at a time', async () => {
    const bench = new ControlBench();
    for (let round = 0; round < 3; round += 1) {
      await bench.bringInto('normal');
      await bench.call('POST', '/disable');
    }
    const numbers: number[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = cursor === null ? { limit: '4' } : { limit: '4', cursor };
      const { json } = await bench.call('GET', '/history', { query });
      numbers.push(...json.items.map((item: { number: number }) => item.number));
      cursor = json.next_cursor;
    } while (cursor !== null);
    expect(numbers).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('shows who did what, when and why, and nothing of idempotency keys', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', {
      body: { reason: 'Database upgrade', duration: 60 },
      headers: { 'Idempotency-Key': 'my-secret-key' },
    });
    const { json, text } = await bench.call('GET', '/history');
    expect(json).toEqual({
      items: [
        {
          number: 1,
          type: 'activated',
          at: '2026-01-15T10:00:00Z',
          actor: { id: 'alice', role: 'admin', via: 'api' },
          reason: 'Database upgrade',
          maintenance_id: 'm-1',
          details: {
            mode: 'normal',
            ends_at: '2026-01-15T10:01:00Z',
            auto_end: false,
            blocked_operations: null,
            invalidate_sessions: true,
          },
          version: 1,
          hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
      next_cursor: null,
    });
    expect(text).not.toContain('my-secret-key');
  });

  test.each<[query: Record<string, string | string[]>, field: string]>([
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ limit: ['1', '2'] }, 'limit'],
    [{ cursor: '!' }, 'cursor'],
    [{ cursor: '' }, 'cursor'],
    [{ cursor: 'eyJiZWZvcmUiOjB9' }, 'cursor'],
    [{ cursor: 'e30' }, 'cursor'],
    [{ offset: '5' }, 'offset'],
  ])('refuses %j', async (query, field) => {
    const { status, json } = await new ControlBench().call('GET', '/history', { query });
    expect([status, json.details[0].field]).toEqual([400, field]);
  });

  test('has no body for HEAD', async () => {
    expect(await new ControlBench().call('HEAD', '/history')).toMatchObject({ status: 200, text: '' });
  });
});
