import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Offenders, type Summary } from '../../../../core/attempts/offenders.ts';
import { alwaysAllowedRoutes } from '../../../../core/decision/always-allowed.ts';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import { Authorizer } from '../../../../core/gate/authorizer.ts';
import type { DecisionRecord } from '../../../../core/gate/decision-record.ts';
import type { GatewayRequest } from '../../../../core/gate/gateway-request.ts';
import { buildRefusal } from '../../../../core/gate/refusal.ts';
import type { PresentedCredential } from '../../../../core/identity/identity.ts';
import type { Role } from '../../../../core/state/principal.ts';
import { INITIAL_STATE, type Maintenance, type State } from '../../../../core/state/state.ts';
import type { AuthorizerEvent } from '../../../../lambdas/authorizer/authorizer-event.ts';
import { decisionLog } from '../../../../lambdas/authorizer/decision-log.ts';
import { toGatewayRequest } from '../../../../lambdas/authorizer/gateway-event.ts';
import { respond } from '../../../../lambdas/authorizer/respond.ts';
import { refusalCors } from '../../../../lambdas/http/refusal-cors.ts';
import { RequestHeaders } from '../../../../lambdas/http/request-headers.ts';

const NOW = Date.parse('2026-01-15T10:00:00Z');

const begun = { id: 'm-1', startedAt: NOW - 1000, startedBy: 'alice', notifyUsers: true };
const plan = { reason: 'Database migration', endsAt: null, autoEnd: false, blockedOperations: null };
const NORMAL: Maintenance = { ...begun, ...plan, mode: 'normal' };
const TEST: Maintenance = { ...begun, ...plan, mode: 'test' };
const EMERGENCY: Maintenance = {
  ...begun,
  mode: 'emergency',
  reason: 'Breach',
  declaredAt: NOW,
  declaredBy: 'alice',
  terminateJobs: true,
  gracePeriod: 30,
  suspended: null,
};

const during = (maintenance: Maintenance | null): State => ({ ...INITIAL_STATE, version: 7, maintenance });

/** An authorizer with everything around it in memory. */
function authorizerIn(
  state: State | 'unknown',
  options: { stateUnknown?: 'open' | 'closed'; threshold?: number; now?: () => number } = {},
) {
  const decided: DecisionRecord[] = [];
  const summaries: Summary[] = [];
  const unknown: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const log = decisionLog((line) => lines.push(JSON.parse(line)));
  const authorizer = new Authorizer({
    states: {
      peek: () => null,
      get: async () => {
        if (state === 'unknown') throw new StoreUnavailableError('down');
        return { state, readAt: NOW - 500 };
      },
    },
    offenders: new Offenders(options.threshold ?? 30),
    alwaysAllowed: alwaysAllowedRoutes(['/static/{proxy+}', '/health']),
    stateUnknown: options.stateUnknown ?? 'open',
    log: {
      decided: (record) => {
        decided.push(record);
        log.decided(record);
      },
      summed: (...args) => {
        summaries.push(args[0]);
        log.summed(...args);
      },
      debugged: (record) => log.debugged(record),
      stateUnknown: (error, requestId) => {
        unknown.push(requestId);
        log.stateUnknown(error, requestId);
      },
    },
    now: options.now ?? (() => NOW),
  });
  return { authorizer, decided, summaries, unknown, lines };
}

function presentedBy(role: Role): PresentedCredential {
  if (role === 'anonymous') return { outcome: 'none' };
  return {
    outcome: 'valid',
    credential: { kind: 'token', id: `a-${role}`, role, issuedAt: NOW, authenticatedAt: NOW },
  };
}

function request(method: string, path: string, own: Partial<GatewayRequest> = {}): GatewayRequest {
  return {
    route: 'origin',
    method,
    path,
    sourceAddress: '203.0.113.9',
    requestId: 'r-1',
    startedAt: 0,
    prefersHtml: () => false,
    language: () => 'en',
    identify: async () => ({ outcome: 'none' }),
    ...own,
  };
}

const mustNotIdentify = async (): Promise<PresentedCredential> => {
  throw new Error('The credential was looked at although the decision does not depend on it.');
};

describe('credentials are looked at only when the decision depends on them', () => {
  test.each([
    ['inactive', during(null), request('POST', '/start_caption_generation')],
    ['a read in normal mode', during(NORMAL), request('GET', '/profile')],
    ['sign-in in an emergency', during(EMERGENCY), request('POST', '/login')],
    ['an always allowed route', during(EMERGENCY), request('GET', '/static/app.css')],
    ['a preflight', during(EMERGENCY), request('OPTIONS', '/start_caption_generation')],
    ['the maintenance page', during(EMERGENCY), request('GET', '/maintenance', { route: 'page' })],
    [
      'the maintenance page without a state',
      'unknown' as const,
      request('GET', '/maintenance', { route: 'page' }),
    ],
    ['no state, open', 'unknown' as const, request('POST', '/start_caption_generation')],
  ])('%s', async (_, state, plain) => {
    const { authorizer } = authorizerIn(state);
    expect(await authorizer.decideRequest({ ...plain, identify: mustNotIdentify })).toMatchObject({
      effect: 'allow',
    });
  });
});

describe('a request that names another verb is judged by both', () => {
  const TO_DELETE = { otherMethods: () => ['DELETE'] };
  test.each([
    ['a read that becomes a write, in normal mode', during(NORMAL), request('GET', '/x', TO_DELETE), 'deny'],
    [
      'a write that becomes a read',
      during(NORMAL),
      request('POST', '/x', { otherMethods: () => ['GET'] }),
      'deny',
    ],
    ['a preflight that becomes a write', during(NORMAL), request('OPTIONS', '/x', TO_DELETE), 'deny'],
    [
      'an always allowed read that becomes a write',
      during(EMERGENCY),
      request('GET', '/static/x', { otherMethods: () => ['PROPFIND'] }),
      'deny',
    ],
    [
      'a read that stays one',
      during(NORMAL),
      request('GET', '/x', { otherMethods: () => ['HEAD'] }),
      'allow',
    ],
    [
      'several, one of them a write',
      during(NORMAL),
      request('GET', '/x', { otherMethods: () => ['HEAD', 'PUT'] }),
      'deny',
    ],
    ['a verb that is none', during(NORMAL), request('GET', '/x', { otherMethods: () => [''] }), 'deny'],
    ['nothing active', during(null), request('GET', '/x', TO_DELETE), 'allow'],
  ])('%s', async (_, state, overridden, effect) => {
    const { authorizer } = authorizerIn(state);
    expect(await authorizer.decideRequest(overridden)).toMatchObject({ effect });
  });

  test('without a state too', async () => {
    const { authorizer } = authorizerIn('unknown', { stateUnknown: 'closed' });
    const open = request('GET', '/health', TO_DELETE);
    expect(await authorizer.decideRequest(open)).toMatchObject({ effect: 'unavailable' });
  });
});

describe('which way in', () => {
  test.each(['normal', 'emergency'] as const)(
    'the canary is blocked in %s mode and never counted',
    async (mode) => {
      const { authorizer, decided } = authorizerIn(during(mode === 'normal' ? NORMAL : EMERGENCY));
      const canary = request('GET', '/api/maintenance/canary', { route: 'canary' });
      expect(await authorizer.decideRequest(canary)).toMatchObject({
        effect: 'deny',
        refusal: { version: 7 },
      });
      expect(decided).toEqual([]);
    },
  );

  test('the canary is blocked by a maintenance that names other types', async () => {
    const { authorizer } = authorizerIn(during({ ...NORMAL, blockedOperations: ['image_processing'] }));
    expect(await authorizer.decideRequest(request('GET', '/x', { route: 'canary' }))).toMatchObject({
      effect: 'deny',
    });
  });

  test.each([
    ['none', { outcome: 'none' } as const, { principal: { role: 'anonymous' }, credential: 'none' }],
    ['good', presentedBy('admin'), { principal: { id: 'a-admin', role: 'admin' }, credential: 'valid' }],
    [
      'bad',
      { outcome: 'expired', reason: 'the token has expired' } as const,
      { principal: { role: 'anonymous' }, credential: 'expired', reason: 'the token has expired' },
    ],
    ['unchecked', { outcome: 'unavailable' } as const, { credential: 'unavailable' }],
  ])(
    'a control route is passed on in an emergency with what its credential is worth: %s',
    async (_, presented, identity) => {
      const { authorizer } = authorizerIn(during(EMERGENCY));
      const call = request('POST', '/api/maintenance/disable', {
        route: 'control',
        identify: async () => presented,
      });
      expect(await authorizer.decideRequest(call)).toMatchObject({ effect: 'allow', identity });
    },
  );

  test("a member's credential from before the maintenance is worth nothing, an admin's and a worker's still is", async () => {
    const state = { ...during(NORMAL), sessionsInvalidBefore: NOW + 1 };
    const { authorizer } = authorizerIn(state);
    const roleOf = async (role: Role) => {
      const call = request('GET', '/', { route: 'control', identify: async () => presentedBy(role) });
      const verdict = await authorizer.decideRequest(call);
      return verdict.effect === 'allow' ? verdict.identity.principal.role : verdict.effect;
    };
    expect([await roleOf('member'), await roleOf('worker'), await roleOf('admin')]).toEqual([
      'anonymous',
      'worker',
      'admin',
    ]);
  });
});

describe('without any state', () => {
  test.each([
    ['open', 'POST', '/start_caption_generation', 'anonymous', 'allow'],
    ['closed', 'POST', '/start_caption_generation', 'anonymous', 'unavailable'],
    ['closed', 'GET', '/profile', 'member', 'unavailable'],
    ['closed', 'POST', '/start_caption_generation', 'admin', 'allow'],
    ['closed', 'POST', '/login', 'anonymous', 'allow'],
    ['closed', 'GET', '/health', 'anonymous', 'allow'],
    ['closed', 'OPTIONS', '/profile', 'anonymous', 'allow'],
  ] as const)('set to %s, %s %s of an %s: %s', async (stateUnknown, method, path, role, effect) => {
    const { authorizer, unknown } = authorizerIn('unknown', { stateUnknown });
    const call = request(method, path, { identify: async () => presentedBy(role) });
    expect(await authorizer.decideRequest(call)).toMatchObject({ effect });
    expect(unknown).toEqual(['r-1']);
  });

  test('control routes and the sign-in are let in', async () => {
    const { authorizer } = authorizerIn('unknown', { stateUnknown: 'closed' });
    const call = request('GET', '/api/maintenance/signin', { route: 'control' });
    expect(await authorizer.decideRequest(call)).toMatchObject({ effect: 'allow' });
  });
});

describe('log lines', () => {
  const forge = '/start_caption_generation';

  test('of a block have the form that the guide searches for, and the metric', async () => {
    const { authorizer, lines } = authorizerIn(during(NORMAL));
    await authorizer.decideRequest(request('POST', forge, { identify: async () => presentedBy('member') }));
    expect(lines).toEqual([
      expect.objectContaining({
        message:
          '[MAINTENANCE] Operation blocked: endpoint="/start_caption_generation" user="a-member" reason="maintenance_active"',
        level: 'INFO',
        event: 'operation_blocked',
        version: 7,
        request_id: 'r-1',
        client: 'a-member',
        Mode: 'normal',
        Operation: 'caption_generation',
        BlockedRequests: 1,
        StateAge: 500,
      }),
    ]);
  });

  test("of an admin's bypass", async () => {
    const { authorizer, lines } = authorizerIn(during(EMERGENCY));
    await authorizer.decideRequest(
      request('GET', '/profile', { identify: async () => presentedBy('admin') }),
    );
    expect(lines).toEqual([
      expect.objectContaining({
        message: '[MAINTENANCE] Admin bypass: endpoint="/profile" user="a-admin"',
        AdminBypasses: 1,
      }),
    ]);
  });

  test('of a test run say what would have happened, for reads too', async () => {
    const { authorizer, lines } = authorizerIn(during(TEST));
    await authorizer.decideRequest(request('POST', forge));
    await authorizer.decideRequest(request('GET', '/profile'));
    expect(lines).toEqual([
      expect.objectContaining({ event: 'would_block', WouldBlock: 1, would_block: true, role: 'anonymous' }),
      expect.objectContaining({ event: 'would_allow', would_block: false, operation: 'read_operations' }),
    ]);
  });

  test('show the template of a path that holds a secret, and so does the refusal', async () => {
    const { authorizer, lines } = authorizerIn(during(NORMAL));
    const verdict = await authorizer.decideRequest(request('POST', '/user-management/reset-password/s3cr3t'));
    expect(JSON.stringify(lines)).not.toContain('s3cr3t');
    if (verdict.effect !== 'deny') throw new Error('It was let through.');
    const refusal = JSON.stringify(buildRefusal(verdict.refusal));
    expect(refusal).not.toContain('s3cr3t');
    expect(refusal).toContain('/user-management/reset-password/{token}');
  });

  test('of a repeat offender are summed up, once a minute, by operation', async () => {
    let now = NOW;
    const { authorizer, decided, summaries, lines } = authorizerIn(during(NORMAL), {
      threshold: 3,
      now: () => now,
    });
    for (let i = 0; i < 5; i += 1) await authorizer.decideRequest(request('POST', forge));
    await authorizer.decideRequest(request('POST', '/profile'));
    expect(decided).toHaveLength(3);
    now += 60_000;
    await authorizer.decideRequest(request('GET', '/health'));
    expect(summaries).toMatchObject([
      { client: '203.0.113.9', operation: 'caption_generation', calls: 2 },
      { client: '203.0.113.9', operation: 'user_data_modification', calls: 1 },
    ]);
    expect(lines.at(-1)).toMatchObject({
      BlockedRequests: 1,
      calls: 1,
      Operation: 'user_data_modification',
      maintenance_id: 'm-1',
      last_attempt: '2026-01-15T10:00:00.000Z',
    });
    expect(new Set(lines.slice(-2).map((line) => line.summary_id)).size).toBe(2);
  });

  test('a client over the threshold waits longer with each minute', async () => {
    let now = NOW;
    const { authorizer } = authorizerIn(during({ ...NORMAL, mode: 'normal' }), {
      threshold: 1,
      now: () => now,
    });
    const waits: number[] = [];
    for (let minute = 0; minute < 5; minute += 1) {
      for (let i = 0; i < 2; i += 1) {
        const verdict = await authorizer.decideRequest(request('POST', forge));
        if (verdict.effect === 'deny') waits.push(verdict.refusal.retryAfter);
      }
      now += 60_000;
    }
    expect(waits).toEqual([300, 300, 300, 300, 300, 300, 300, 480, 300, 960]);
  });
});

describe('while every decision is told', () => {
  const debugging = (maintenance: Maintenance | null, debugUntil = NOW + 1) => ({
    ...during(maintenance),
    debugUntil,
  });
  const told = async (state: State, asked: GatewayRequest) => {
    const { authorizer, lines } = authorizerIn(state);
    await authorizer.decideRequest(asked);
    return lines.filter(({ event }) => event === 'decision');
  };
  const signedIn = (role: Role) => ({ identify: async () => presentedBy(role) });

  test.each<[string, State, GatewayRequest, object]>([
    [
      'a request that runs',
      debugging(null),
      request('POST', '/start_caption_generation'),
      { verdict: 'allow', operation: 'caption_generation', user: null, mode: null, version: 7 },
    ],
    [
      'one that is blocked',
      debugging(NORMAL),
      request('POST', '/start_caption_generation', signedIn('member')),
      { verdict: 'deny', mode: 'normal', user: 'a-member', role: 'member', credential: 'valid' },
    ],
    [
      "an admin's",
      debugging(NORMAL),
      request('POST', '/start_caption_generation', signedIn('admin')),
      { verdict: 'allow', user: 'a-admin', role: 'admin', credential: 'valid' },
    ],
    [
      'a secret in the path, by its template',
      debugging(null),
      request('GET', '/reset_password/s3cret-t0ken'),
      { endpoint: '/reset_password/{token}' },
    ],
    [
      'a call of the control API, by the route',
      debugging(null),
      request('GET', '/api/maintenance/sessions/s3cret-t0ken', {
        route: 'control',
        resource: '/api/maintenance/sessions/{proxy+}',
        ...signedIn('admin'),
      }),
      { endpoint: '/api/maintenance/sessions/{proxy+}', operation: null, user: 'a-admin' },
    ],
    [
      'the canary',
      debugging(EMERGENCY),
      request('GET', '/api/maintenance/canary', { route: 'canary' }),
      { verdict: 'deny', operation: 'canary', route: 'canary' },
    ],
  ])('there is one line of %s', async (_what, state, asked, expected) => {
    const lines = await told(state, asked);
    expect(lines).toEqual([expect.objectContaining({ level: 'DEBUG', request_id: 'r-1', ...expected })]);
    expect(JSON.stringify(lines)).not.toContain('s3cret');
  });

  test('there is none when the time is over', async () => {
    expect(await told(debugging(NORMAL, NOW), request('GET', '/'))).toEqual([]);
    expect(await told(during(null), request('GET', '/'))).toEqual([]);
  });
});

describe('the result for API Gateway', () => {
  const nothing = {
    verify: () => Promise.reject(new Error('No token is verified here.')),
    allowedOrigins: [],
  };

  const NO_HEADERS = new RequestHeaders({});

  const event = (own: Partial<AuthorizerEvent>): AuthorizerEvent => ({
    resource: '/{proxy+}',
    path: '/start_caption_generation',
    httpMethod: 'POST',
    headers: {},
    multiValueHeaders: {},
    requestContext: { requestId: 'r-1', identity: { sourceIp: '203.0.113.9' } },
    ...own,
  });

  test.each([
    ['/api/maintenance', 'control'],
    ['/api/maintenance/{proxy+}', 'control'],
    ['/api/maintenance/canary', 'canary'],
    ['/api/maintenanceX/{proxy+}', 'origin'],
    ['/maintenance', 'page'],
    ['/maintenance/{proxy+}', 'origin'],
    ['/{proxy+}', 'origin'],
    ['/', 'origin'],
  ])('the matched resource %s tells the way in, whatever the path', (resource, route) => {
    const path = '/api/maintenance/enable';
    const { route: found } = toGatewayRequest(event({ resource, path }), NO_HEADERS, nothing, 'negotiated');
    expect(found).toBe(route);
  });

  test.each([
    ['/{proxy+}', { proxy: 'admin/users' }, '/admin/users'],
    ['/api/{proxy+}', { proxy: '%2e/$&' }, '/api/%2e/$&'],
  ])('what %s matched is classified, without the base path of a domain', (resource, pathParameters, path) => {
    const shop = event({ resource, pathParameters, path: `/shop${path}` });
    expect(toGatewayRequest(shop, NO_HEADERS, nothing, 'negotiated').path).toBe(path);
  });

  test.each([
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    ['text/html', true],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', true],
    ['text/html;q=0.5, application/json', false],
    ['application/problem+json, text/html', false],
    ['text/html;q=0', false],
    ['text/html;q=nonsense', false],
  ])('Accept: %s prefers HTML: %s', (accept, html) => {
    const headers = new RequestHeaders({
      multiValueHeaders: accept === undefined ? {} : { aCCept: [accept] },
    });
    const prefers = (form: 'negotiated' | 'json') =>
      toGatewayRequest(event({}), headers, nothing, form).prefersHtml();
    expect([prefers('negotiated'), prefers('json')]).toEqual([html, false]);
  });

  test.each([
    [undefined, ['*'], '*'],
    ['https://app.test', ['*'], 'https://app.test'],
    ['https://app.test', ['https://app.test'], 'https://app.test'],
    ['https://evil.test', ['https://app.test'], 'https://app.test'],
    [`https://${'x'.repeat(300)}`, ['*'], '*'],
    ['https://a\r\nX-Injected: 1', ['*'], '*'],
  ])('Origin %s with %j allowed is answered %s', (origin, allowed, answer) => {
    expect(refusalCors(origin, allowed)).toEqual({
      allowOrigin: answer,
      allowCredentials: answer === '*' ? 'false' : 'true',
    });
  });

  const reason = fc.oneof(
    fc
      .constantFrom('$', '"', '\\', '\n', '<', '&', '\u2028', '😀', 'é')
      .map((character) => character.repeat(500)),
    fc
      .array(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), { maxLength: 500 })
      .map((units) => units.join('')),
  );

  test('is valid JSON under 8 000 bytes for any reason, path, operation and form', async () => {
    await fc.assert(
      fc.asyncProperty(
        reason,
        fc.oneof(
          fc.string({ maxLength: 3000 }),
          fc.constantFrom('$', '"', '%').map((c) => `/${c.repeat(9000)}`),
        ),
        fc.boolean(),
        fc.boolean(),
        async (text, path, html, emergency) => {
          const state = during(
            emergency ? { ...EMERGENCY, reason: text } : { ...NORMAL, reason: text, endsAt: NOW + 1 },
          );
          const { authorizer } = authorizerIn(state);
          const verdict = await authorizer.decideRequest(request('POST', path, { prefersHtml: () => html }));
          const cors = refusalCors(`https://${'o'.repeat(240)}`, ['*']);
          const result = respond(verdict, () => cors);
          const json = JSON.stringify(result);
          expect(Buffer.byteLength(json)).toBeLessThan(8000);
          for (const value of Object.values(result.context)) expect(typeof value).toBe('string');
          if (!html && result.context.body !== undefined) {
            const body = JSON.parse(result.context.body);
            expect(body.maintenance.reason).toBe(text);
            expect(result.context.body).not.toContain('$');
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
