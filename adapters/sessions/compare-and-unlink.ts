import { createHash, hash } from 'node:crypto';

/** Longest value that is read and compared, bytes: to compare this much holds everybody else up for some 10 ms. */
export const MAX_VALUE_BYTES = 4 * 1024 * 1024;

/** Digest of a value that is longer, and of one that is no text. Both are a member's, whatever else changes. */
export const TOO_LONG = 'too long';
export const NO_TEXT = 'no text';

/** Names a value, so that the script below can tell whether it is still the same. */
export function digestOf(value: Buffer): string {
  return hash('sha1', value, 'hex');
}

/**
 * Deletes a key if its value is still the one that was seen; 1 if it did. It is one step to Redis, so nobody can change
 * the value in between. UNLINK leaves the work of freeing memory to another thread.
 */
export const COMPARE_AND_UNLINK = `
local same
if ARGV[1] == '${TOO_LONG}' then
  local length = redis.pcall('STRLEN', KEYS[1])
  same = type(length) == 'number' and length > ${MAX_VALUE_BYTES}
else
  local value = redis.pcall('GET', KEYS[1])
  if type(value) == 'table' then
    same = ARGV[1] == '${NO_TEXT}'
  else
    same = value and #value <= ${MAX_VALUE_BYTES} and redis.sha1hex(value) == ARGV[1]
  end
end
return same and redis.call('UNLINK', KEYS[1]) or 0
`;

/** The name under which Redis keeps the script once it has run. */
export const COMPARE_AND_UNLINK_SHA = createHash('sha1').update(COMPARE_AND_UNLINK).digest('hex');
