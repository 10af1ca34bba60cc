import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isJsonPointer, pointerSegments, valueAt } from '../../../../core/identity/json-pointer.ts';

const at = (document: unknown, pointer: string): unknown => valueAt(document, pointerSegments(pointer));

/** The document of RFC 6901, section 5. */
const RFC = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

describe('A JSON pointer', () => {
  test.each([
    ['', RFC],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%j leads to what RFC 6901 says', (pointer, value) => {
    expect(isJsonPointer(pointer)).toBe(true);
    expect(at(RFC, pointer)).toEqual(value);
  });

  test.each([
    '/bar',
    '/foo/2',
    '/foo/-',
    '/foo/00',
    '/foo/+1',
    '/foo/length',
    '/foo/0/0',
    '/ /x',
    '/constructor',
    '/constructor/name',
    '/__proto__',
    '/toString',
    '/foo/map',
  ])('%j leads nowhere', (pointer) => {
    expect(at(RFC, pointer)).toBeUndefined();
  });

  test.each(['role', 'user/role', '#/role', '/a~', '/a~2', '~0', ' /a'])('%j is none', (text) => {
    expect(isJsonPointer(text)).toBe(false);
  });

  test('leads to members that are called like those of every object, where there are such', () => {
    const document: unknown = JSON.parse('{"__proto__": {"role": "a"}, "constructor": {"prototype": "b"}}');
    expect(at(document, '/__proto__/role')).toBe('a');
    expect(at(document, '/constructor/prototype')).toBe('b');
  });

  test('leads to every value of every document', () => {
    const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');
    const names = fc.array(fc.string({ unit: fc.constantFrom('~', '/', '0', '1', 'a', 'é') }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(names, (path) => {
        const document = path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), 'here');
        const pointer = path.map((name) => `/${escaped(name)}`).join('');
        expect(isJsonPointer(pointer)).toBe(true);
        expect(at(document, pointer)).toBe('here');
      }),
    );
  });
});
