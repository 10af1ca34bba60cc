import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cloud, type Received } from '../support/cloud.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud.stop());

async function lastReceived(): Promise<Received> {
  return (await cloud.received()).at(-1) as Received;
}

describe('what passes the authorizer reaches the origin unchanged', () => {
  test.each([
    '/echo/plain',
    '/echo/trailing/',
    '/echo/two//slashes',
    '/echo/UPPER/lower',
    '/echo/%C3%A4%20b/%7Ec',
    '/echo/a%2Fb',
    '/echo/a+b',
    "/echo/!$&'()*+,;=:@",
    '/echo/x?a=1&a=2&b=%20%26&c&d=',
    '/echo/x?',
    '/echo/x?q=a+b%2Bc',
    '/',
  ])('GET %s', async (path) => {
    await cloud.call('GET', path);
    expect(await lastReceived()).toMatchObject({ method: 'GET', url: path });
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('the bytes of a body with %s', async (method) => {
    const body = randomBytes(100_000);
    const headers = { 'Content-Type': 'application/octet-stream' };
    await cloud.call(method, '/echo/upload', { body, headers });
    expect(await lastReceived()).toMatchObject({
      method,
      bodySha256: createHash('sha256').update(body).digest('hex'),
    });
  });

  test('cookies, repeated headers and the caller’s own authorization', async () => {
    const headers = { Cookie: 'a=1; b="2"', 'X-Many': ['one', 'two'], Authorization: 'Basic abc' };
    const { text } = await cloud.call('GET', '/echo/headers', { headers });
    for (const part of ['a=1; b=\\"2\\"', 'one', 'two', 'Basic abc']) expect(text).toContain(part);
    const shown = JSON.stringify((await lastReceived()).rawHeaders);
    for (const secret of ['a=1', 'Basic abc']) expect(shown).not.toContain(secret);
  });

  test('an image comes back byte for byte', async () => {
    const direct = await fetch(`${cloud.local.origin}/images/sample.png`, { headers: await originSecret() });
    const through = await fetch(`${cloud.local.url}/images/sample.png`);
    expect(through.headers.get('content-type')).toBe('image/png');
    expect(Buffer.from(await through.arrayBuffer())).toEqual(Buffer.from(await direct.arrayBuffer()));
  });

  test('the cookie that the origin sets at sign-in', async () => {
    const answer = await cloud.call('POST', '/login', {
      body: new URLSearchParams({
        username: 'member',
        password: cloud.local.users.member.password,
      }).toString(),
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    expect(answer.headers['set-cookie']).toEqual([expect.stringMatching(/^session_id=[\w-]{20,}/)]);
  });
});

describe('there is no way round the authorizer', () => {
  test('the origin refuses who comes without the secret', async () => {
    expect((await fetch(`${cloud.local.origin}/profile`)).status).toBe(403);
  });

  test('a caller cannot overwrite the secret', async () => {
    const { text } = await cloud.call('GET', '/echo/secret', { headers: { 'X-Origin-Secret': 'guess' } });
    expect(text).not.toContain('guess');
  });
});

/** The header that the authorizer adds, as the origin's echo shows it. */
async function originSecret(): Promise<Record<string, string>> {
  const { rawHeaders } = JSON.parse((await cloud.call('GET', '/echo/any')).text) as Received;
  const place = rawHeaders.findIndex((name) => name.toLowerCase() === 'x-origin-secret');
  return { 'X-Origin-Secret': String(rawHeaders[place + 1]) };
}
