import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sessionCookie } from '../../../../lambdas/authorizer/session-cookie.ts';

const idIn = (...headers: string[]) => sessionCookie(headers, 'session_id');

describe('the session cookie', () => {
  test.each([
    ['alone', ['session_id=abc'], 'abc'],
    ['among others', ['lang=en; session_id=abc; theme=dark'], 'abc'],
    ['without spaces', ['lang=en;session_id=abc;theme=dark'], 'abc'],
    ['with more of them', ['lang=en ;  session_id = abc ;'], 'abc'],
    ['in the second of two headers', ['lang=en', 'session_id=abc'], 'abc'],
    ['in quotes', ['session_id="abc"'], 'abc'],
    ['with an equals sign at its end', ['session_id=YWJj=='], 'YWJj=='],
    ['escaped', ['session_id=a%2Bb%2Fc%3D'], 'a+b/c='],
    ['escaped once', ['session_id=%2541'], '%41'],
    ['with an escape that is none', ['session_id=100%'], '100%'],
    ['with bytes that are no UTF-8', ['session_id=%ff'], '%ff'],
    ['twice, the same', ['session_id=abc; session_id=abc'], 'abc'],
    ['twice, once empty', ['session_id=; session_id=abc'], 'abc'],
    ['that looks like a pattern', ['session_id=*'], '*'],
    ['that looks like a key', ['session_id=vedfolnir:session:x'], 'vedfolnir:session:x'],
    ['that looks like a command', ['session_id=%0d%0aFLUSHALL%0d%0a'], '\r\nFLUSHALL\r\n'],
    ['with a name that objects have', ['session_id=__proto__'], '__proto__'],
    ['of 512 bytes', [`session_id=${'é'.repeat(256)}`], 'é'.repeat(256)],
  ])('%s', (_, headers, id) => {
    expect(idIn(...headers)).toEqual({ outcome: 'id', id });
  });

  test.each([
    ['no header', []],
    ['an empty header', ['']],
    ['another name', ['session=abc']],
    ['a name that ends alike', ['my_session_id=abc']],
    ['a name that begins alike', ['session_id2=abc']],
    ['another case', ['Session_Id=abc']],
    ['a name without a value', ['session_id']],
    ['an empty value', ['session_id=']],
    ['an empty value in quotes', ['session_id=""']],
    ['a name inside another value', ['note=session_id=abc']],
  ])('is none: %s', (_, headers) => {
    expect(idIn(...headers)).toEqual({ outcome: 'none' });
  });

  test.each([
    ['two values', ['session_id=abc; session_id=abd'], /more than one/],
    ['two values in two headers', ['session_id=abc', 'session_id=abd'], /more than one/],
    ['two values in two cases', ['session_id=abc; session_id=ABC'], /more than one/],
    ['more than 512 bytes', [`session_id=${'é'.repeat(257)}`], /too long/],
    ['8 kB', [`session_id=${'x'.repeat(8192)}`], /too long/],
  ])('is bad: %s', (_, headers, reason) => {
    expect(idIn(...headers)).toEqual({ outcome: 'rejected', reason: expect.stringMatching(reason) });
  });
});

test('whatever a browser was given, it shows again', () => {
  const value = fc.stringMatching(/^[!#-+\--:<-[\]-~]{1,40}$/).filter((text) => !text.includes('%'));
  const other = fc.tuple(fc.stringMatching(/^[a-z]{1,6}$/), value).map(([name, text]) => `${name}=${text}`);
  fc.assert(
    fc.property(value, fc.array(other), fc.array(other), (id, before, after) => {
      const header = [...before, `session_id=${id}`, ...after].join('; ');
      expect(idIn(header)).toEqual({ outcome: 'id', id });
    }),
  );
});

test('no header makes it fail', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (headers) => {
      expect(['none', 'id', 'rejected']).toContain(idIn(...headers).outcome);
    }),
  );
});
