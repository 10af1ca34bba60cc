import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../cloud.ts';
import type { CreateServices } from '../../local-services.ts';
import { ACCESS_LOG, GATEWAY_LOG } from '../../log-store.ts';
import { synthesiseTestStack, TEST_API_KEY, type TestAssembly } from '../support/gateway-stack.ts';
import { type RawAnswer, send, sendBytes } from '../support/raw-http.ts';
import { type RecordingOrigin, startRecordingOrigin } from '../support/recording-origin.ts';

/** Services for a stack that uses none but a secret. */
const noServices: CreateServices = async () => ({
  awsEndpointUrl: 'http://127.0.0.1:9',
  attribute: () => undefined,
  secret: () => 'the secret',
  handle: (request, response) => {
    response.end(`local ${request.url}`);
    return true;
  },
  deliver: async () => undefined,
  attach: async () => undefined,
  detach: async () => undefined,
  close: async () => undefined,
});

let assembly: TestAssembly;
let origin: RecordingOrigin;
let cloud: Cloud;

beforeAll(async () => {
  assembly = synthesiseTestStack();
  origin = await startRecordingOrigin();
  cloud = await startCloud({
    assemblyDir: assembly.directory,
    port: 0,
    hosts: { 'origin.test': origin.url },
    createServices: noServices,
  });
});

afterAll(async () => {
  await cloud?.close();
  await origin?.close();
  assembly?.remove();
});

beforeEach(() => {
  origin.received.length = 0;
  origin.answer = (response) => response.end('ok');
});

afterEach(() => cloud?.faults.set({ service: 'lambda:authorizer', fault: 'none' }));

const json = (answer: RawAnswer) => JSON.parse(answer.body.toString());

describe('a request to the origin', () => {
  test.each([
    '/',
    '/?',
    '/about',
    '/about/',
    '/a%2Fb/c%20d',
    '/%7Euser/%e2%82%AC',
    '//double//slashes/',
    "/a;b=c/d,e:@!$&'()*+",
    '/x?a=1&a=2&b=%20+%2B&c&d=&=e',
    '/x?a=b?c=d&e=/f/..',
    '/../x/./y',
    '/broken%zz?broken=%',
  ])('goes to %s as it is', async (target) => {
    const answer = await send(cloud.url, target);
    expect([answer.status, answer.body.toString()]).toEqual([200, 'ok']);
    expect(origin.received.map((request) => request.target)).toEqual([target]);
  });

  test('keeps its verb, header fields and body, binary and repeated ones too', async () => {
    const body = Buffer.from(Array.from({ length: 256 }, (_value, index) => index));
    await send(cloud.url, '/upload', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/octet-stream', Cookie: 'a=1; b="2"', 'X-Twice': ['1', '2'] },
      body,
    });
    const [received] = origin.received;
    expect(received?.method).toBe('PATCH');
    expect(received?.body.equals(body)).toBe(true);
    const fields = received?.fields.join('\n') ?? '';
    expect(fields).toContain('Content-Type\napplication/octet-stream');
    expect(fields).toContain('Cookie\na=1; b="2"');
    expect(fields).toContain('X-Twice\n1\nX-Twice\n2');
  });

  test("names the origin as its host and carries the template's secret, whatever the caller says", async () => {
    await send(cloud.url, '/x', {
      headers: { 'x-origin-secret': 'guess', Connection: 'x-hop', 'X-Hop': '1' },
    });
    const fields = origin.received[0]?.fields ?? [];
    expect(fields.slice(0, 2)).toEqual(['Host', 'origin.test']);
    const names = fields.filter((_field, index) => index % 2 === 0).map((name) => name.toLowerCase());
    expect(names.filter((name) => name === 'x-origin-secret')).toHaveLength(1);
    expect(fields.join('\n')).toContain('X-Origin-Secret\nthe secret');
    expect(names).not.toContain('x-hop');
  });

  test('gets the answer as the origin gave it', async () => {
    const body = Buffer.from([0xff, 0x00, 0x80]);
    origin.answer = (response) => {
      response.writeHead(418, [
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2',
        'X-CASE',
        'Kept',
        'Content-Type',
        'image/x',
      ]);
      response.end(body);
    };
    const answer = await send(cloud.url, '/image');
    expect(answer.status).toBe(418);
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.fields).toContain('X-CASE');
    expect(answer.body.equals(body)).toBe(true);
  });

  test.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])(
    '%s reaches the origin as %s',
    async (method) => {
      origin.answer = (response) => response.writeHead(200, { 'Content-Length': 5 }).end('12345');
      const answer = await send(cloud.url, '/verbs', { method });
      expect(origin.received[0]?.method).toBe(method);
      expect(answer.headers['content-length']).toBe('5');
      expect(answer.body.toString()).toBe(method === 'HEAD' ? '' : '12345');
    },
  );

  test('that the origin breaks off is answered 504, and a POST is not sent twice', async () => {
    await send(cloud.url, '/x');
    origin.answer = (response) => response.destroy();
    const answer = await send(cloud.url, '/x', { method: 'POST' });
    expect([answer.status, json(answer).type]).toEqual([504, 'INTEGRATION_FAILURE']);
    expect(origin.received.map(({ method }) => method)).toEqual(['GET', 'POST']);
  });

  test("that takes longer than the integration's timeout is answered 504", async () => {
    origin.answer = () => undefined;
    const answer = await send(cloud.url, '/x');
    expect([answer.status, json(answer).type]).toEqual([504, 'INTEGRATION_TIMEOUT']);
  });

  test('with more than 10 MB is answered 413 and does not reach it', async () => {
    const answer = await send(cloud.url, '/x', { method: 'POST', body: Buffer.alloc(10 * 1024 * 1024 + 1) });
    expect([answer.status, json(answer).type]).toEqual([413, 'REQUEST_TOO_LARGE']);
    expect(origin.received).toEqual([]);
  });
});

describe('the authorizer', () => {
  test('gets the event of a REST API', async () => {
    const answer = await send(cloud.url, '/echo/a%20b?x=1&x=2&y=%C3%BC+z', {
      headers: { 'X-Twice': ['1', '2'] },
    });
    const echoed = json(answer);
    const event = JSON.parse(echoed.requestContext.authorizer.event);
    expect(event).toMatchObject({
      type: 'REQUEST',
      methodArn: expect.stringMatching(
        /^arn:aws:execute-api:us-east-1:000000000000:[a-z0-9]{10}\/live\/GET\/echo\/a%20b$/,
      ),
      resource: '/echo/{id}',
      path: '/echo/a%20b',
      httpMethod: 'GET',
      queryStringParameters: { x: '2', y: 'ü z' },
      multiValueQueryStringParameters: { x: ['1', '2'], y: ['ü z'] },
      pathParameters: { id: 'a%20b' },
      stageVariables: null,
      requestContext: {
        stage: 'live',
        path: '/echo/a%20b',
        resourcePath: '/echo/{id}',
        identity: { sourceIp: '127.0.0.1' },
      },
    });
    expect(event.headers['X-Twice']).toBe('2');
    expect(event.multiValueHeaders['X-Twice']).toEqual(['1', '2']);
    expect(event.requestContext.requestId).toBe(echoed.requestContext.requestId);
  });

  test("passes its context on as strings; a caller's header cannot change the source address", async () => {
    const answer = await send(cloud.url, '/echo', {
      headers: { 'X-Forwarded-For': '192.0.2.9', Forwarded: 'for=192.0.2.9' },
    });
    const { requestContext, headers } = json(answer);
    expect(requestContext.authorizer).toMatchObject({ principalId: 'p', count: '3', yes: 'true' });
    expect(requestContext.identity.sourceIp).toBe('127.0.0.1');
    expect(headers['X-Forwarded-For']).toBe('192.0.2.9, 127.0.0.1');
  });

  test('that denies decides over the body and headers of the answer', async () => {
    const context = {
      body: '{"reason":"say \\"hi\\" $context.requestId <b>\\n🙂"}',
      contentType: 'application/problem+json',
      retryAfter: '60',
    };
    const headers = {
      'X-Wish': 'deny',
      'X-Context': Buffer.from(JSON.stringify(context)).toString('base64'),
    };
    const answer = await send(cloud.url, '/x', { method: 'POST', headers });
    expect(answer.status).toBe(503);
    expect(answer.body.toString()).toBe(context.body);
    expect(answer.headers).toMatchObject({ 'content-type': 'application/problem+json', 'retry-after': '60' });
    const head = await send(cloud.url, '/x', { method: 'HEAD', headers });
    expect([head.status, head.body.length, head.headers['retry-after']]).toEqual([503, 0, '60']);
    expect(origin.received).toEqual([]);
  });

  test('may allow the method it was asked about by name, and denies what its policy does not name', async () => {
    expect((await send(cloud.url, '/x', { headers: { 'X-Wish': 'own' } })).status).toBe(200);
    expect((await send(cloud.url, '/x', { headers: { 'X-Wish': 'other' } })).status).toBe(503);
  });

  test.each([
    ['nothing', 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['no principal', 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['no policy', 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['number key', 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['nested', 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['large', 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['throw', 'AUTHORIZER_FAILURE'],
    ['exit', 'AUTHORIZER_FAILURE'],
    ['hang', 'AUTHORIZER_FAILURE'],
    ['unauthorized', 'UNAUTHORIZED'],
  ])('that gives "%s" ends in %s, and nothing reaches the origin', async (wish, type) => {
    const answer = await send(cloud.url, '/x', { headers: { 'X-Wish': wish } });
    expect([answer.status, json(answer).type, answer.headers['retry-after']]).toEqual([503, type, '5']);
    expect(origin.received).toEqual([]);
    expect((await send(cloud.url, '/x')).status).toBe(200);
  });

  test('is asked no more by a method that lost it, until the method has it back', async () => {
    const lost = { method: 'ANY', path: '/{proxy+}' };
    cloud.faults.set({ service: 'lambda:authorizer', fault: 'throttled' });
    const statuses = async () =>
      Promise.all(['/about', '/'].map(async (target) => (await send(cloud.url, target)).status));
    cloud.drift.unguard(lost);
    const without = await statuses();
    cloud.drift.guard(lost);
    expect([without, await statuses()]).toEqual([
      [200, 503],
      [503, 503],
    ]);
  });

  test('that is killed in the midst of a request ends in AUTHORIZER_FAILURE', async () => {
    const begun = new Promise<void>((resolve) => {
      const stop = cloud.logs.onEntry(({ message }) => {
        if (!message.includes('hanging')) return;
        stop();
        resolve();
      });
    });
    const underWay = send(cloud.url, '/x', { headers: { 'X-Wish': 'hang' } });
    await begun;
    cloud.faults.set({ service: 'lambda:authorizer', fault: 'down' });
    expect(json(await underWay).type).toBe('AUTHORIZER_FAILURE');
    expect(json(await send(cloud.url, '/x')).type).toBe('AUTHORIZER_FAILURE');
  });
});

describe('a function behind the API', () => {
  test('gets a body in Base64, since every media type is binary, and null without one', async () => {
    const posted = json(await send(cloud.url, '/echo', { method: 'POST', body: '{"a":1}' }));
    expect([posted.isBase64Encoded, Buffer.from(posted.body, 'base64').toString()]).toEqual([
      true,
      '{"a":1}',
    ]);
    const bare = json(await send(cloud.url, '/echo'));
    expect([bare.isBase64Encoded, bare.body]).toEqual([false, null]);
  });

  test('does not get an event that is larger than Lambda takes', async () => {
    const answer = await send(cloud.url, '/echo', { method: 'POST', body: Buffer.alloc(5 * 1024 * 1024) });
    expect([answer.status, json(answer).type]).toEqual([413, 'REQUEST_TOO_LARGE']);
    expect(cloud.logs.entries({ group: GATEWAY_LOG }).at(-1)?.message).toContain('too large');
  });

  test('answers with status, repeated headers, bytes or nothing', async () => {
    const made = await send(cloud.url, '/echo?wish=cookies');
    expect([made.status, made.body.toString(), made.headers['x-one']]).toEqual([201, 'made', '1']);
    expect(made.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    const binary = await send(cloud.url, '/echo?wish=binary');
    expect([binary.headers['content-type'], [...binary.body]]).toEqual(['image/png', [0, 255, 128]]);
    const empty = await send(cloud.url, '/echo?wish=empty');
    expect([empty.status, empty.body.length, empty.headers['content-length']]).toEqual([204, 0, undefined]);
  });

  test.each(['throw', 'no status', 'no text', 'unknown field'])(
    'that gives "%s" is answered 502 without its internals',
    async (wish) => {
      const answer = await send(cloud.url, `/echo?wish=${encodeURIComponent(wish)}`);
      expect([answer.status, json(answer)]).toEqual([
        502,
        { type: 'DEFAULT_5XX', message: 'Internal server error' },
      ]);
    },
  );

  test('that may not run once more is answered with an error of the gateway', async () => {
    expect((await send(cloud.url, '/busy')).status).toBe(502);
  });
});

describe('the API', () => {
  test('answers by itself where the integration is a mock', async () => {
    const answer = await send(cloud.url, '/mock', {
      method: 'PUT',
      headers: { 'Content-Type': 'text/plain' },
      body: 'x',
    });
    expect([answer.status, json(answer), answer.headers['cache-control']]).toEqual([
      200,
      { resource: '/mock' },
      'no-store',
    ]);
  });

  test('cannot apply the template of a mock to a binary request, as on AWS', async () => {
    const answer = await send(cloud.url, '/mock/binary');
    expect([answer.status, json(answer).type]).toEqual([500, 'API_CONFIGURATION_ERROR']);
  });

  test('writes its access log in the format of the stage', async () => {
    const before = cloud.logs.entries({ group: ACCESS_LOG }).length;
    await send(cloud.url, '/secret-token/x');
    await send(cloud.url, '/x', { headers: { 'X-Wish': 'throw' } });
    expect(
      cloud.logs
        .entries({ group: ACCESS_LOG })
        .slice(before)
        .map(({ message }) => JSON.parse(message)),
    ).toEqual([
      { resource: '/{proxy+}', status: '200', ip: '127.0.0.1', type: '-', id: expect.any(String) },
      {
        resource: '/{proxy+}',
        status: '503',
        ip: '127.0.0.1',
        type: 'AUTHORIZER_FAILURE',
        id: expect.any(String),
      },
    ]);
  });

  test("hands the local cloud's own paths over, and no others", async () => {
    expect((await send(cloud.url, '/_local/logs?since=x')).body.toString()).toBe(
      'local /_local/logs?since=x',
    );
    expect((await send(cloud.url, '/console')).body.toString()).toBe('local /console');
    expect((await send(cloud.url, '/consoles')).body.toString()).toBe('ok');
  });

  test.each(['evil.test', 'localhost', 'localhost:1', '192.168.0.1:80'])(
    'is not to be reached as %s',
    async (host) => {
      const answer = await send(cloud.url, '/x', { headers: { Host: host } });
      expect(answer.status).toBe(403);
      expect(origin.received).toEqual([]);
    },
  );

  test.each([
    ['an absolute target', 'GET http://localhost/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
    ['no path', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'],
    ['no HTTP', 'hello\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('answers 400 to a request with %s', async (_what, bytes) => {
    expect(await sendBytes(cloud.url, bytes)).toMatch(/^HTTP\/1\.1 400 /);
    expect(origin.received).toEqual([]);
  });

  test('runs what the stack runs at its deployment', () => {
    expect(cloud.logs.entries({ group: 'triggered' }).map(({ message }) => message)).toEqual([
      expect.stringMatching(/deployed$/),
    ]);
  });
});

describe('a cloud of its own', () => {
  test('throttles as its stage says', async () => {
    const slow = synthesiseTestStack({ rateLimit: 1, burstLimit: 2 });
    const other = await startCloud({
      assemblyDir: slow.directory,
      port: 0,
      hosts: { 'origin.test': origin.url },
      createServices: noServices,
      sourceAddress: () => '192.0.2.7',
    });
    try {
      const statuses = [];
      for (let index = 0; index < 3; index++) statuses.push((await send(other.url, '/mock')).status);
      expect(statuses).toEqual([200, 200, 429]);
      expect(other.logs.entries({ group: ACCESS_LOG })[0]?.message).toContain('192.0.2.7');
    } finally {
      await other.close();
      slow.remove();
    }
  });

  test('holds a method that requires an API key to the usage plan of the key', async () => {
    const metered = (key?: string) =>
      send(cloud.url, '/metered', { headers: key === undefined ? {} : { 'x-API-key': key } });
    expect((await metered()).status).toBe(403);
    expect(json(await metered('unknown'))).toEqual({ type: 'INVALID_API_KEY', message: 'Forbidden' });
    const answers = [];
    for (let index = 0; index < 4; index++) answers.push((await metered(TEST_API_KEY)).status);
    expect(answers.slice(0, 2)).toEqual([200, 200]);
    expect(answers).toContain(429);
    expect((await send(cloud.url, '/mock')).status).toBe(200);
  });

  test('does not start where the template sends requests to a host it has no address for', async () => {
    const starting = startCloud({
      assemblyDir: assembly.directory,
      port: 0,
      hosts: {},
      createServices: noServices,
    });
    await expect(starting).rejects.toThrow('"origin.test"');
  });

  test('does not start from a folder that holds no assembly', async () => {
    const starting = startCloud({ assemblyDir: '/nowhere', port: 0, hosts: {}, createServices: noServices });
    await expect(starting).rejects.toThrow('synthesise the stack first');
  });
});
