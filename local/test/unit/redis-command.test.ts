import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ProtocolError, readCommand, writeCommand } from '../../services/cache/redis-command.ts';

describe('a command', () => {
  test('is read as it was written, wherever what came so far ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 10 }),
        fc.string(),
        fc.nat(),
        (args, rest, cut) => {
          const command = Buffer.from(writeCommand(args));
          expect(readCommand(Buffer.concat([command, Buffer.from(rest)]))).toEqual({
            args,
            length: command.length,
          });
          expect(readCommand(command.subarray(0, cut % command.length))).toBeUndefined();
        },
      ),
    );
  });

  test.each([
    ['no array', 'PING\r\n'],
    ['an array of no strings', '*1\r\n:1\r\n'],
    ['more arguments than a sign-in takes', '*11\r\n'],
    ['a longer argument than a sign-in takes', '*1\r\n$16385\r\n'],
    ['a negative number', '*-1\r\n'],
    ['no number', '*x\r\n'],
    ['a line without an end', `*${'1'.repeat(40)}`],
    ['anything', '\u0016\u0003\u0001\u0002\u0000'],
  ])('is refused that is %s', (_what, text) => {
    expect(() => readCommand(Buffer.from(text))).toThrow(ProtocolError);
  });
});
