import { describe, expect, test } from '@jest/globals';
import { enableBody } from '../../../../core/commands/schemas.ts';
import { check } from '../../../../core/http/check.ts';
import { nearestName } from '../../../../core/http/nearest-name.ts';

const problemsOf = (body: unknown) => {
  const parsed = check(enableBody, body, 'body');
  return parsed.ok ? [] : parsed.problems;
};

describe('a reason has a character that can be seen', () => {
  test.each([
    ['spaces', '   '],
    ['an ideographic space', '\u3000'],
    ['a no-break space', '\u00a0'],
    ['a zero width space', '\u200b'],
    ['an override of the direction', '\u202e'],
    ['a byte order mark', '\ufeff'],
    ['a soft hyphen', '\u00ad'],
    ['a word joiner', '\u2060'],
    ['a Hangul filler', '\u3164'],
    ['an empty Braille cell', '\u2800'],
    ['a variation selector', '\ufe0f'],
    ['tags', '\u{e0041}\u{e007f}'],
    ['line ends', '\n\t\u2028'],
  ])('%s alone are refused', (_, reason) => {
    expect(problemsOf({ reason })).toEqual([
      { field: 'reason', message: 'must have a character that can be seen' },
    ]);
  });

  test.each([['.'], ['計画'], ['🛠️'], ['\u200bx'], ['\u202eabc']])('%j is one', (reason) => {
    expect(problemsOf({ reason })).toEqual([]);
  });
});

test.each([
  ['estimated_duration', 'duration'],
  ['durations', 'duration'],
  ['duraton', 'duration'],
  ['autoEnd', 'auto_end'],
  ['auto-end', 'auto_end'],
  ['end_at', 'ends_at'],
  ['blocked_ops', 'blocked_operations'],
  ['operations', 'blocked_operations'],
  ['notify', 'notify_users'],
  ['maintenance_reason', 'reason'],
])('%s is taken for a misspelt %s', (name, meant) => {
  expect(problemsOf({ reason: 'a', [name]: 1 })).toEqual([
    { field: name, message: `is not a field of this call; did you mean ${meant}?` },
  ]);
});

test('nothing is named where nothing is near', () => {
  expect(nearestName('force', ['reason', 'duration', 'mode'])).toBeNull();
});

test.each([[59], [604_801], [60.5]])(
  'a duration of %d is told its bounds, without a word of JSON',
  (duration) => {
    expect(problemsOf({ reason: 'a', duration })).toEqual([
      { field: 'duration', message: 'must be a whole number of seconds from 60 to 604800' },
    ]);
  },
);

test('a duration that is no number is told what it should be', () => {
  expect(problemsOf({ reason: 'a', duration: '60' })).toEqual([
    { field: 'duration', message: 'must be a whole number of seconds from 60 to 604800, as a JSON number' },
  ]);
});
