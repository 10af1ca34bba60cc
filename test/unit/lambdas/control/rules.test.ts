import { beforeEach, describe, expect, test } from '@jest/globals';
import { ControlBench } from '../../../support/control-bench.ts';

let bench: ControlBench;

beforeEach(() => {
  bench = new ControlBench();
});

const RULE = { method: 'POST', path: '/reports/{id}/publish', operation: 'batch_operations' };

const add = (body: unknown) => bench.call('POST', '/rules', { body });
const classify = async (method: string, path: string) =>
  (await bench.call('POST', '/classify', { body: { method, path } })).json;

describe('adding a rule', () => {
  test('is an event, and the rule decides from then on', async () => {
    expect(await classify('POST', '/reports/7/publish')).toMatchObject({
      operation_type: 'unknown',
      rule: null,
    });
    const added = await add(RULE);
    expect(added).toMatchObject({
      status: 201,
      json: { ...RULE, id: expect.any(String), version: 1, added_by: 'alice' },
    });
    expect(await classify('POST', '/Reports/7/publish/')).toMatchObject({
      canonical_path: '/reports/7/publish',
      operation_type: 'batch_operations',
      rule: { ...RULE, source: 'owner', id: added.json.id },
    });
    expect((await bench.call('GET', '/rules')).json).toEqual({
      items: [{ ...RULE, id: added.json.id, added_by: 'alice', added_at: expect.any(String) }],
      next_cursor: null,
    });
    const { items } = (await bench.call('GET', '/history')).json as { items: unknown[] };
    expect(items[0]).toMatchObject({ type: 'rules_changed', maintenance_id: null, version: 1 });
  });

  test('goes before the built-in ones, even where those are more specific', async () => {
    await add({ method: 'ANY', path: '/{all+}', operation: 'image_processing' });
    expect(await classify('POST', '/start_caption_generation')).toMatchObject({
      operation_type: 'image_processing',
    });
  });

  test.each([
    ['the same', RULE],
    ['other names for the parameters', { ...RULE, path: '/Reports/{key}/publish' }],
    ['a verb among several', { ...RULE, method: ['PUT', 'POST'], operation: 'job_creation' }],
  ])('a second rule for the same requests is refused: %s', async (_, again) => {
    await add(RULE);
    const refused = await add(again);
    expect(refused).toMatchObject({
      status: 409,
      json: { error: 'rule_exists', remedy: expect.stringContaining('DELETE') },
    });
  });

  test.each([
    ['every verb as sign-in', { method: 'ANY', path: '/{path+}', operation: 'authentication' }],
    [
      'writes of an area as reads',
      { method: ['GET', 'POST'], path: '/api/{p+}', operation: 'read_operations' },
    ],
  ])('one that would open an area to writes is refused: %s', async (_, body) => {
    const refused = await add(body);
    expect(refused).toMatchObject({
      status: 400,
      json: { error: 'rule_too_wide', message: expect.stringContaining('pass'), remedy: expect.any(String) },
    });
  });

  test.each([
    ['reads of an area as reads', { method: 'GET', path: '/{path+}', operation: 'read_operations' }, 0],
    ['writes of an area as a type that is blocked', { method: 'ANY', path: '/{p+}', operation: 'own' }, 0],
    ['one write as a read', { method: 'POST', path: '/graphql', operation: 'read_operations' }, 1],
    ['one write as sign-in', { method: 'POST', path: '/otp/{id}', operation: 'authentication' }, 1],
  ])('%s: taken, with warnings: %s', async (_, body, warnings) => {
    const added = await add(body);
    expect([added.status, (added.json.warnings as string[]).length]).toEqual([201, warnings]);
  });

  test('repeated with its idempotency key gives the first answer, and no second event', async () => {
    const headers = { 'Idempotency-Key': 'k' };
    const first = await bench.call('POST', '/rules', { body: RULE, headers });
    const again = await bench.call('POST', '/rules', { body: RULE, headers });
    expect(again.json).toEqual(first.json);
    expect(((await bench.call('GET', '/history')).json.items as unknown[]).length).toBe(1);
  });

  test.each([
    ['no method', { ...RULE, method: undefined }, 'method'],
    ['a verb in lower case', { ...RULE, method: 'post' }, 'method'],
    ['no verbs', { ...RULE, method: [] }, 'method'],
    ['a regular expression', { ...RULE, path: '/a/.*?' }, 'path'],
    ['a rest that is not at the end', { ...RULE, path: '/a/{b+}/c' }, 'path'],
    ['no slash', { ...RULE, path: 'a' }, 'path'],
    ['a segment that no request can hold', { ...RULE, path: '/a%2fb' }, 'path'],
    ['a segment that ends in a dot', { ...RULE, path: '/a./b' }, 'path'],
    ['a type that only we give', { ...RULE, operation: 'canary' }, 'operation'],
    ['the type of what is not listed', { ...RULE, operation: 'unknown' }, 'operation'],
    ['a type in upper case', { ...RULE, operation: 'REPORTS' }, 'operation'],
    ['an unknown field', { ...RULE, regex: true }, 'regex'],
  ])('%s is a 400 that names the field', async (_, body, field) => {
    const refused = await add(body);
    expect(refused.status).toBe(400);
    expect(refused.json.details).toEqual([expect.objectContaining({ field })]);
  });

  test('an eleventh type of one’s own is refused', async () => {
    for (let n = 0; n < 10; n += 1) await add({ method: 'POST', path: `/own/${n}`, operation: `own_${n}` });
    expect(await add({ method: 'POST', path: '/own/x', operation: 'own_0' })).toMatchObject({ status: 201 });
    expect(await add({ method: 'POST', path: '/own/y', operation: 'own_10' })).toMatchObject({ status: 400 });
  });
});

describe('a type of one’s own', () => {
  const OWN = { method: 'POST', path: '/reports', operation: 'report_generation' };

  test('can be blocked alone, and is blocked with all the others', async () => {
    await add(OWN);
    const named = await bench.call('POST', '/enable', {
      body: { reason: 'a', blocked_operations: ['report_generation'] },
    });
    expect(named).toMatchObject({ status: 200, json: { blocked_operations: ['report_generation'] } });
    await bench.call('POST', '/disable');
    const all = await bench.call('POST', '/enable', { body: { reason: 'a' } });
    expect(all.json.blocked_operations).toContain('report_generation');
  });

  test('that no rule gives can’t be named', async () => {
    const refused = await bench.call('POST', '/enable', {
      body: { reason: 'a', blocked_operations: ['report_generation'] },
    });
    expect(refused.status).toBe(400);
    expect(refused.json.details).toEqual([expect.objectContaining({ field: 'blocked_operations' })]);
  });

  test('keeps its last rule while a maintenance names it', async () => {
    const { id } = (await add(OWN)).json;
    await bench.call('POST', '/enable', { body: { reason: 'a', blocked_operations: ['report_generation'] } });
    expect(await bench.call('DELETE', `/rules/${id}`)).toMatchObject({
      status: 409,
      json: { error: 'rule_in_use' },
    });
    await bench.call('PATCH', '', { body: { blocked_operations: null } });
    expect(await bench.call('DELETE', `/rules/${id}`)).toMatchObject({ status: 200, json: { id } });
  });
});

describe('removing a rule', () => {
  test('that is there leaves the others; one that is not there is a 404', async () => {
    const { id } = (await add(RULE)).json;
    await add({ ...RULE, path: '/other' });
    expect(await bench.call('DELETE', `/rules/${id}`)).toMatchObject({
      status: 200,
      json: { id, version: 3 },
    });
    expect(
      ((await bench.call('GET', '/rules')).json.items as { path: string }[]).map(({ path }) => path),
    ).toEqual(['/other']);
    expect(await bench.call('DELETE', `/rules/${id}`)).toMatchObject({
      status: 404,
      json: { error: 'rule_not_found' },
    });
  });
});

describe('the list', () => {
  test('comes newest first, in pages', async () => {
    for (let n = 0; n < 5; n += 1) await add({ method: 'POST', path: `/p/${n}`, operation: 'job_creation' });
    const paths: string[] = [];
    let query = 'limit=2';
    for (let page = 0; page < 3; page += 1) {
      const { items, next_cursor } = (
        await bench.call('GET', '/rules', { query: Object.fromEntries(new URLSearchParams(query)) })
      ).json as {
        items: { path: string }[];
        next_cursor: string | null;
      };
      paths.push(...items.map(({ path }) => path));
      query = `limit=2&cursor=${next_cursor}`;
      expect(next_cursor === null).toBe(page === 2);
    }
    expect(paths).toEqual(['/p/4', '/p/3', '/p/2', '/p/1', '/p/0']);
  });
});

describe('classify', () => {
  const ALL = (decision: string) => ({
    admin: 'allow',
    worker: decision,
    member: decision,
    anonymous: decision,
  });

  test.each([
    ['a write', 'POST', '/start_caption_generation', ['block', 'block', 'allow']],
    ['a read', 'GET', '/profile', ['allow', 'block', 'allow']],
    ['the sign-in', 'POST', '/login', ['allow', 'allow', 'allow']],
    ['the administration', 'GET', '/admin/x', ['block', 'block', 'allow']],
    ['an unlisted write', 'PUT', '/nobody/knows', ['block', 'block', 'allow']],
    ['a malformed path', 'GET', '/a/../b', ['block', 'block', 'allow']],
    ['an always allowed one', 'GET', '/static/x', ['allow', 'allow', 'allow']],
    ['a write to it', 'POST', '/static/x', ['block', 'block', 'allow']],
    ['a preflight', 'OPTIONS', '/start_caption_generation', ['allow', 'allow', 'allow']],
    ['the control API', 'POST', '/api/maintenance/enable', ['allow', 'allow', 'allow']],
  ])('%s', async (_, method, path, [normal = '', emergency = '', testing = '']) => {
    expect(await classify(method, path)).toMatchObject({
      decisions: { normal: ALL(normal), emergency: ALL(emergency), test: ALL(testing) },
      current: ALL('allow'),
    });
  });

  test('says what holds now, with the operations that the maintenance names', async () => {
    await bench.call('POST', '/enable', { body: { reason: 'a', blocked_operations: ['image_processing'] } });
    expect((await classify('POST', '/upload')).current).toEqual(ALL('block'));
    expect((await classify('POST', '/start_caption_generation')).current).toEqual(ALL('allow'));
  });
});
