import { expect, test } from '@jest/globals';
import { isOneTimePassword, newSecret, oneTimePassword } from '../../services/user-pool/one-time-password.ts';

/** `12345678901234567890` in base32: the secret of the test vectors of RFC 6238, appendix B, cut to six digits here. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1_111_111_109, '081804'],
  [1_234_567_890, '005924'],
  [20_000_000_000, '353130'],
])('at %i s the password is %s', (seconds, password) => {
  expect(oneTimePassword(SECRET, seconds * 1000)).toBe(password);
});

test('a password is taken half a minute early or late, and no later', () => {
  const secret = newSecret();
  const password = oneTimePassword(secret, 1_000_000_000_000);
  const taken = [-60_000, -30_000, 0, 30_000, 60_000].map((late) =>
    isOneTimePassword(secret, password, 1_000_000_000_000 + late),
  );
  expect(taken).toEqual([false, true, true, true, false]);
});
