import { describe, expect, test } from '@jest/globals';
import { gatewayProblemAnswer } from '../../core/http/schemas.ts';
import { resourcesOf, synthesise } from './synthesise.ts';

interface GatewayResponse {
  readonly ResponseType: string;
  readonly StatusCode?: string;
  readonly ResponseParameters: Record<string, string>;
  readonly ResponseTemplates: Record<string, string>;
}

function responses(options: Parameters<typeof synthesise>[0] = {}): Record<string, GatewayResponse> {
  const found = Object.values(resourcesOf(synthesise(options), 'AWS::ApiGateway::GatewayResponse'));
  return Object.fromEntries(
    found.map(({ Properties }) => [Properties.ResponseType, Properties as unknown as GatewayResponse]),
  );
}

const header = (parameters: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [`gatewayresponse.header.${name}`, value]),
  );

const common = {
  'Cache-Control': "'no-store'",
  Vary: "'Origin, Accept, Accept-Language'",
  'X-Content-Type-Options': "'nosniff'",
  'Access-Control-Expose-Headers':
    "'Retry-After, X-Maintenance-Active, X-Maintenance-Mode, X-Maintenance-Version'",
};
const own = {
  ...common,
  'Content-Type': "'application/problem+json'",
  'Access-Control-Allow-Origin': "'*'",
};

/** What a client reads, once the gateway has put in its values. */
const filledIn = (template: string | undefined): Record<string, unknown> =>
  JSON.parse(
    (template ?? '')
      .replaceAll('$context.error.messageString', '"Too \\"long\\""')
      .replaceAll('$context.requestId', 'c6af9ac6'),
  );

/** What is answered to a request that is denied, and to one that is let through to an origin that gives no answer. */
const BY_AUTHORIZER = ['ACCESS_DENIED', 'INTEGRATION_FAILURE', 'INTEGRATION_TIMEOUT'];

describe('gateway responses', () => {
  const all = responses();

  test('are these and no others', () => {
    expect(Object.keys(all).sort()).toEqual([
      'ACCESS_DENIED',
      'AUTHORIZER_CONFIGURATION_ERROR',
      'AUTHORIZER_FAILURE',
      'DEFAULT_4XX',
      'DEFAULT_5XX',
      'INTEGRATION_FAILURE',
      'INTEGRATION_TIMEOUT',
      'QUOTA_EXCEEDED',
      'THROTTLED',
      'UNAUTHORIZED',
    ]);
  });

  test('are as the description of the API shows them, but for what the authorizer has written', () => {
    for (const [type, { ResponseTemplates }] of Object.entries(all)) {
      if (BY_AUTHORIZER.includes(type)) continue;
      const body = filledIn(ResponseTemplates['application/json']);
      expect([type, gatewayProblemAnswer.safeParse(body).error?.issues]).toEqual([type, undefined]);
    }
  });

  test.each(BY_AUTHORIZER)(
    '%s is the 503 that the authorizer has written, whatever the caller accepts',
    (type) => {
      expect(all[type]).toMatchObject({
        StatusCode: '503',
        ResponseTemplates: { 'application/json': '$context.authorizer.body' },
        ResponseParameters: header({
          ...common,
          'Content-Type': 'context.authorizer.contentType',
          'Content-Language': 'context.authorizer.language',
          'Content-Security-Policy': 'context.authorizer.policy',
          'Retry-After': 'context.authorizer.retryAfter',
          'X-Maintenance-Active': 'context.authorizer.active',
          'X-Maintenance-Mode': 'context.authorizer.mode',
          'X-Maintenance-Version': 'context.authorizer.version',
          'Access-Control-Allow-Origin': 'context.authorizer.allowOrigin',
          'Access-Control-Allow-Credentials': 'context.authorizer.allowCredentials',
        }),
      });
      expect(Object.keys(all[type]?.ResponseParameters ?? {})).toHaveLength(13);
      expect(Object.keys(all[type]?.ResponseTemplates ?? {})).toEqual(['application/json']);
    },
  );

  test.each(['UNAUTHORIZED', 'AUTHORIZER_FAILURE', 'AUTHORIZER_CONFIGURATION_ERROR'])(
    '%s is a 503 that says to come back in 5 seconds',
    (type) => {
      expect(all[type]?.StatusCode).toBe('503');
      expect(all[type]?.ResponseParameters).toEqual(header({ ...own, 'Retry-After': "'5'" }));
      expect(filledIn(all[type]?.ResponseTemplates['application/json'])).toMatchObject({
        status: 503,
        error: 'authorizer_unavailable',
        retry_after: 5,
        request_id: 'c6af9ac6',
      });
    },
  );

  test('too many requests are told when to come back', () => {
    expect(all.THROTTLED?.StatusCode).toBe('429');
    expect(all.THROTTLED?.ResponseParameters).toEqual(header({ ...own, 'Retry-After': "'5'" }));
    expect(filledIn(all.THROTTLED?.ResponseTemplates['application/json'])).toMatchObject({
      status: 429,
      error: 'too_many_requests',
    });
  });

  test.each([
    ['DEFAULT_4XX', 'request_refused'],
    ['DEFAULT_5XX', 'gateway_error'],
  ])('%s keeps its status and says what went wrong', (type, error) => {
    expect(all[type]).not.toHaveProperty('StatusCode');
    expect(all[type]?.ResponseParameters).toEqual(header(own));
    expect(filledIn(all[type]?.ResponseTemplates['application/json'])).toMatchObject({
      error,
      message: 'Too "long"',
      details: [],
      request_id: 'c6af9ac6',
    });
  });

  test('with one web origin allowed, that one may read them; with several, everybody without credentials', () => {
    const cors = (allowedOrigins: string[]) =>
      ['Origin', 'Credentials'].map(
        (name) =>
          responses({ allowedOrigins }).THROTTLED?.ResponseParameters[
            `gatewayresponse.header.Access-Control-Allow-${name}`
          ],
      );
    expect(cors(['https://a.example'])).toEqual(["'https://a.example'", "'true'"]);
    expect(cors(['https://a.example', 'https://b.example'])).toEqual(["'*'", undefined]);
  });
});
