import { describe, expect, test } from '@jest/globals';
import { alwaysAllowedProblem, alwaysAllowedRoutes } from '../../../../core/decision/always-allowed.ts';

const routes = alwaysAllowedRoutes(['/static/{proxy+}', 'POST /webhooks/{path+}', 'ANY /open']);

describe('what is always allowed', () => {
  test.each([
    ['GET', '/static/a.css', true],
    ['HEAD', '/static/a.css', true],
    ['PUT', '/static/a.css', false],
    ['DELETE', '/static/a.css', false],
    ['POST', '/webhooks/stripe', true],
    ['GET', '/webhooks/stripe', false],
    ['PATCH', '/open', true],
    ['GET', '/profile', false],
  ])('%s %s: %s', (method, path, expected) => {
    expect(routes.find(method, path) !== undefined).toBe(expected);
  });
});

describe('an entry', () => {
  test.each(['/static/{proxy+}', 'POST /webhooks/{path+}', 'ANY /open', '/'])('%s can be used', (entry) => {
    expect(alwaysAllowedProblem(entry)).toBeNull();
  });

  test.each([
    ['', /an entry is a path template/],
    ['static', /begins with "\/"/],
    ['post /webhooks', /"post" is not an HTTP verb in upper case/],
    ['POST', /begins with "\/"/],
    ['POST PUT /webhooks', /an entry is a path template/],
    ['GET /{a+}/b', /only stand at the end/],
  ])('%j can not', (entry, problem) => {
    expect(alwaysAllowedProblem(entry)).toMatch(problem);
  });
});
