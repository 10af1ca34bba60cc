import { describe, expect, test } from '@jest/globals';
import type { GatewayRequest } from '../../gateway/exchange.ts';
import { gatewayResponse, substitute } from '../../gateway/gateway-response.ts';
import { isLocalHost } from '../../gateway/host-check.ts';
import { Throttle } from '../../gateway/throttle.ts';

const request: GatewayRequest = {
  method: 'POST',
  path: '/x',
  search: '?a=1',
  headers: [['X-Trace', 'abc']],
  body: Buffer.alloc(0),
  sourceIp: '192.0.2.1',
  receivedAt: 0,
};

describe('a gateway response', () => {
  test('replaces variables once and escapes nothing', () => {
    const variables = new Map([
      ['authorizer.body', '{"reason": "\\"$context.requestId\\" <b> \\u0041"}'],
      ['requestId', 'never shown'],
    ]);
    expect(substitute('$context.authorizer.body', variables)).toBe(
      '{"reason": "\\"$context.requestId\\" <b> \\u0041"}',
    );
  });

  test.each([
    ['[$context.requestId]', '[r-1]'],
    ['$context.requestId.', 'r-1.'],
    ['$context.absent', ''],
    ['$context.identity.sourceIp/$context.requestId', '192.0.2.1/r-1'],
    ['$other $$context', '$other $$context'],
  ])('the template %s gives %s', (template, text) => {
    const variables = new Map([
      ['requestId', 'r-1'],
      ['identity.sourceIp', '192.0.2.1'],
    ]);
    expect(substitute(template, variables)).toBe(text);
  });

  test('takes header values from text, variables and the request, and leaves out what is absent', () => {
    const settings = new Map([
      [
        'ACCESS_DENIED',
        {
          status: 503,
          headers: {
            'Cache-Control': "'no-store'",
            'Content-Type': 'context.authorizer.contentType',
            'Retry-After': 'context.authorizer.retryAfter',
            'X-Trace': 'method.request.header.x-trace',
            'X-Absent': 'context.authorizer.absent',
          },
          templates: { 'application/json': '$context.authorizer.body' },
        },
      ],
    ]);
    const variables = new Map([
      ['authorizer.contentType', 'text/html; charset=utf-8'],
      ['authorizer.retryAfter', '60'],
      ['authorizer.body', '<p>Grüße</p>'],
    ]);
    const answer = gatewayResponse(settings, 'ACCESS_DENIED', request, variables);
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).toBe('<p>Grüße</p>');
    expect(Object.fromEntries(answer.headers)).toEqual({
      'Content-Type': 'text/html; charset=utf-8',
      'x-amzn-ErrorType': 'AccessDeniedException',
      'Cache-Control': 'no-store',
      'Retry-After': '60',
      'X-Trace': 'abc',
    });
  });

  test('a header value cannot begin a header of its own', () => {
    const settings = new Map([['THROTTLED', { headers: { 'X-A': 'context.a' }, templates: {} }]]);
    const answer = gatewayResponse(settings, 'THROTTLED', request, new Map([['a', 'x\r\nSet-Cookie: y 🙂']]));
    expect(Object.fromEntries(answer.headers)['X-A']).not.toMatch(/[\r\n]/);
  });

  test.each([
    ['MISSING_AUTHENTICATION_TOKEN', 403, 'four'],
    ['INTEGRATION_FAILURE', 504, 'five'],
    ['MALFORMED_PROXY_RESPONSE', 502, 'five'],
  ] as const)(
    '%s without a response of its own keeps its status and takes the default body',
    (type, status, body) => {
      const settings = new Map([
        ['DEFAULT_4XX', { headers: {}, templates: { 'application/json': 'four' } }],
        ['DEFAULT_5XX', { headers: {}, templates: { 'application/json': 'five' } }],
      ]);
      const answer = gatewayResponse(settings, type, request, new Map());
      expect([answer.status, answer.body.toString()]).toEqual([status, body]);
    },
  );

  test('without any setting it is the one of API Gateway', () => {
    const answer = gatewayResponse(new Map(), 'UNAUTHORIZED', request, new Map());
    expect([answer.status, answer.body.toString()]).toEqual([401, '{"message":"Unauthorized"}']);
  });
});

describe('the limit of a stage', () => {
  test('lets a burst through, then as many a second as the rate', () => {
    let now = 0;
    const throttle = new Throttle({ rate: 10, burst: 3 }, () => now);
    const taken = (times: number) =>
      Array.from({ length: times }, () => throttle.take()).filter(Boolean).length;
    expect(taken(5)).toBe(3);
    now = 200;
    expect(taken(5)).toBe(2);
    now = 60_000;
    expect(taken(5)).toBe(3);
  });
});

describe('the Host field', () => {
  test.each(['localhost:5000', 'LOCALHOST:5000', '127.0.0.1:5000', '[::1]:5000'])(
    '%s is this machine',
    (host) => {
      expect(isLocalHost(host, 5000)).toBe(true);
    },
  );

  test.each([
    undefined,
    '',
    'localhost',
    'localhost:5001',
    'evil.test:5000',
    'localhost:5000.evil.test',
    '0.0.0.0:5000',
  ])('%s is not', (host) => {
    expect(isLocalHost(host, 5000)).toBe(false);
  });
});
