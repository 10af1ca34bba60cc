import { describe, expect, test } from '@jest/globals';
import { RequestHeaders, type WithHeaders } from '../../../../lambdas/http/request-headers.ts';

describe('the values of a header', () => {
  test.each<[string, WithHeaders, readonly string[]]>([
    ['that is not there', { headers: { host: 'a' }, multiValueHeaders: {} }, []],
    ['of a request without any', {}, []],
    ['where API Gateway sends null', { headers: null, multiValueHeaders: null }, []],
    ['in another case', { multiValueHeaders: { ACCEPT: ['x'] } }, ['x']],
    ['that came twice', { multiValueHeaders: { Accept: ['x', 'y'] }, headers: { Accept: 'y' } }, ['x', 'y']],
    ['that came in two cases', { multiValueHeaders: { Accept: ['x'], accept: ['y'] } }, ['x', 'y']],
    ['that stands among the single ones only', { multiValueHeaders: {}, headers: { aCCept: 'x' } }, ['x']],
    ['whose list is empty', { multiValueHeaders: { Accept: [] }, headers: { accept: 'x' } }, ['x']],
    ['that is undefined', { multiValueHeaders: { accept: undefined }, headers: { accept: undefined } }, []],
  ])('%s', (_, source, values) => {
    expect(new RequestHeaders(source).values('accept')).toEqual(values);
  });

  test.each(['__proto__', 'constructor'])('are those of the request alone: %s', (name) => {
    expect(new RequestHeaders({ headers: {} }).values(name)).toEqual([]);
  });

  test('are gone through once', () => {
    let reads = 0;
    const headers = new RequestHeaders({
      get multiValueHeaders() {
        reads += 1;
        return { Accept: ['x'] };
      },
    });
    expect(reads).toBe(0);
    expect([headers.values('accept'), headers.values('cookie')]).toEqual([['x'], []]);
    expect(reads).toBe(1);
  });
});
