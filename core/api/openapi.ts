import * as z from 'zod';
import { CONTROL_BASE_PATH } from '../environment.ts';
import { refusalAnswer } from '../gate/schemas.ts';
import type { ApiCall } from '../http/api-call.ts';
import { PROBLEMS, type ProblemCode } from '../http/problem.ts';
import { gatewayProblemAnswer, problemAnswer } from '../http/schemas.ts';
import { API } from './api.ts';

/** The version of the API: its first number changes when a client that works would stop working. */
const API_VERSION = '1.0.0';

type Json = Record<string, unknown>;

/** Problems that a call may be refused with because of who may make it. */
const BY_ACCESS: Readonly<Record<ApiCall['access'], readonly ProblemCode[]>> = {
  public: [],
  caller: ['unauthenticated'],
  worker: ['unauthenticated', 'insufficient_privileges'],
  admin: ['unauthenticated', 'insufficient_privileges'],
  fresh_admin: ['unauthenticated', 'reauthentication_required', 'insufficient_privileges'],
};

const BY_CHANGING: readonly ProblemCode[] = [
  'state_changed',
  'precondition_failed',
  'idempotency_key_reused',
];

const EVERYWHERE: readonly ProblemCode[] = ['internal_error', 'state_store_unavailable'];

/**
 * The OpenAPI 3.1 description of the HTTP API, made of the table of calls and of the schemas that requests are
 * checked by. Its server is given relative to its own address, so that it holds wherever the API is deployed.
 *
 * @param openIdConnectUrl where the issuer of access tokens describes itself
 */
export function openApiDocument(openIdConnectUrl: string): Json {
  return {
    openapi: '3.1.1',
    info: {
      title: 'Maintenance mode',
      version: API_VERSION,
      description:
        'Switches maintenance of an application on and off and shows where it stands. What maintenance blocks is answered with status 503 and a `MaintenanceRefusal`, wherever in the application it is.',
    },
    servers: [{ url: '../..', description: 'The gateway that this description came from.' }],
    security: [{ openIdConnect: [] }],
    paths: paths(),
    components: {
      schemas: schemas(),
      securitySchemes: {
        openIdConnect: {
          type: 'openIdConnect',
          openIdConnectUrl,
          description: 'An access token of this issuer, as `Authorization: Bearer <token>`.',
        },
      },
    },
  };
}

function paths(): Json {
  const found: Record<string, Json> = {};
  for (const [action, call] of Object.entries(API) as [string, ApiCall][]) {
    const path = `${CONTROL_BASE_PATH}${call.path}`;
    found[path] = { ...found[path], [call.method.toLowerCase()]: operation(action, call) };
  }
  return found;
}

function operation(action: string, call: ApiCall): Json {
  const parameters = [...pathParameters(call), ...queryParameters(call), ...headerParameters(call)];
  return {
    operationId: action,
    summary: call.summary,
    ...(call.access === 'public' ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(call.body === undefined ? {} : { requestBody: requestBody(call, call.body) }),
    responses: responses(call),
  };
}

function requestBody(call: ApiCall, body: z.ZodType): Json {
  const example = call.example === undefined ? {} : { example: call.example.body };
  return {
    required: !body.safeParse({}).success,
    content: { 'application/json': { schema: reference(body), ...example } },
  };
}

function pathParameters({ path }: ApiCall): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParameters({ query }: ApiCall): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(query, { ...FORM, io: 'input' }) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

function headerParameters({ changesState, isRepeatable, access }: ApiCall): Json[] {
  if (changesState || isRepeatable) {
    return [
      ...(changesState
        ? [
            header(
              'If-Match',
              'The version of the state that the call is meant for, in quotes; else 412.',
              '"42"',
            ),
          ]
        : []),
      header(
        'Idempotency-Key',
        'Makes the call safe to repeat: for 24 hours the same key gets the first answer again.',
        '6c1f0a52-8a57-4b8e-9f0d-0d9a3b1f2c11',
      ),
    ];
  }
  if (access !== 'public') return [];
  return [header('If-None-Match', 'The ETag of an earlier answer; 304 while it is still so.', '"abc"')];
}

function header(name: string, description: string, example: string): Json {
  return { name, in: 'header', required: false, description, schema: { type: 'string' }, example };
}

function responses(call: ApiCall): Json {
  const codes: ProblemCode[] = [
    ...(call.body === undefined ? [] : (['malformed_json'] as const)),
    'invalid_request' as const,
    ...(call.path.includes('{') ? (['not_found'] as const) : []),
    ...BY_ACCESS[call.access],
    ...(call.problems ?? []),
    ...(call.needs === undefined ? [] : (['not_deployed'] as const)),
    ...(call.changesState ? BY_CHANGING : []),
    ...(call.isRepeatable ? (['idempotency_key_reused'] as const) : []),
    ...EVERYWHERE,
  ];
  return {
    [call.status ?? 200]: {
      description: 'Done.',
      headers: call.access === 'public' ? { ETag: { schema: { type: 'string' } } } : {},
      content: {
        'application/json': { schema: reference(call.answer) },
        ...(call.hasMarkdown ? { 'text/markdown': { schema: { type: 'string' } } } : {}),
      },
    },
    ...(call.access === 'public' ? { 304: { description: 'What the client has is still so.' } } : {}),
    ...problemResponses(codes),
    429: {
      description: 'More requests than the gateway takes: `too_many_requests`, `quota_exceeded`.',
      headers: RETRY_AFTER,
      content: problemContent(gatewayProblemAnswer),
    },
    503: {
      description: unavailable(call, codes),
      headers: RETRY_AFTER,
      content: {
        ...problemContent(problemAnswer, gatewayProblemAnswer, ...(call.isBlockable ? [refusalAnswer] : [])),
        ...(call.unhealthy ? { 'application/json': { schema: reference(call.answer) } } : {}),
      },
    },
  };
}

const RETRY_AFTER = {
  'Retry-After': { description: 'Seconds after which to try again.', schema: { type: 'integer' } },
};

function problemResponses(codes: readonly ProblemCode[]): Json {
  const statuses = new Set(codes.map((code) => PROBLEMS[code].status).filter((status) => status !== 503));
  return Object.fromEntries(
    [...statuses].map((status) => [
      status,
      {
        description: withStatus(codes, status).join(', '),
        content: problemContent(problemAnswer),
      },
    ]),
  );
}

function unavailable({ unhealthy, isBlockable }: ApiCall, codes: readonly ProblemCode[]): string {
  const blocked = isBlockable ? ['`maintenance_active`'] : [];
  const named = [...blocked, ...withStatus(codes, 503), '`authorizer_unavailable`'].join(', ');
  return unhealthy ? `A component does not work, or ${named}` : named;
}

/** Each once, with its title. */
function withStatus(codes: readonly ProblemCode[], status: number): string[] {
  const distinct = [...new Set(codes)].filter((code) => PROBLEMS[code].status === status);
  return distinct.map((code) => `\`${code}\` (${PROBLEMS[code].title})`);
}

function problemContent(...schemas: readonly z.ZodType[]): Json {
  const references = schemas.map(reference);
  const [only] = references;
  const schema = references.length === 1 ? only : { anyOf: references };
  return { 'application/problem+json': { schema } };
}

const REFERENCE = '#/components/schemas/';

function reference(schema: z.ZodType): Json {
  return { $ref: `${REFERENCE}${idOf(schema)}` };
}

function idOf(schema: z.ZodType): string {
  const id = schema.meta()?.id;
  if (id === undefined)
    throw new Error('A schema of the API has no id, which is its name in the description.');
  return id;
}

/** The schemas that have a name in the description. */
function schemas(): Json {
  const calls: readonly ApiCall[] = Object.values(API);
  const bodies = calls.flatMap(({ body }) => body ?? []);
  const answers = calls.map(({ answer }) => answer);
  return {
    ...named(bodies, 'input'),
    ...named([...answers, problemAnswer, gatewayProblemAnswer, refusalAnswer], 'output'),
  };
}

function named(all: readonly z.ZodType[], io: 'input' | 'output'): Json {
  const registry = z.registry<{ id: string }>();
  for (const schema of all) registry.add(schema, { id: idOf(schema) });
  const made = z.toJSONSchema(registry, { ...FORM, io, uri: (id) => `${REFERENCE}${id}` });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([id, { $schema, $id, ...plain }]) => [id, plain]),
  );
}

/** JSON Schema 2020-12, which is what OpenAPI 3.1 is built on; without what only repeats `type` or `format`. */
const FORM = {
  override: ({ jsonSchema: made }) => {
    if (made.format === 'date-time') delete made.pattern;
    if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
    if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
  },
} satisfies z.core.ToJSONSchemaParams;
