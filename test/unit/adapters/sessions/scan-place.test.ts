import { describe, expect, test } from '@jest/globals';
import { nextPlace, placeOf } from '../../../../adapters/sessions/scan-place.ts';

describe('A scan over several servers', () => {
  test('begins with the first', () => {
    expect(placeOf(null, ['a', 'b'])).toEqual({ server: 'a', cursor: '0', done: [] });
  });

  test('goes through a server, then to the next, and ends after the last', () => {
    const begin = placeOf(null, ['a', 'b']);
    const within = nextPlace(begin, '18446744073709551615', ['a', 'b']);
    expect(within).toEqual({ server: 'a', cursor: '18446744073709551615', done: [] });
    expect(placeOf({ ...within }, ['a', 'b'])).toEqual(within);
    const second = nextPlace(within ?? begin, '0', ['a', 'b']);
    expect(second).toEqual({ server: 'b', cursor: '0', done: ['a'] });
    expect(nextPlace(second ?? begin, '0', ['a', 'b'])).toBeNull();
  });

  test.each([
    [
      'by another one',
      { server: 'b', cursor: '7', done: ['a'] },
      ['a', 'c'],
      { server: 'c', cursor: '0', done: ['a'] },
    ],
    ['by nobody', { server: 'b', cursor: '7', done: ['a'] }, ['a'], { server: 'a', cursor: '0', done: [] }],
  ])('takes up where a server was replaced %s', (_, position, servers, place) => {
    expect(placeOf(position, servers)).toEqual(place);
  });

  test('takes in a server that came while it was under way', () => {
    expect(nextPlace({ server: 'b', cursor: '7', done: ['a'] }, '0', ['a', 'b', 'c'])).toEqual({
      server: 'c',
      cursor: '0',
      done: ['a', 'b'],
    });
  });

  test.each([
    [{}],
    [{ server: 'a' }],
    [{ server: 'a', cursor: 7, done: [] }],
    [{ server: 'a', cursor: '-1', done: [] }],
    [{ server: 'a', cursor: '0 MATCH *', done: [] }],
    [{ server: 'a', cursor: '1', done: 'b' }],
    [{ server: 'a', cursor: '1', done: [1] }],
  ])('%j is no place, and begins anew', (position) => {
    expect(placeOf(position, ['a', 'b'])).toEqual({ server: 'a', cursor: '0', done: [] });
  });
});
