import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { isLocalOrigin } from '../../gateway/host-check.ts';
import { admit } from '../../services/admission.ts';

const PORT = 4566;
const HOST = { host: `127.0.0.1:${PORT}` };
const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/x/aws4_request' };
const SIGN_IN = { 'x-amz-target': 'AWSCognitoIdentityProviderService.InitiateAuth' };
const INVOKE = '/2015-03-31/functions/control/invocations';
const KEYS = '/pool_1/.well-known/jwks.json';
const PAGE = { origin: 'http://localhost:5000', 'sec-fetch-site': 'cross-site' };
const EVIL = { origin: 'http://evil.example:5699' };

const admitting = (method: string, url: string, headers: IncomingMessage['headers']) => () =>
  admit(
    { method, url, headers: { ...HOST, ...headers } } as IncomingMessage,
    PORT,
    new Set(['InitiateAuth']),
  );

describe('the AWS endpoint lets through', () => {
  test.each([
    ['a signed call', 'POST', '/', SIGNED],
    ['a signed call by another local name', 'POST', INVOKE, { ...SIGNED, host: `localhost:${PORT}` }],
    ['a sign-in of a program', 'POST', '/', SIGN_IN],
    ['a sign-in of a page of this machine', 'POST', '/', { ...SIGN_IN, ...PAGE }],
    ['its preflight', 'OPTIONS', '/', PAGE],
    ['the keys', 'GET', KEYS, PAGE],
    ['the keys’ preflight', 'OPTIONS', KEYS, PAGE],
  ])('%s', (_what, method, url, headers) => {
    expect(admitting(method, url, headers)).not.toThrow();
  });
});

describe('the AWS endpoint refuses', () => {
  test.each([
    ['another name', 'POST', '/', { ...SIGNED, host: `evil.example:${PORT}` }],
    ['another port', 'POST', '/', { ...SIGNED, host: '127.0.0.1:80' }],
    ['a sign-in by another name', 'POST', '/', { ...SIGN_IN, host: `evil.example:${PORT}` }],
    ['no name', 'POST', '/', { ...SIGNED, host: undefined }],
    ['an unsigned call', 'POST', '/', { 'x-amz-target': 'DynamoDB_20120810.Scan' }],
    ['an unsigned invocation', 'POST', INVOKE, {}],
    ['an invocation in the guise of a sign-in', 'POST', INVOKE, SIGN_IN],
    [
      'an administration of users',
      'POST',
      '/',
      { 'x-amz-target': 'AWSCognitoIdentityProviderService.AdminGetUser' },
    ],
    ['a signed call of a foreign page', 'POST', '/', { ...SIGNED, ...EVIL }],
    ['a signed call of a page of this machine', 'POST', '/', { ...SIGNED, ...PAGE }],
    [
      'a signed call that a browser says is of another site',
      'GET',
      INVOKE,
      { ...SIGNED, 'sec-fetch-site': 'cross-site' },
    ],
    ['a sign-in of a foreign page', 'POST', '/', { ...SIGN_IN, ...EVIL }],
    ['a sign-in of a page without an origin', 'POST', '/', { ...SIGN_IN, origin: 'null' }],
    ['a foreign page’s preflight', 'OPTIONS', '/', EVIL],
    ['another preflight', 'OPTIONS', INVOKE, PAGE],
  ])('%s', (_what, method, url, headers) => {
    expect(admitting(method, url, headers)).toThrow(expect.objectContaining({ status: 403 }));
  });
});

test.each([
  ['http://localhost:5000', true],
  ['http://127.0.0.1:5000', true],
  ['http://[::1]:5000', true],
  ['http://localhost:9999', false],
  ['http://localhost', false],
  ['http://localhost.evil.example:5000', false],
  ['null', false],
])('a page of %s is one of this port: %s', (origin, expected) => {
  expect(isLocalOrigin(origin, 5000)).toBe(expected);
});
