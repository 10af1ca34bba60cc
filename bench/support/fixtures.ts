import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import { INITIAL_STATE, type State } from '../../core/state/state.ts';
import type { TestIssuer } from '../../test/support/tokens.ts';

export const PROJECT = join(import.meta.dirname, '../..');

export const INACTIVE: State = { ...INITIAL_STATE, version: 1 };

/** Normal maintenance without an end, so that no clock ends it while something is measured. */
export const ACTIVE: State = {
  version: 2,
  rules: null,
  sessionsInvalidBefore: 0,
  maintenance: {
    mode: 'normal',
    id: 'm-1',
    startedAt: Date.now(),
    startedBy: 'alice',
    notifyUsers: true,
    reason: 'Database migration to a larger instance; captions are kept.',
    endsAt: null,
    autoEnd: false,
    blockedOperations: null,
  },
};

interface StubStore {
  readonly endpoint: string;
  /** Puts another state in the place of the newest. */
  set(state: State): Promise<void>;
  close(): void;
}

/** Starts the stub store as a process of its own. */
export async function startStubStore(state: State, issuer: TestIssuer): Promise<StubStore> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'stub-store.mjs'), {
    env: { ...process.env, STATE: JSON.stringify(state), JWKS: JSON.stringify(issuer.jwks()) },
  });
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return {
    endpoint: `http://127.0.0.1:${port}`,
    set: async (next) => {
      child.send({ state: JSON.stringify(next) });
      await once(child, 'message');
    },
    close: () => child.disconnect(),
  };
}

/** The environment of the authorizer, as the stack would set it. */
export function authorizerEnvironment(issuer: TestIssuer, endpoint: string): Record<string, string> {
  return {
    STATE_TABLE: 'table',
    SCOPE: 'default',
    ISSUER: issuer.issuer,
    CLIENT_ID: issuer.clientId,
    ADMIN_GROUPS: 'admins',
    WORKER_GROUPS: 'workers',
    ALWAYS_ALLOWED: '/static/{proxy+},/favicon.ico,/health,/health/{proxy+},/api/csrf-token',
    STATE_UNKNOWN: 'open',
    ALLOWED_ORIGINS: '*',
    REFUSAL_FORM: 'negotiated',
    // Every blocked call keeps its log line: the dearest case.
    OFFENDER_THRESHOLD: '1000000000',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'key',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL: endpoint,
  };
}

/** Bundles an entry point as the stack bundles functions; returns the file and its size in bytes. */
export async function bundle(entry: string, outfile: string): Promise<number> {
  const result = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    // What is loaded on first need is a bundle of its own, and nothing here needs it.
    external: ['#gate-redis'],
    supported: { 'dynamic-import': false },
    metafile: true,
    logLevel: 'error',
  });
  return Object.values(result.metafile.outputs)[0]?.bytes ?? 0;
}

/** An authorizer event as a browser's request makes it. */
export function authorizerEvent(own: {
  method: string;
  path: string;
  resource?: string;
  sourceIp?: string;
  token?: string;
}): string {
  const headers: Record<string, string> = {
    Accept: 'application/json, text/plain, */*',
    'Accept-Encoding': 'gzip, deflate, br, zstd',
    'Accept-Language': 'en-GB,en;q=0.9,de;q=0.8',
    'Content-Type': 'application/json',
    Host: 'app.example.com',
    Origin: 'https://app.example.com',
    Referer: 'https://app.example.com/caption/generation',
    'User-Agent':
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
    'X-Amzn-Trace-Id': 'Root=1-6740f0f0-000000000000000000000000',
    'X-Forwarded-For': '203.0.113.9',
    'X-Forwarded-Port': '443',
    'X-Forwarded-Proto': 'https',
    ...(own.token === undefined ? {} : { Authorization: `Bearer ${own.token}` }),
  };
  return JSON.stringify({
    type: 'REQUEST',
    methodArn: `arn:aws:execute-api:us-east-1:000000000000:api/live/${own.method}${own.path}`,
    resource: own.resource ?? '/{proxy+}',
    path: own.path,
    httpMethod: own.method,
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: {},
    multiValueQueryStringParameters: {},
    pathParameters: { proxy: own.path.slice(1) },
    stageVariables: {},
    requestContext: {
      resourcePath: '/{proxy+}',
      httpMethod: own.method,
      path: own.path,
      requestId: '3f0c3a1e-8b8e-4c1e-9c56-0a6cf2a5d9f3',
      stage: 'live',
      identity: { sourceIp: own.sourceIp ?? '203.0.113.9', userAgent: 'bench' },
    },
  });
}
