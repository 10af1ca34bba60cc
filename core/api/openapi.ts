import * as z from 'zod';
import * as bodies from '../commands/schemas.ts';
import { CONTROL_BASE_PATH } from '../environment.ts';
import { PROBLEMS, type ProblemCode } from '../http/problem.ts';
import * as jobs from '../jobs/schemas.ts';
import * as operations from '../oncall/schemas.ts';
import * as reports from '../reports/schemas.ts';
import * as answers from './answers.ts';
import { API, type ApiCall } from './api.ts';

/** The version of the API: its first number changes when a client that works would stop working. */
const API_VERSION = '1.0.0';

type Json = Record<string, unknown>;

/** The schemas that have a name in the description. */
const REQUESTS: Readonly<Record<string, z.ZodType>> = {
  Enable: bodies.enableBody,
  Emergency: bodies.emergencyBody,
  Update: bodies.updateBody,
  Empty: bodies.emptyBody,
  Purge: bodies.purgeBody,
  Revocation: bodies.revocationBody,
  LogLevelChange: bodies.logLevelBody,
  Reset: bodies.resetBody,
  Rule: bodies.ruleBody,
  Request: bodies.classifyBody,
  ScheduleWindow: bodies.windowBody,
  ChangeWindow: bodies.windowChangeBody,
  JobToRegister: jobs.registerJobBody,
  Heartbeat: jobs.heartbeatBody,
  Completion: jobs.completeJobBody,
  Failure: jobs.failJobBody,
  Escalation: operations.escalationBody,
  JobsToTerminate: jobs.terminateJobsBody,
};
const ANSWERS: Readonly<Record<string, z.ZodType>> = {
  Status: answers.statusAnswer,
  StatusWithWarnings: answers.enableAnswer,
  StatusAfterEnd: answers.disableAnswer,
  Validation: answers.validateAnswer,
  History: answers.historyAnswer,
  Reports: reports.reportsAnswer,
  Report: reports.reportAnswer,
  Rules: answers.rulesAnswer,
  RuleChange: answers.ruleChangeAnswer,
  Windows: answers.windowsAnswer,
  Window: answers.windowAnswer,
  WindowAfterChange: answers.windowChangeAnswer,
  PurgeRequested: answers.purgeAnswer,
  Revoked: answers.revocationAnswer,
  RefreshRequested: answers.refreshAnswer,
  LogLevel: answers.logLevelAnswer,
  Classification: answers.classificationAnswer,
  Health: answers.healthAnswer,
  Principal: answers.whoAmIAnswer,
  Sessions: answers.sessionsAnswer,
  Session: answers.sessionAnswer,
  SessionStatistics: answers.sessionStatisticsAnswer,
  BlockedOperations: answers.blockedOperationsAnswer,
  Message: answers.messageAnswer,
  SignIn: answers.signInAnswer,
  Job: jobs.jobAnswer,
  Jobs: jobs.jobsAnswer,
  HeartbeatAnswer: jobs.heartbeatAnswer,
  TerminatedJobs: jobs.terminateJobsAnswer,
  Diagnostics: operations.diagnosticsAnswer,
  Statistics: operations.statisticsAnswer,
  EscalationSent: operations.escalationAnswer,
  OpenApi: answers.openApiAnswer,
  Problem: answers.problemAnswer,
  GatewayProblem: answers.gatewayProblemAnswer,
  MaintenanceRefusal: answers.refusalAnswer,
};

const names = new Map(
  [...Object.entries(REQUESTS), ...Object.entries(ANSWERS)].map(([name, of]) => [of, name]),
);

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
      schemas: {
        ...schemas(REQUESTS, 'input'),
        ...schemas(ANSWERS, 'output'),
      },
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
  const { properties = {}, required = [] } = jsonSchema(query, 'input') as {
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
    ...(call.body === undefined ? [] : (['malformed_json', 'invalid_request'] as const)),
    ...(call.query === undefined ? [] : (['invalid_request'] as const)),
    ...(call.path.includes('{') ? (['not_found'] as const) : []),
    ...BY_ACCESS[call.access],
    ...(call.problems ?? []),
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
      content: problemContent(answers.gatewayProblemAnswer),
    },
    503: {
      description: unavailable(call, codes),
      headers: RETRY_AFTER,
      content: {
        ...problemContent(
          answers.problemAnswer,
          answers.gatewayProblemAnswer,
          ...(call.isBlockable ? [answers.refusalAnswer] : []),
        ),
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
        content: problemContent(answers.problemAnswer),
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

function reference(schema: z.ZodType): Json {
  const name = names.get(schema);
  if (name === undefined) throw new Error('A schema of the API has no name in its description.');
  return { $ref: `#/components/schemas/${name}` };
}

function schemas(of: Readonly<Record<string, z.ZodType>>, io: 'input' | 'output'): Json {
  return Object.fromEntries(Object.entries(of).map(([name, schema]) => [name, jsonSchema(schema, io)]));
}

/** JSON Schema 2020-12, which is what OpenAPI 3.1 is built on; without what only repeats `type` or `format`. */
function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...plain } = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema: made }) => {
      if (made.format === 'date-time') delete made.pattern;
      if (made.maximum === Number.MAX_SAFE_INTEGER) delete made.maximum;
      if (made.minimum === Number.MIN_SAFE_INTEGER) delete made.minimum;
    },
  });
  return plain;
}
