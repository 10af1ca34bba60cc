import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRedisSettings } from '../../../../adapters/redis/redis-settings.ts';

const server = { host: 'cache.example.com', port: 6379, tls: true };
const iam = { type: 'iam', user: 'gate', cache: 'sessions', serverless: true };

describe('The settings of Redis', () => {
  test.each([
    ['IAM', { ...server, auth: iam }],
    ['IAM at a replication group', { ...server, auth: { ...iam, serverless: false } }],
    ['a password', { ...server, auth: { type: 'password', user: null, password: '"{' } }],
    ['user and password', { ...server, auth: { type: 'password', user: 'app', password: 'p' } }],
    ['nothing', { ...server, tls: false, auth: { type: 'none' } }],
  ])('are read with %s', (_, settings) => {
    expect(parseRedisSettings(JSON.stringify(settings))).toEqual(settings);
  });

  test.each([
    ['', 'the text must be JSON'],
    ['redis://localhost', 'the text must be JSON'],
    ['null', 'the text must be an object'],
    ['[]', 'the text must be an object'],
    [JSON.stringify({ ...server, host: '', auth: iam }), 'host must be a text that is not empty'],
    [JSON.stringify({ ...server, port: '6379', auth: iam }), 'port must be a whole number from 1 to 65535'],
    [JSON.stringify({ ...server, port: 0, auth: iam }), 'port must be a whole number from 1 to 65535'],
    [JSON.stringify({ ...server, port: 65_536, auth: iam }), 'port must be a whole number from 1 to 65535'],
    [JSON.stringify({ ...server, tls: 'true', auth: iam }), 'tls must be true or false'],
    [JSON.stringify(server), 'auth must be an object'],
    [JSON.stringify({ ...server, auth: { type: 'IAM' } }), 'auth.type must be "iam", "password" or "none"'],
    [
      JSON.stringify({ ...server, auth: { ...iam, user: null } }),
      'auth.user must be a text that is not empty',
    ],
    [
      JSON.stringify({ ...server, auth: { ...iam, cache: 7 } }),
      'auth.cache must be a text that is not empty',
    ],
    [
      JSON.stringify({ ...server, auth: { type: 'iam', user: 'u', cache: 'c' } }),
      'auth.serverless must be true',
    ],
    [JSON.stringify({ ...server, auth: { type: 'password', user: null } }), 'auth.password must be a text'],
  ])('%s is refused', (text, message) => {
    expect(() => parseRedisSettings(text)).toThrow(`Settings of Redis: ${message}`);
  });

  test('what is wrong is told without the password', () => {
    const password = 'hunter2-hunter2';
    const right = JSON.stringify({ ...server, auth: { type: 'password', user: null, password } });
    fc.assert(
      fc.property(fc.nat(right.length - 1), (length) => {
        expect(() => parseRedisSettings(right.slice(0, length))).toThrow(/^(?!.*hunter2).*must be JSON/);
      }),
    );
  });
});
