import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { holdsSecret, methodProblem, templateProblem } from '../../../../core/decision/rule.ts';
import { rule } from '../../../support/arbitraries.ts';

describe('path templates', () => {
  test.each([
    '/',
    '/login',
    '/api/users/{user_id}',
    '/{proxy+}',
    '/images/{filename+}',
    '/a/{b}/c/{d-e}/{f+}',
    '/.well-known/x',
    '/my%20files',
    '/é',
    '/a:b@c',
    '/__proto__/{constructor}',
  ])('%s can be used', (template) => {
    expect(templateProblem(template)).toBeNull();
  });

  test.each([
    ['', 'a path template begins with "/"'],
    ['login', 'a path template begins with "/"'],
    ['/login/', 'no empty segments and no trailing slash'],
    ['//login', 'no empty segments and no trailing slash'],
    ['/{rest+}/more', '"{rest+}" may only stand at the end'],
    ['/users/{}', '"{}" is neither a literal segment nor {name} nor {name+}'],
    ['/users/{id', '"{id" is neither'],
    ['/users/id}', '"id}" is neither'],
    ['/users/{id}.json', '"{id}.json" is neither'],
    ['/users/{a b}', '"{a b}" is neither'],
    ['/users/{+}', '"{+}" is neither'],
    ['/users?x=1', '"users?x=1" is neither'],
    ['/users#x', '"users#x" is neither'],
    ['/my files', '"my files" is neither'],
    ['/100%', '"100%" is neither'],
    ['/100%zz', '"100%zz" is neither'],
  ])('%j is refused', (template, message) => {
    expect(templateProblem(template)).toContain(message);
  });

  test('every template of the generated rules can be used', () => {
    fc.assert(fc.property(rule, ({ path }) => expect(templateProblem(path)).toBeNull()));
  });
});

describe('methods', () => {
  test.each(['GET', 'POST', 'ANY', 'PROPFIND'])('%s can be used', (method) => {
    expect(methodProblem(method)).toBeNull();
  });

  test.each(['', 'get', 'Get', '*', 'GET,POST', 'GET ', 'X'.repeat(21), '__proto__'])(
    '%j is refused by name',
    (method) => {
      expect(methodProblem(method)).toBe(`"${method}" is not an HTTP verb in upper case, nor ANY`);
    },
  );
});

test.each([
  ['/reset-password/{token}', true],
  ['/files/{secret+}', true],
  ['/confirm/{Code}', true],
  ['/token/{id}', false],
  ['/token', false],
  ['/x/{tokenizer}', false],
])('%s holds a secret: %s', (template, expected) => {
  expect(holdsSecret(template)).toBe(expected);
});
