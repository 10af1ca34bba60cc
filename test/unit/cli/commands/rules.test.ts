import { describe, expect, test } from '@jest/globals';
import { cliBench } from '../../../support/cli-bench.ts';
import { json } from '../../../support/stub-server.ts';

const NOW = Date.parse('2026-01-15T10:05:00Z');
const RULE = { id: 'r1', method: ['POST', 'PUT'], path: '/reports/{id}', operation: 'reports' };

const bench = cliBench(NOW);

describe('rules', () => {
  test('are listed over all pages, for people and for programs', async () => {
    const pages = [
      { items: [RULE], next_cursor: 'c1' },
      { items: [{ ...RULE, id: 'r0', method: 'ANY' }], next_cursor: null },
    ];
    bench.stub.answer = (request, response) =>
      json(200, request.url.includes('cursor=c1') ? pages[1] : pages[0])(request, response);
    const { stdout } = await bench.sandbox.run('rules', 'list');
    expect(stdout).toBe('r1  POST,PUT /reports/{id} as reports\nr0  ANY /reports/{id} as reports\n');
    const listed = await bench.sandbox.run('rules', 'list', '--json');
    expect(JSON.parse(listed.stdout).items).toHaveLength(2);
  });

  test('none of one’s own are said to be none', async () => {
    bench.stub.answer = json(200, { items: [], next_cursor: null });
    expect((await bench.sandbox.run('rules', 'list')).stdout).toContain('built-in');
  });

  test.each([
    ['POST', { method: 'POST' }],
    ['POST,PUT', { method: ['POST', 'PUT'] }],
  ])('are added for %s', async (verbs, body) => {
    bench.stub.answer = json(201, { ...RULE, version: 7 });
    const outcome = await bench.sandbox.run('rules', 'add', verbs, '/reports/{id}', 'reports');
    expect(outcome).toMatchObject({ exitCode: 0, stdout: 'Added: r1  POST,PUT /reports/{id} as reports\n' });
    expect(bench.stub.requests.at(-1)).toMatchObject({ method: 'POST', url: '/api/maintenance/rules' });
    expect(JSON.parse(String(bench.stub.requests.at(-1)?.body))).toEqual({
      ...body,
      path: '/reports/{id}',
      operation: 'reports',
    });
  });

  test('are removed by id', async () => {
    bench.stub.answer = json(200, { ...RULE, version: 8 });
    expect(await bench.sandbox.run('rules', 'remove', 'r/1')).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('Removed'),
    });
    expect(bench.stub.requests.at(-1)).toMatchObject({
      method: 'DELETE',
      url: '/api/maintenance/rules/r%2F1',
    });
  });

  test.each([
    [['rules', 'add', 'POST', '/x']],
    [['rules', 'remove']],
    [['rules', 'change']],
    [['classify', 'POST']],
  ])('%j is refused with 2, and nothing is sent', async (args) => {
    expect(await bench.sandbox.run(...args)).toMatchObject({ exitCode: 2 });
    expect(bench.stub.requests).toEqual([]);
  });
});

describe('classify', () => {
  const by = (decision: string) => ({
    admin: 'allow',
    worker: decision,
    member: decision,
    anonymous: decision,
  });
  const ANSWER = {
    canonical_path: '/start_caption_generation',
    operation_type: 'caption_generation',
    rule: {
      id: null,
      method: 'POST',
      path: '/start_caption_generation',
      operation: 'caption_generation',
      source: 'built_in',
    },
    decisions: { normal: by('block'), emergency: by('block'), test: by('allow') },
    current: by('allow'),
  };

  test('shows rule and decisions as a table', async () => {
    bench.stub.answer = json(200, ANSWER);
    const { stdout } = await bench.sandbox.run('classify', 'POST', '/start_caption_generation');
    expect(stdout.split('\n')).toEqual([
      'POST /start_caption_generation',
      '  caption_generation, by built-in rule POST /start_caption_generation',
      '',
      '             admin      worker     member     anonymous',
      '  normal     allow      block      block      block',
      '  emergency  allow      block      block      block',
      '  test       allow      allow      allow      allow',
      '  now        allow      allow      allow      allow',
      '',
    ]);
  });

  test('says so where no rule decided, or the path is malformed', async () => {
    bench.stub.answer = json(200, { ...ANSWER, canonical_path: null, operation_type: 'unknown', rule: null });
    const { stdout } = await bench.sandbox.run('classify', 'GET', '/a/../b');
    expect(stdout).toContain('(malformed path)');
    expect(stdout).toContain('unknown, by no rule');
  });
});
