import { describe, expect, test } from '@jest/globals';
import type { Caller } from '../../../../lambdas/http/caller.ts';
import { isFreshSignIn } from '../../../../lambdas/http/require-admin.ts';
import { NOW } from '../../../support/examples.ts';

const signedInAt = (authenticatedAt: number | null): Caller => ({
  principal: { id: 'alice', role: 'admin' },
  credential: 'valid',
  reason: null,
  authenticatedAt,
});

describe('a sign-in of the last 900 seconds', () => {
  test.each([
    ['now', NOW, true],
    ['900 s ago', NOW - 900_000, true],
    ['longer ago', NOW - 900_001, false],
    ['nobody knows when', null, false],
    ['a minute ahead, as clocks may be', NOW + 60_000, true],
    ['in the future', NOW + 60_001, false],
  ])('%s', (_, at, isFresh) => {
    expect(isFreshSignIn(signedInAt(at), 900, NOW)).toBe(isFresh);
  });
});
