import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { BUILT_IN_RULES } from '../../../../core/decision/built-in-rules.ts';
import { classify, createClassifier } from '../../../../core/decision/classify.ts';

interface Route {
  readonly method: string;
  readonly path: string;
}

const read = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../support/${file}`, import.meta.url), 'utf8'));

/** Routes of common frameworks, and routes that only look alike. */
const KNOWN: {
  readonly authentication: readonly Route[];
  readonly blocked_in_normal_mode: readonly Route[];
} = read('sign-in-routes.json');

/** Writes of public APIs of every kind. */
const PUBLIC_WRITES: readonly Route[] = read('public-api-writes.json');

const routes = (lines: readonly string[]): Route[] =>
  lines.map((line) => {
    const [method = '', path = ''] = line.split(' ');
    return { method, path };
  });

const typeOf = ({ method, path }: Route) => classify(method, path).operation;

describe('people sign in and out by', () => {
  test.each(KNOWN.authentication)('$method $path', (route) => {
    expect(typeOf(route)).toBe('authentication');
  });

  test.each(
    routes([
      'HEAD /login',
      'GET /logout_all',
      'GET /user-management/login',
      'POST /accounts/2fa/authenticate/',
      'POST /users/auth/google_oauth2',
      'POST /users/log_in',
      'DELETE /users/log_out',
      'POST /two-factor-challenge',
      'POST /Account/LoginWith2fa',
      'GET /signout-callback-oidc',
      'POST /signin-oidc',
      'GET /.auth/login/aad',
      'POST /api/auth/two-factor/verify-totp',
      'POST /realms/shop/login-actions/authenticate',
      'POST /wp-json/jwt-auth/v1/token/validate',
      'POST /api/users/refresh-token',
      'POST /api/collections/users/request-otp',
      'POST /auth/v1/otp',
      'POST /perform_login',
      'POST /j_spring_security_check',
      'POST /login/saml2/sso/okta',
      'POST /saml/acs',
      'POST /rest/auth/1/session',
      'POST /rest/V1/integration/customer/token',
      'POST /web/session/authenticate',
      'POST /login/index.php',
      'DELETE /_allauth/browser/v1/auth/session',
      'POST /api/two-factor/login',
      'GET /auth/github/redirect',
      'POST /users/sign_in.json',
    ]),
  )('$method $path', (route) => {
    expect(typeOf(route)).toBe('authentication');
  });
});

describe('nobody signs in by', () => {
  test.each(KNOWN.blocked_in_normal_mode)('$method $path', (route) => {
    expect(typeOf(route)).not.toBe('authentication');
  });

  test.each(
    routes([
      'PUT /login',
      'PATCH /session',
      'DELETE /login',
      'DELETE /users/login',
      'POST /login/history',
      'POST /visits/5/sign-in',
      'POST /a/b/c/d/e/f/login',
      'POST /settings/login',
      'POST /oauth/clients',
      'DELETE /oauth/tokens/5',
      'POST /auth/register',
      'POST /api/auth/sign-up/email',
      'POST /auth/forgot-password',
      'POST /auth/password/reset',
      'POST /auth/verify-email',
      'POST /api/auth/two-factor/enable',
      'POST /users/mfa',
      'POST /webauthn/register/finish',
      'POST /payments/verify-otp',
      'POST /payments/authorize',
      'POST /orders/5/callback',
      'POST /webhooks/callback',
      'POST /checkout/session',
      'POST /push/token',
      'POST /authors',
      'POST /sso/providers',
      'GET /admin/security/csrf',
    ]),
  )('$method $path', (route) => {
    expect(typeOf(route)).not.toBe('authentication');
  });

  /** What every route for signing in has somewhere in its path. */
  const WORD =
    /log|sign|auth|sso|saml|oidc|openid|token|jwt|session|callback|csrf|otp|mfa|2fa|factor|security_check/i;

  test.each(PUBLIC_WRITES)('$method $path, unless it says so', (route) => {
    if (!WORD.test(route.path)) expect(typeOf(route)).not.toBe('authentication');
  });
});

describe('among rules', () => {
  const withOwn = (path: string) =>
    createClassifier([[{ method: 'ANY', path, operation: 'orders' }], BUILT_IN_RULES]);

  test('a greedy one leaves signing in alone', () => {
    expect(withOwn('/{all+}')('POST', '/users/sign_in').operation).toBe('authentication');
    expect(withOwn('/users/{path+}')('DELETE', '/users/sign_out').operation).toBe('authentication');
    expect(withOwn('/{all+}')('PUT', '/users/login').operation).toBe('orders');
  });

  test('one that names the route is obeyed', () => {
    expect(withOwn('/users/sign_in')('POST', '/users/sign_in').operation).toBe('orders');
    expect(classify('POST', '/generate_caption/login').operation).toBe('caption_generation');
  });

  test('the request itself stands for the rule', () => {
    expect(classify('POST', '/Users/sign_in/').rule).toEqual({
      method: 'POST',
      path: '/users/sign_in',
      operation: 'authentication',
    });
  });
});

test('a path made to be slow is not', () => {
  const path = `/${'auth/auth-'.repeat(400)}/login${'-sso-saml'.repeat(400)}_/${'a/'.repeat(1000)}`;
  const start = process.cpuUsage();
  expect(typeOf({ method: 'POST', path })).not.toBe('authentication');
  expect(process.cpuUsage(start).user).toBeLessThan(250_000);
});
