import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BUILT_IN_RULES } from '../../../../core/decision/built-in-rules.ts';
import { classify, createClassifier } from '../../../../core/decision/classify.ts';
import { InvalidTemplateError } from '../../../../core/decision/route-matcher.ts';
import type { Rule } from '../../../../core/decision/rule.ts';
import { OPERATION_TYPES } from '../../../../core/messages/operation-texts.ts';
import { hostileSpelling, rulePath } from '../../../support/arbitraries.ts';
import { ORIGIN_ROUTES as routes, samplePath as sample } from '../../../support/origin-routes.ts';

describe('the routes of the sample application', () => {
  test.each(routes)('$method $path is $type', ({ method, path, type }) => {
    expect(classify(method, sample(path)).operation).toBe(type);
  });

  test.each([
    ['POST', '/start_caption_generation', 'caption_generation'],
    ['POST', '/caption/start', 'caption_generation'],
    ['POST', '/api/regenerate_caption/7', 'caption_generation'],
    ['POST', '/api/jobs', 'job_creation'],
    ['POST', '/api/add_platform', 'platform_operations'],
    ['POST', '/api/switch_platform/7', 'platform_operations'],
    ['GET', '/api/get_platform/7', 'read_operations'],
    ['POST', '/review_batches', 'batch_operations'],
    ['POST', '/profile', 'user_data_modification'],
    ['POST', '/user-management/register', 'user_data_modification'],
    ['POST', '/user-management/change-password', 'user_data_modification'],
    ['POST', '/user-management/reset-password/s3cret', 'user_data_modification'],
    ['GET', '/user-management/reset-password/s3cret', 'read_operations'],
    ['POST', '/gdpr/privacy-request', 'user_data_modification'],
    ['POST', '/upload', 'image_processing'],
    ['GET', '/images/a/b.png', 'read_operations'],
    ['GET', '/login', 'authentication'],
    ['POST', '/login', 'authentication'],
    ['GET', '/user-management/logout', 'authentication'],
    ['GET', '/', 'read_operations'],
  ])('%s %s is %s', (method, path, operation) => {
    expect(classify(method, path).operation).toBe(operation);
  });
});

describe('a GET that changes something is the write it is', () => {
  test.each([
    ['/api/switch_platform/7', 'platform_operations'],
    ['/switch_platform/7', 'platform_operations'],
    ['/platforms/7/switch', 'platform_operations'],
    ['/post_approved', 'batch_operations'],
    ['/verify-email/s3cret', 'user_data_modification'],
    ['/gdpr/confirm/s3cret', 'user_data_modification'],
  ])('%s', (path, operation) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      expect([method, classify(method, path).operation]).toEqual([method, operation]);
    }
  });
});

describe('without a rule', () => {
  test.each([
    ['GET', 'read_operations'],
    ['HEAD', 'read_operations'],
    ['OPTIONS', 'read_operations'],
    ['POST', 'unknown'],
    ['PUT', 'unknown'],
    ['PATCH', 'unknown'],
    ['DELETE', 'unknown'],
    ['TRACE', 'unknown'],
    ['CONNECT', 'unknown'],
    ['PROPFIND', 'unknown'],
    ['get', 'unknown'],
    ['Get', 'unknown'],
    ['post', 'unknown'],
    ['', 'unknown'],
    ['GET ', 'unknown'],
    ['__proto__', 'unknown'],
    ['constructor', 'unknown'],
    ['ANY', 'unknown'],
  ])('%j is %s', (method, operation) => {
    expect(classify(method, '/nothing/known')).toEqual({
      operation,
      rule: null,
      canonicalPath: '/nothing/known',
    });
  });

  test.each(['/__proto__', '/constructor', '/toString', '/constructor/prototype', '/__proto__/__proto__'])(
    'POST %s is unknown',
    (path) => {
      expect(classify('POST', path).operation).toBe('unknown');
    },
  );
});

test('a malformed path is unknown, whatever its verb', () => {
  const method = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE');
  fc.assert(
    fc.property(method, rulePath.chain(hostileSpelling), (asked, path) => {
      expect(classify(asked, path)).toEqual({ operation: 'unknown', rule: null, canonicalPath: null });
    }),
  );
});

describe('several sets of rules', () => {
  const own: readonly Rule[] = [
    { method: 'POST', path: '/{anything+}', operation: 'newsletter' },
    { method: ['GET', 'PUT'], path: '/digest', operation: 'newsletter' },
  ];
  const classifyWithOwn = createClassifier([own, BUILT_IN_RULES]);

  test("the owner's least specific rule goes before the most specific built-in one", () => {
    expect(classifyWithOwn('POST', '/start_caption_generation').operation).toBe('newsletter');
  });

  test('but leaves signing in alone, where it is greedy', () => {
    expect(classifyWithOwn('POST', '/login').operation).toBe('authentication');
    expect(classifyWithOwn('POST', '/admin/login').operation).toBe('authentication');
  });

  test('what the owner does not name is left to the built-in rules', () => {
    expect(classifyWithOwn('PUT', '/profile').operation).toBe('user_data_modification');
    expect(classifyWithOwn('GET', '/profile').operation).toBe('read_operations');
  });

  test('a list of verbs names each of them, and HEAD with its GET', () => {
    const found = ['GET', 'HEAD', 'PUT', 'PATCH'].map(
      (method) => classifyWithOwn(method, '/digest').operation,
    );
    expect(found).toEqual(['newsletter', 'newsletter', 'newsletter', 'unknown']);
  });

  test('the rule that decided is told', () => {
    expect(classifyWithOwn('PUT', '//Digest/?a').rule).toBe(own[1]);
    expect(classifyWithOwn('PUT', '//Digest/?a').canonicalPath).toBe('/digest');
  });

  test('a rule that cannot be used is refused', () => {
    expect(() => createClassifier([[{ method: 'GET', path: 'x', operation: 'a' }]])).toThrow(
      InvalidTemplateError,
    );
  });
});

test('every built-in rule names an operation type that exists', () => {
  const names = OPERATION_TYPES.map(({ name }) => name);
  expect(BUILT_IN_RULES.filter(({ operation }) => !names.includes(operation))).toEqual([]);
});

test('no built-in rule is hidden by another', () => {
  for (const rule of BUILT_IN_RULES) {
    const methods = rule.method === 'ANY' ? ['POST'] : [rule.method].flat();
    for (const method of methods) expect(classify(method, sample(rule.path)).rule).toEqual(rule);
  }
});
