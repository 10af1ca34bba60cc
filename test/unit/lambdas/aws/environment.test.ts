import { describe, expect, test } from '@jest/globals';
import { listOf, oneOf, readEnvironment, wholeNumber } from '../../../../lambdas/aws/environment.ts';

describe('the environment', () => {
  test('is read by the names that the infrastructure gives', () => {
    const env = { STATE_TABLE: 'State', SCOPE: 'main', OTHER: 'x' };
    expect(readEnvironment(env, ['stateTable', 'scope'])).toEqual({ stateTable: 'State', scope: 'main' });
  });

  test('names every variable that is missing or empty', () => {
    expect(() => readEnvironment({ SCOPE: '' }, ['stateTable', 'scope', 'issuer'])).toThrow(
      'Environment variables are missing: STATE_TABLE, SCOPE, ISSUER.',
    );
  });

  test.each([
    ['*', ['*']],
    ['https://a.example, https://b.example', ['https://a.example', 'https://b.example']],
    [',', []],
  ])('holds lists: %j', (value, parts) => {
    expect(listOf(value)).toEqual(parts);
  });

  test('holds whole numbers, and nothing else passes for one', () => {
    expect(wholeNumber('freshSignInSeconds', '900')).toBe(900);
    for (const value of ['', '-1', '1.5', '9e2', 'NaN', '900s']) {
      expect(() => wholeNumber('freshSignInSeconds', value)).toThrow(/FRESH_SIGN_IN_SECONDS/);
    }
  });

  test('holds one of the values that it may have', () => {
    expect(oneOf('stateUnknown', 'closed', ['open', 'closed'])).toBe('closed');
    for (const value of ['', 'Open', 'shut']) {
      expect(() => oneOf('stateUnknown', value, ['open', 'closed'])).toThrow(
        /STATE_UNKNOWN must be open or closed/,
      );
    }
  });
});
