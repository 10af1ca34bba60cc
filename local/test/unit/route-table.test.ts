import { describe, expect, test } from '@jest/globals';
import { RouteTable } from '../../gateway/route-table.ts';

const table = new RouteTable(
  [
    ['/', 'ANY'],
    ['/{proxy+}', 'ANY'],
    ['/api', 'ANY'],
    ['/api/{proxy+}', 'ANY'],
    ['/api/users/me', 'GET'],
    ['/api/users/{id}', 'GET'],
    ['/api/users/{id}/posts', 'POST'],
    ['/api/users/{id}/{rest+}', 'DELETE'],
  ].map(([resourcePath = '', verb = '']) => ({
    resourcePath,
    methods: new Map([[verb, `${verb} ${resourcePath}`]]),
  })),
);

describe('which method of the API serves a request', () => {
  test.each([
    ['GET', '/', 'ANY /', {}],
    ['GET', '/about', 'ANY /{proxy+}', { proxy: 'about' }],
    ['GET', '/about/', 'ANY /{proxy+}', { proxy: 'about/' }],
    ['GET', '//about', 'ANY /{proxy+}', { proxy: '/about' }],
    ['GET', '/a%2Fb', 'ANY /{proxy+}', { proxy: 'a%2Fb' }],
    ['GET', '/api', 'ANY /api', {}],
    ['GET', '/api/', 'ANY /api', {}],
    ['GET', '/API', 'ANY /{proxy+}', { proxy: 'API' }],
    ['GET', '/api/users/me', 'GET /api/users/me', {}],
    ['GET', '/api/users/7', 'GET /api/users/{id}', { id: '7' }],
    ['POST', '/api/users/me', 'ANY /api/{proxy+}', { proxy: 'users/me' }],
    ['POST', '/api/users/7/posts', 'POST /api/users/{id}/posts', { id: '7' }],
    ['GET', '/api/users/7/posts', 'ANY /api/{proxy+}', { proxy: 'users/7/posts' }],
    ['DELETE', '/api/users/7/posts/1', 'DELETE /api/users/{id}/{rest+}', { id: '7', rest: 'posts/1' }],
    ['GET', '/api//users', 'ANY /api/{proxy+}', { proxy: '/users' }],
  ])('%s %s is %s', (verb, path, method, pathParameters) => {
    expect(table.find(verb, path)).toMatchObject({ method, pathParameters });
  });

  test('a path or verb that the API does not have is served by none', () => {
    const small = new RouteTable([{ resourcePath: '/only', methods: new Map([['GET', 'only']]) }]);
    expect(small.find('POST', '/only')).toBeUndefined();
    expect(small.find('GET', '/other')).toBeUndefined();
    expect(small.find('GET', '/')).toBeUndefined();
  });

  test('a parameter stands for exactly one segment that is not empty', () => {
    const small = new RouteTable([{ resourcePath: '/a/{id}/b', methods: new Map([['GET', 'b']]) }]);
    expect(small.find('GET', '/a/1/b')).toBeDefined();
    expect(small.find('GET', '/a//b')).toBeUndefined();
    expect(small.find('GET', '/a/1/2/b')).toBeUndefined();
  });
});
