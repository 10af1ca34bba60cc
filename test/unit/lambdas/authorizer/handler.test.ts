import { afterAll, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { INITIAL_STATE } from '../../../../core/state/state.ts';
import type { AuthorizerEvent } from '../../../../lambdas/authorizer/authorizer-event.ts';
import { type AuthorizerHandler, effectOf, startAuthorizer } from '../../../support/start-authorizer.ts';
import { json, StubServer } from '../../../support/stub-server.ts';
import { TestIssuer } from '../../../support/tokens.ts';

const issuer = new TestIssuer();
const KEYS = {
  anonymous: { usual: 'anonymous', lowered: 'anonymous, lowered' },
  member: { usual: 'member', lowered: 'member, lowered' },
  worker: { usual: 'worker' },
  admin: { usual: 'admin' },
};

const ACTIVE = {
  ...INITIAL_STATE,
  version: 1,
  maintenance: {
    mode: 'normal',
    id: 'm-1',
    startedAt: Date.now(),
    startedBy: 'alice',
    notifyUsers: false,
    reason: 'Database migration',
    endsAt: null,
    autoEnd: false,
    blockedOperations: null,
  },
};

let store: StubServer;
let keyReads: number;
beforeAll(async () => {
  // The log lines of the decisions, which other tests look at.
  jest.spyOn(process.stdout, 'write').mockReturnValue(true);
  store = await StubServer.start();
});
afterAll(async () => {
  jest.restoreAllMocks();
  await store.stop();
});
beforeEach(() => {
  keyReads = 0;
});

/** A new instance of the function, over a store with this state; undefined: the store is down. */
async function start(
  state: object | undefined,
  variables: Record<string, string> = {},
): Promise<AuthorizerHandler> {
  store.answer = (request, response) => {
    if (state === undefined) return json(500, {})(request, response);
    if (String(request.headers['x-amz-target']).endsWith('.GetItem')) {
      keyReads += 1;
      return json(200, { Item: { jwks: { S: JSON.stringify(issuer.jwks()) } } })(request, response);
    }
    const items = [{ sk: { N: '1' }, state: { S: JSON.stringify(state) } }];
    return json(200, { Items: items })(request, response);
  };
  return startAuthorizer(issuer, store.url, variables);
}

function call(path: string, token?: string): AuthorizerEvent {
  return {
    resource: path.startsWith('/api/maintenance') ? path : '/{proxy+}',
    path,
    httpMethod: path === '/health' ? 'GET' : 'POST',
    headers: { 'x-api-key': 'forged' },
    multiValueHeaders: {
      'x-api-key': ['forged'],
      ...(token === undefined ? {} : { Authorization: [`Bearer ${token}`] }),
    },
    requestContext: { requestId: 'r-1', identity: { sourceIp: '203.0.113.9' } },
  };
}

describe('with throttling by class, every result names a key', () => {
  const on = { USAGE_KEYS: JSON.stringify(KEYS) };

  test.each([
    ['allowed', INITIAL_STATE, '/profile', 'Allow', 'anonymous'],
    ['allowed during maintenance', ACTIVE, '/health', 'Allow', 'anonymous, lowered'],
    ['denied', ACTIVE, '/start_caption_generation', 'Deny', 'anonymous, lowered'],
    ['on a control route', ACTIVE, '/api/maintenance/status', 'Allow', 'anonymous, lowered'],
    ['of the canary', ACTIVE, '/api/maintenance/canary', 'Deny', 'anonymous, lowered'],
    ['denied because nothing is known', undefined, '/profile', 'Deny', 'anonymous'],
  ])('%s', async (_what, state, path, effect, key) => {
    const handler = await start(state && { ...state, version: 1 }, on);
    const result = await handler(call(path));
    expect([effectOf(result), result.usageIdentifierKey]).toEqual([effect, key]);
  });

  test.each([
    ['admins', 'admin', 'Allow'],
    ['workers', 'worker', 'Deny'],
    ['readers', 'member, lowered', 'Deny'],
  ])('of a caller in the group %s: %s', async (group, key, effect) => {
    const handler = await start(ACTIVE, on);
    const token = issuer.sign(issuer.claims(Date.now(), { 'cognito:groups': [group] }));
    const result = await handler(call('/start_caption_generation', token));
    expect([effectOf(result), result.usageIdentifierKey]).toEqual([effect, key]);
  });

  test('that a claim of the token holds', async () => {
    const handler = await start({ ...INITIAL_STATE, version: 1 }, { ...on, API_KEY_CLAIM: 'api_key' });
    const token = issuer.sign(issuer.claims(Date.now(), { api_key: 'customer-42-key-of-their-plan' }));
    expect((await handler(call('/profile', token))).usageIdentifierKey).toBe('customer-42-key-of-their-plan');
  });
});

describe('without it', () => {
  test('no result names a key, and no credential is looked at without need', async () => {
    const token = issuer.sign(issuer.claims(Date.now()));
    const inactive = await start({ ...INITIAL_STATE, version: 1 });
    expect(await inactive(call('/profile', token))).not.toHaveProperty('usageIdentifierKey');
    expect(keyReads).toBe(0);
    const active = await start(ACTIVE);
    const denied = await active(call('/start_caption_generation'));
    expect(effectOf(denied)).toBe('Deny');
    expect(denied).not.toHaveProperty('usageIdentifierKey');
  });
});
