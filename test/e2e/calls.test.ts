import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { API } from '../../core/api/api.ts';
import type { ApiCall } from '../../core/http/api-call.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud?.stop());
afterEach(() => cloud.reset());

const fits = (action: keyof typeof API, json: unknown) => API[action].answer.safeParse(json).error?.issues;

describe('the description of the API', () => {
  test('is public, valid, and names the issuer that signs people in', async () => {
    const { status, json } = await cloud.control('GET', '/openapi.json');
    const signIn = await cloud.control('GET', '/signin');
    expect(status).toBe(200);
    expect(json.components.securitySchemes.openIdConnect.openIdConnectUrl).toBe(
      signIn.json.openid_configuration,
    );
    expect(await new Validator().validate(json)).toMatchObject({ valid: true });
  });

  test('is of calls that are there: none is a 404, and none takes another method', async () => {
    const calls = Object.values<ApiCall>(API).filter(({ path }) => !path.includes('{'));
    for (const { method, path } of calls) {
      const known = await cloud.control('OPTIONS', path);
      expect([path, known.status]).toEqual([path, 204]);
      expect(known.headers.allow).toContain(method);
    }
  });
});

describe('health', () => {
  test('is told to everybody, in the middle of an emergency too', async () => {
    await cloud.as('admin', 'POST', '/emergency', { reason: 'Fire' });
    await cloud.enforced();
    await eventually(async () => {
      const { status, json } = await cloud.control('GET', '/health');
      expect(fits('health', json)).toBeUndefined();
      return status === 200 && json.status === 'healthy';
    });
  });

  test('is a 503 while the event log is away, and nothing shows what is behind it', async () => {
    await cloud.fault('dynamodb', 'down');
    try {
      await cloud.advanceClock(6000);
      await eventually(async () => {
        const { status, json, text } = await cloud.control('GET', '/health');
        expect(text).not.toMatch(/dynamo|table|arn:|ECONN|127\.0\.0\.1/i);
        return status === 503 && json.components?.event_log.status === 'unhealthy';
      });
      const { json, headers } = await cloud.control('GET', '/health');
      expect(fits('health', json)).toBeUndefined();
      expect(headers['cache-control']).toBe('no-store');
    } finally {
      await cloud.fault('dynamodb', 'none');
    }
    await cloud.advanceClock(6000);
    await eventually(async () => (await cloud.control('GET', '/health')).status === 200);
  });
});

describe('whoami', () => {
  test.each(['admin', 'member', 'worker'] as const)('tells a %s', async (user) => {
    const { status, json } = await cloud.as(user, 'GET', '/whoami');
    expect([status, fits('whoami', json)]).toEqual([200, undefined]);
    expect(json).toMatchObject({ role: user, credential: 'valid', fresh_sign_in: true });
  });

  test('is a 401 without a credential, and with a bad one, never a 503', async () => {
    await cloud.enable();
    for (const token of [undefined, 'bad', `${await cloud.token('admin')}x`]) {
      const { status, json, headers } = await cloud.control('GET', '/whoami', { token });
      expect([status, json.error]).toEqual([401, 'unauthenticated']);
      expect(headers['www-authenticate']).toMatch(/^Bearer/);
    }
  });
});

describe('validate', () => {
  const body = { reason: 'Upgrade', duration: 1800, auto_end: true };

  test('says what enable would say, and writes nothing', async () => {
    const before = await cloud.commandsInHistory();
    const { status, json } = await cloud.as('admin', 'POST', '/validate', body);
    expect([status, fits('validate', json)]).toEqual([200, undefined]);
    expect(json).toMatchObject({ valid: true, impact: { level: 'high', duration: 1800 } });
    const bad = await cloud.as('admin', 'POST', '/validate', { ...body, duration: 1 });
    expect(bad).toMatchObject({ status: 200, json: { valid: false, errors: [{ field: 'duration' }] } });
    expect((await cloud.as('admin', 'POST', '/validate', '{')).status).toBe(400);
    expect(await cloud.commandsInHistory()).toEqual(before);
    expect((await cloud.control('GET', '/status')).json.is_active).toBe(false);
  });

  test('tells of a maintenance that is in the way', async () => {
    await cloud.enable();
    const { json } = await cloud.as('admin', 'POST', '/validate', body);
    expect(json).toMatchObject({
      valid: false,
      errors: [{ field: null, code: 'maintenance_already_active' }],
    });
  });

  test.each(['member', 'worker'] as const)('is not for a %s', async (user) => {
    const token = await cloud.signIn(user);
    expect((await cloud.control('POST', '/validate', { token, body })).status).toBe(403);
  });
});
