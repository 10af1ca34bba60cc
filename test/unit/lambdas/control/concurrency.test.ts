import { describe, expect, test } from '@jest/globals';
import { ControlBench } from '../../../support/control-bench.ts';
import { writesMeet } from '../../../support/interference.ts';
import type { CALLERS } from '../../../support/proxy-event.ts';

const body = { reason: 'Database upgrade' };

describe('two admins at once', () => {
  test('one wins, the other is told who', async () => {
    const bench = new ControlBench();
    const answers = await Promise.all([
      bench.call('POST', '/enable', { as: 'alice', body }),
      bench.call('POST', '/enable', { as: 'bob', body }),
    ]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    const winner = answers.find(({ status }) => status === 200)?.json.enabled_by;
    expect(answers.find(({ status }) => status === 409)?.json).toMatchObject({
      error: 'maintenance_already_active',
      maintenance: { mode: 'normal', held_by: winner },
      version: 1,
    });
    expect(bench.events.items.size).toBe(1);
  });

  test('whoever changed the state first: the other change is not laid over it unseen', async () => {
    const bench = new ControlBench();
    await bench.bringInto('normal');
    const change = (as: keyof typeof CALLERS, reason: string) =>
      bench.call('PATCH', '', { as, body: { reason } });
    const answers = await Promise.all([change('alice', 'One'), change('bob', 'Two')]);
    expect(answers.map(({ status, json }) => [status, json.error])).toContainEqual([409, 'state_changed']);
    expect(bench.events.items.size).toBe(2);
  });
});

describe('If-Match', () => {
  test.each([['"1"'], ['W/"1"'], ['*'], [' "1" ']])('%s passes at version 1', async (tag) => {
    const bench = new ControlBench();
    await bench.bringInto('normal');
    const answer = await bench.call('POST', '/disable', { headers: { 'If-Match': tag } });
    expect(answer.status).toBe(200);
  });

  test.each([['"0"'], ['"2"'], ['W/"7"']])('%s is a 412 at version 1', async (tag) => {
    const bench = new ControlBench();
    await bench.bringInto('normal');
    const answer = await bench.call('POST', '/disable', { headers: { 'if-match': tag } });
    expect(answer).toMatchObject({
      status: 412,
      headers: { 'X-Maintenance-Version': '1' },
      json: { error: 'precondition_failed', version: 1, maintenance: { held_by: 'alice' } },
    });
    expect(bench.events.items.size).toBe(1);
  });

  test('"0" is the state before the first event', async () => {
    const answer = await new ControlBench().call('POST', '/enable', { body, headers: { 'If-Match': '"0"' } });
    expect(answer.status).toBe(200);
  });

  test.each([['1'], ['"one"'], ['"01"'], ['"1", "2"'], ['""'], ['"-1"'], [['"1"', '"2"']]])(
    '%j is a 400',
    async (tag) => {
      const bench = new ControlBench();
      const answer = await bench.call('POST', '/enable', { body, headers: { 'If-Match': tag } });
      expect([answer.status, answer.json.details[0].field]).toEqual([400, 'If-Match']);
    },
  );
});

describe('Idempotency-Key', () => {
  const withKey = (key: string | string[]) => ({ body, headers: { 'Idempotency-Key': key } });

  test('a repeated request gets the first answer again, and causes no second event', async () => {
    const bench = new ControlBench();
    const first = await bench.call('POST', '/enable', withKey('k-1'));
    bench.time += 5_000;
    const again = await bench.call('POST', '/enable', withKey('k-1'));
    expect(again).toMatchObject({
      status: 200,
      headers: { 'Idempotent-Replayed': 'true', 'X-Maintenance-Version': '1' },
    });
    expect(again.text).toBe(first.text);
    expect(first.headers['Idempotent-Replayed']).toBeUndefined();
    expect(bench.events.items.size).toBe(1);
    expect(bench.log.lines).toHaveLength(1);
  });

  test('the order of members makes no other request', async () => {
    const bench = new ControlBench();
    const headers = { 'Idempotency-Key': 'k-1' };
    await bench.call('POST', '/enable', { headers, body: '{"reason":"a","duration":60}' });
    const again = await bench.call('POST', '/enable', { headers, body: '{"duration":60, "reason":"a"}' });
    expect(again.status).toBe(200);
  });

  test('the same key with another body, or for another call, is a 422', async () => {
    const bench = new ControlBench();
    const headers = { 'Idempotency-Key': 'k-1' };
    await bench.call('POST', '/enable', { headers, body });
    const other = await bench.call('POST', '/enable', { headers, body: { reason: 'Another' } });
    const otherCall = await bench.call('POST', '/disable', { headers });
    for (const answer of [other, otherCall]) {
      expect(answer).toMatchObject({ status: 422, json: { error: 'idempotency_key_reused' } });
    }
    expect(bench.events.items.size).toBe(1);
  });

  test('keys of different admins never meet', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', { as: 'alice', ...withKey('k-1') });
    const answer = await bench.call('POST', '/enable', { as: 'bob', ...withKey('k-1') });
    expect(answer.json.error).toBe('maintenance_already_active');
  });

  test('after 24 hours a key is new again', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', withKey('k-1'));
    bench.time += 24 * 3600 * 1000 + 1;
    const answer = await bench.call('POST', '/enable', withKey('k-1'));
    expect(answer.json.error).toBe('maintenance_already_active');
  });

  test('a repetition at the same time causes one event', async () => {
    const bench = new ControlBench();
    const answers = await Promise.all([1, 2, 3].map(() => bench.call('POST', '/enable', withKey('k-1'))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(bench.events.items.size).toBe(1);
  });

  test.each([[''], ['é'], ['tab\t'], ['x'.repeat(256)], [['a', 'b']]])('%j is a 400', async (key) => {
    const answer = await new ControlBench().call('POST', '/enable', withKey(key));
    expect([answer.status, answer.json.details[0].field]).toEqual([400, 'Idempotency-Key']);
  });
});

describe('without the state store', () => {
  test.each([
    ['POST', '/enable', body],
    ['POST', '/emergency', body],
    ['POST', '/deescalate', undefined],
    ['POST', '/disable', undefined],
    ['PATCH', '', body],
    ['GET', '/history', undefined],
  ])('%s %s is a 503 that shows nothing of it', async (method, path, given) => {
    const bench = new ControlBench();
    bench.events.down();
    const answer = await bench.call(method, path, { body: given });
    expect(answer).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '5', 'Content-Type': 'application/problem+json' },
      json: { error: 'state_store_unavailable', request_id: 'request-1' },
    });
    expect(answer.text).not.toContain('in memory');
    expect(bench.log.lines).toMatchObject([{ level: 'WARN', fields: { event: 'request_failed' } }]);
  });

  test('bad input is still told first', async () => {
    const bench = new ControlBench();
    bench.events.down();
    expect((await bench.call('POST', '/enable', { body: {} })).status).toBe(400);
  });

  test('a write whose answer is lost counts as what it was', async () => {
    const bench = new ControlBench();
    bench.events.interference = writesMeet('lose_answer');
    const answer = await bench.call('POST', '/enable', { body });
    expect(answer.status).toBe(200);
    expect(bench.events.items.size).toBe(1);
  });

  test('a write of which nobody knows is a 503 that says so, and can be repeated by its key', async () => {
    const bench = new ControlBench();
    const request = { body, headers: { 'Idempotency-Key': 'k-1' } };
    let isWritten = false;
    bench.events.interference = (operation) => {
      if (operation === 'write') isWritten = true;
      return isWritten ? 'lose_answer' : 'pass';
    };
    const unknown = await bench.call('POST', '/enable', request);
    expect(unknown).toMatchObject({ status: 503, json: { error: 'state_store_unavailable' } });
    expect(unknown.json.message).toContain('did not say whether your call took effect');

    bench.events.up();
    const again = await bench.call('POST', '/enable', request);
    expect(again.status).toBe(200);
    expect(bench.events.items.size).toBe(1);
  });
});

test('what nobody has thought of is a 500 that shows nothing, told once with its stack', async () => {
  const bench = new ControlBench();
  bench.events.head = () => Promise.reject(new TypeError('secret internals'));
  const answer = await bench.call('POST', '/enable', { body });
  expect(answer).toMatchObject({ status: 500, json: { error: 'internal_error', request_id: 'request-1' } });
  expect(answer.text).not.toContain('secret internals');
  expect(bench.log.lines).toMatchObject([
    { level: 'ERROR', fields: { error: expect.any(TypeError), request_id: 'request-1' } },
  ]);
});
