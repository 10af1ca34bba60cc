import { describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as z from 'zod';
import { API } from '../../../../core/api/api.ts';
import { openApiDocument } from '../../../../core/api/openapi.ts';
import { buildRefusal } from '../../../../core/gate/refusal.ts';
import { refusalAnswer } from '../../../../core/gate/schemas.ts';
import type { ApiCall } from '../../../../core/http/api-call.ts';
import { PROBLEMS, type ProblemCode } from '../../../../core/http/problem.ts';
import { problemAnswer } from '../../../../core/http/schemas.ts';
import { ControlBench } from '../../../support/control-bench.ts';
import { emergency, NOW, normalMaintenance } from '../../../support/examples.ts';
import { HealthBench } from '../../../support/health-bench.ts';
import type { Answer, Request } from '../../../support/proxy-event.ts';
import { StatusBench } from '../../../support/status-bench.ts';

interface Operation {
  readonly operationId: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly required: boolean };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

// biome-ignore lint/suspicious/noExplicitAny: the document is looked into at many places
const document = openApiDocument('https://issuer.test/.well-known/openid-configuration') as any;
const operations = Object.values(document.paths).flatMap((item) =>
  Object.values(item as Record<string, Operation>),
);
const operationOf = (id: string) => operations.find(({ operationId }) => operationId === id) as Operation;
const calls = Object.entries(API) as [string, ApiCall][];

describe('the description', () => {
  test('is valid OpenAPI 3.1, says a public validator', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(structuredClone(document));
    expect(errors ?? []).toEqual([]);
    expect({ valid, version: validator.version }).toEqual({ valid: true, version: '3.1' });
  });

  test('has no reference to nothing, and no schema that nothing could check', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
    const named = new Set(Object.keys(document.components.schemas));
    expect(references.filter(([, name]) => !named.has(name ?? ''))).toEqual([]);
    const within = JSON.parse(JSON.stringify(document).replaceAll('#/components/schemas/', '#/$defs/'));
    for (const name of named) {
      const schema = { $ref: `#/$defs/${name}`, $defs: within.components.schemas };
      expect(() => z.fromJSONSchema(schema)).not.toThrow();
    }
  });

  test('is of every call, and of no other', () => {
    expect(operations.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(API).sort());
  });

  test.each(calls)('says of %s who may call it, and what it is refused with', (action, call) => {
    const { security, responses } = operationOf(action);
    expect(security).toEqual(call.access === 'public' ? [] : undefined);
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining([
        String(call.status ?? 200),
        '429',
        '500',
        '503',
        ...(call.access === 'public' ? ['304'] : ['401']),
        ...(call.access.endsWith('admin') ? ['403'] : []),
        ...(call.body === undefined ? [] : ['400']),
        ...(call.changesState ? ['409', '412', '422'] : []),
      ]),
    );
  });

  test('names every error code that there is, with the calls that answer it', () => {
    const told = JSON.stringify(document.paths);
    const always: readonly ProblemCode[] = ['method_not_allowed'];
    const codes = (Object.keys(PROBLEMS) as ProblemCode[]).filter((code) => !always.includes(code));
    const untold = codes.filter((code) => !told.includes(`\`${code}\``));
    expect(untold.filter((code) => code !== 'not_found')).toEqual([]);
    expect(document.components.schemas.Problem.properties.error.enum).toEqual(Object.keys(PROBLEMS));
  });

  test.each(calls.filter(([, call]) => call.example))('has an example of %s that fits', (_, call) => {
    expect(call.body?.safeParse(call.example?.body)).toMatchObject({ success: true });
  });

  test('shows limits and defaults as requests are checked', () => {
    const { Enable } = document.components.schemas;
    expect(Enable).toMatchObject({
      type: 'object',
      required: ['reason'],
      additionalProperties: false,
      properties: {
        reason: { minLength: 1, maxLength: 500 },
        duration: { type: 'integer', minimum: 60, maximum: 604_800 },
        ends_at: { type: 'string', format: 'date-time' },
        mode: { enum: ['normal', 'test'], default: 'normal' },
      },
    });
    expect(operationOf('history').parameters).toContainEqual(
      expect.objectContaining({ name: 'limit', in: 'query', required: false }),
    );
    expect(operationOf('disable').requestBody?.required).toBe(false);
    expect(operationOf('enable').requestBody?.required).toBe(true);
    expect(operationOf('enable').parameters?.map(({ name }) => name)).toEqual([
      'If-Match',
      'Idempotency-Key',
    ]);
  });
});

describe('real answers are as described', () => {
  function expectToFit(action: keyof typeof API, { status, json }: Answer) {
    const call: ApiCall = API[action];
    expect({ status, problems: API[action].answer.safeParse(json).error?.issues }).toEqual({
      status: call.status ?? 200,
      problems: undefined,
    });
  }

  test('a maintenance from validation to history', async () => {
    const bench = new ControlBench();
    const post = (path: string, body?: object) => bench.call('POST', path, { body });
    const plan = { reason: 'Upgrade', duration: 600, blocked_operations: ['job_creation'] };
    expectToFit('validate', await post('/validate', { reason: '', duration: 1 }));
    expectToFit(
      'validate',
      await post('/validate', { ...plan, mode: 'test', blocked_operations: undefined }),
    );
    expectToFit('enable', await post('/enable', { reason: 'Rehearsal', mode: 'test' }));
    expectToFit('enable', await post('/enable', plan));
    expectToFit('validate', await post('/validate', plan));
    expectToFit('update', await bench.call('PATCH', '', { body: { duration: 900 } }));
    expectToFit('emergency', await post('/emergency', { reason: 'Fire' }));
    expectToFit('deescalate', await post('/deescalate'));
    expectToFit('disable', await post('/disable'));
    expectToFit('history', await bench.call('GET', '/history', { query: { limit: '3' } }));
    expectToFit('history', await bench.call('GET', '/history'));
    expectToFit('reports', await bench.call('GET', '/reports'));
    for (const id of ['m-1', 'm-2']) expectToFit('report', await bench.call('GET', `/reports/${id}`));
    expectToFit('whoami', await bench.call('GET', '/whoami', { as: 'member' }));
  });

  test('rules and classifications', async () => {
    const bench = new ControlBench();
    const rule = { method: ['POST', 'PUT'], path: '/reports/{id}', operation: 'reports' };
    const added = await bench.call('POST', '/rules', { body: rule });
    expectToFit('addRule', added);
    expectToFit('rules', await bench.call('GET', '/rules'));
    for (const path of ['/reports/7', '/profile', '/a/../b']) {
      expectToFit('classify', await bench.call('POST', '/classify', { body: { method: 'POST', path } }));
    }
    expectToFit('removeRule', await bench.call('DELETE', `/rules/${added.json.id}`));
    expectToFit('history', await bench.call('GET', '/history'));
  });

  test('what everybody may read', async () => {
    const bench = new StatusBench();
    for (const as of ['nobody', 'alice'] as const) {
      for (const action of ['status', 'signin', 'openapi'] as const) {
        expectToFit(action, await bench.call('GET', API[action].path, { as }));
      }
      expectToFit('health', await new HealthBench().call('GET', '/health', { as }));
    }
    const unwell = new HealthBench();
    unwell.state = null;
    unwell.issuerKeys = async () => null;
    const { status, json } = await unwell.call('GET', '/health');
    expect({ status, problems: API.health.answer.safeParse(json).error?.issues }).toEqual({ status: 503 });
  });

  test.each<[path: string, method: string, request: Request]>([
    ['/enable', 'POST', { body: { reason: '', color: 'red' } }],
    ['/enable', 'POST', { body: '{' }],
    ['/enable', 'POST', { body: { reason: 'a' } }],
    ['/disable', 'POST', { as: 'nobody' }],
    ['/disable', 'POST', { as: 'member' }],
    ['/disable', 'POST', { as: 'unchecked' }],
    ['/disable', 'GET', {}],
    ['/nowhere', 'GET', {}],
    ['/disable', 'POST', { headers: { 'If-Match': '"99"' } }],
    ['/deescalate', 'POST', {}],
  ])('the problem of %s %s %j', async (path, method, request) => {
    const bench = new ControlBench();
    await bench.bringInto('normal');
    const { status, json } = await bench.call(method, path, request);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(problemAnswer.safeParse(json).error?.issues).toBeUndefined();
  });

  test.each([normalMaintenance({ endsAt: NOW + 60_000 }), emergency()])('the refusal', (maintenance) => {
    const { body } = buildRefusal({
      maintenance,
      version: 7,
      operation: 'job_creation',
      method: 'POST',
      path: '/jobs',
      instance: '/jobs',
      retryAfter: 60,
      now: NOW,
      form: 'json',
      language: 'en',
    });
    expect(refusalAnswer.safeParse(JSON.parse(body)).error?.issues).toBeUndefined();
  });
});

test('it is made once, and not sent again to whoever has it', async () => {
  const bench = new StatusBench();
  const first = await bench.call('GET', '/openapi.json');
  expect(first).toMatchObject({
    status: 200,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'public, max-age=5' },
    json: { openapi: '3.1.1', info: { title: 'Maintenance mode' } },
  });
  const again = await bench.call('GET', '/openapi.json', {
    headers: { 'If-None-Match': first.headers.ETag ?? '' },
  });
  expect(again).toMatchObject({ status: 304, text: '' });
});
