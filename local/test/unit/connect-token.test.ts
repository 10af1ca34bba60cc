import { describe, expect, test } from '@jest/globals';
import { checkConnectToken, parseConnectToken, TokenRefused } from '../../services/cache/connect-token.ts';
import { connectToken, type TokenParts } from '../support/connect-token.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const CREDENTIALS = { accessKeyId: 'LOCALRole', secretAccessKey: 'local', sessionToken: 'local' };

const make = (parts: Partial<TokenParts> = {}) =>
  connectToken({
    cache: 'sessions',
    user: 'gate',
    credentials: CREDENTIALS,
    date: '20260301T120000Z',
    ...parts,
  });

const check = (token: string, now = NOW) =>
  checkConnectToken(parseConnectToken(token), { cache: 'sessions', user: 'gate', now });

describe('a token lets its user in', () => {
  test.each([
    ['at once', make(), NOW],
    ['a second before it expires', make(), NOW + 899_000],
    ['from a clock that is five minutes ahead', make(), NOW - 300_000],
    ['when it is good for a second', make({ expires: 1 }), NOW],
  ])('%s', (_what, token, now) => {
    expect(() => check(token, now)).not.toThrow();
    expect(parseConnectToken(token).accessKeyId).toBe('LOCALRole');
  });

  test('with names and values that must be encoded', () => {
    const user = "a b/c+d=e&f~g'h(i)*é";
    expect(() =>
      checkConnectToken(parseConnectToken(make({ user })), { cache: 'sessions', user, now: NOW }),
    ).not.toThrow();
  });
});

describe('a token is refused', () => {
  test.each([
    ['for another cache', make({ cache: 'other' }), 'The cache is other, not sessions'],
    ['for another user', make({ user: 'keeper' }), 'User is keeper, not gate'],
    ['for another action', make({ action: 'Connect' }), 'Action is Connect'],
    ['for a replication group', make({ resourceType: '' }), 'ResourceType is '],
    ['for another service', make({ service: 'dynamodb' }), 'X-Amz-Credential is '],
    ['for another region', make({ region: 'eu-west-1' }), 'X-Amz-Credential is '],
    [
      'without a session token',
      make({ credentials: { ...CREDENTIALS, sessionToken: undefined } }),
      'Security-Token',
    ],
    [
      'with another secret',
      make({ credentials: { ...CREDENTIALS, secretAccessKey: 'x' } }),
      'X-Amz-Signature',
    ],
    ['for longer than 15 minutes', make({ expires: 901 }), 'X-Amz-Expires is 901'],
    ['for no time', make({ expires: 0 }), 'X-Amz-Expires is 0'],
    ['of a time that is none', make().replace(/Date=2026/, 'Date=2x26'), 'X-Amz-Credential is '],
    ['with a date that is none', make({ date: '20269901T120000Z' }), 'is not in the past'],
    ['with its signature changed', make().replace(/(Signature=)../, '$1zz'), 'X-Amz-Signature'],
    ['with a parameter more', `${make()}&X=1`, 'X-Amz-Signature'],
    ['with a parameter twice', `${make()}&User=gate`, 'not in order at User'],
    ['with a scheme', `http://${make()}`, 'no URL without a scheme'],
    ['that is no URL', 'password', 'no URL without a scheme'],
    ['that is empty', '', 'no URL without a scheme'],
    ['that cannot be decoded', 'sessions/?Action=%', "can't be decoded"],
  ])('%s', (_what, token, reason) => {
    expect(() => check(token)).toThrow(TokenRefused);
    expect(() => check(token)).toThrow(reason);
  });

  test.each([
    ['when it has expired', NOW + 900_000, 'expired 900 s after'],
    ['when it is from later', NOW - 301_000, 'is not in the past'],
  ])('%s', (_what, now, reason) => {
    expect(() => check(make(), now)).toThrow(reason);
  });
});
