import { describe, expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import type { ApiCall } from '../../../../core/http/api-call.ts';
import { Router } from '../../../../lambdas/http/router.ts';

const calls = Object.entries(API) as [string, ApiCall][];
const pathOf = (path: string) => `/api/maintenance${path.replaceAll(/\{\w+\}/g, 'x')}`;

test.each(calls)('%s is found at its own path, by the function that serves it only', (action, call) => {
  const other = call.servedBy === 'control' ? 'status' : 'control';
  const found = new Router(call.servedBy).find(call.method, pathOf(call.path));
  expect(found).toMatchObject({ action, call });
  expect(Object.keys(found.parameters)).toEqual(
    [...call.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name),
  );
  expect(() => new Router(other).find(call.method, pathOf(call.path))).toThrow(
    'The maintenance API has nothing at this path.',
  );
});

test('no two calls have the same method and path', () => {
  const places = calls.map(([, { method, path }]) => `${method} ${path.replaceAll(/\{\w+\}/g, '{}')}`);
  expect(new Set(places).size).toBe(places.length);
});

describe('paths', () => {
  const router = new Router('control');
  test('the base path is the same with and without its slash', () => {
    expect(router.find('PATCH', '/api/maintenance').action).toBe('update');
    expect(router.find('PATCH', '/api/maintenance/').action).toBe('update');
  });

  test.each([
    '',
    '/',
    '/api',
    '/api/maintenance//',
    '/api/maintenance/enable/',
    '/api/maintenance//enable',
    '/api/maintenance/ENABLE',
    '/api/maintenance/toString',
  ])('"%s" is nowhere', (path) => {
    expect(() => router.methodsOf(path)).toThrow('The maintenance API has nothing at this path.');
  });

  test('a path that is there names its methods, HEAD with GET', () => {
    expect(router.methodsOf('/api/maintenance/history')).toEqual(['GET', 'HEAD', 'OPTIONS']);
    expect(router.find('HEAD', '/api/maintenance/history').action).toBe('history');
    expect(() => router.find('HEAD', '/api/maintenance/enable')).toThrow('POST, OPTIONS');
  });
});
