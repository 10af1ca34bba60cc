import { describe, expect, test } from '@jest/globals';
import { durationInWords, parseDuration, relativeTime } from '../../../../cli/options/duration.ts';
import { instantValue, versionValue } from '../../../../cli/options/option-values.ts';
import { printable } from '../../../../cli/render/painter.ts';
import { parseApiUrl } from '../../../../cli/transport/api-url.ts';
import { inCommandWords, optionFor } from '../../../../cli/transport/api-words.ts';

describe('a length of time', () => {
  test.each([
    ['1800', 1800],
    ['0', 0],
    ['30m', 1800],
    ['2h', 7200],
    ['1d', 86_400],
    ['1h30m', 5400],
    ['90s', 90],
    ['2H', 7200],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  test.each(['', '-5', '1.5h', '30 min', 'm', '1w', 'NaN', '1e3', '99999999999999999', '٣'])(
    '%p is none',
    (text) => {
      expect(parseDuration(text)).toBeNull();
    },
  );

  test.each([
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [5400, '1 h 30 min'],
    [86_400, '1 d'],
    [90_061, '1 d 1 h'],
  ])('%d seconds are shown as %s', (seconds, words) => {
    expect(durationInWords(seconds)).toBe(words);
  });

  test.each([
    [1_500_000, 'in 25 min'],
    [-61_000, '1 min 1 s ago'],
    [300, 'now'],
  ])('an instant %d ms away is %s', (distance, words) => {
    expect(relativeTime(1_000_000_000 + distance, 1_000_000_000)).toBe(words);
  });
});

describe('the address of an API', () => {
  test.each([
    ['http://localhost:5000', 'http://localhost:5000'],
    ['http://localhost:5000/', 'http://localhost:5000'],
    ['http://[::1]:5000', 'http://[::1]:5000'],
    ['https://API.example.org/api/maintenance/', 'https://api.example.org'],
    [
      'https://x.execute-api.eu-central-1.amazonaws.com/live',
      'https://x.execute-api.eu-central-1.amazonaws.com/live',
    ],
  ])('%s is %s', (text, api) => {
    expect(parseApiUrl(text)).toBe(api);
  });

  test.each([
    ['localhost:5000', /give one like https/],
    ['', /give one like https/],
    ['ftp://example.org', /give one like https/],
    ['http://example.org', /must be https/],
    ['http://localhost.example.org', /must be https/],
    ['https://user:secret@example.org', /without user/],
    ['https://example.org/?a=1', /without user, query/],
  ])('%p is refused', (text, message) => {
    expect(() => parseApiUrl(text)).toThrow(message);
  });

  test('a password in it is not repeated', () => {
    expect(() => parseApiUrl('https://user:secret@example.org')).not.toThrow(/secret/);
  });
});

describe('values of options', () => {
  test.each([
    ['2026-01-15T10:00:00Z', '2026-01-15T10:00:00Z'],
    ['2026-01-15t12:00+02:00', '2026-01-15T12:00+02:00'],
  ])('the instant %s is sent as %s', (text, instant) => {
    expect(instantValue(text)).toBe(instant);
  });

  test.each([
    '2026-01-15',
    '2026-01-15T10:00:00',
    'tomorrow',
    '2026-13-45T10:00:00Z',
    '2027-02-30T02:00:00Z',
    '2026-12-01T24:00:00Z',
  ])('%p is no instant', (text) => {
    expect(() => instantValue(text)).toThrow(/with its offset/);
  });

  test('a version may be given with the quotes of an entity tag', () => {
    expect([versionValue('42'), versionValue('"42"')]).toEqual(['42', '42']);
    expect(() => versionValue('x')).toThrow(/Give the version/);
  });
});

describe('words of the API', () => {
  test.each([
    [
      'POST /api/maintenance/disable ends it, PATCH /api/maintenance changes it',
      '`maintenance disable` ends it, `maintenance update` changes it',
    ],
    ['set auto_end to end it, or If-Match', 'set --auto-end to end it, or --if-match'],
    ['GET /api/maintenance/status, then repeat the call', '`maintenance status`, then repeat the call'],
    ['POST /api/maintenance/rules is not ours', 'POST /api/maintenance/rules is not ours'],
  ])('%s', (said, expected) => {
    expect(inCommandWords(said)).toBe(expected);
  });

  test.each([
    ['grace_period', '--grace-period'],
    ['blocked_operations[2]', '--block'],
    ['If-Match', '--if-match'],
    ['body', 'body'],
  ])('the field %s is the option %s', (field, option) => {
    expect(optionFor(field)).toBe(option);
  });
});

test('texts of others cannot move the cursor, hide themselves or change direction', () => {
  expect(printable('\u061c\u200b\u2028\u202e')).toBe('\ufffd\ufffd\ufffd\ufffd');
  expect(printable('a\u001b[2Jb\u009bc\u202ed\re\nf\tg')).toBe('a\ufffd[2Jb\ufffdc\ufffdd\ufffde\nf\tg');
});
