import { Token } from 'aws-cdk-lib';
import { z } from 'zod';
import { isJsonPointer } from '../../core/identity/json-pointer.ts';
import { mirrorKey, OWN_PREFIX, type SessionPolicy } from '../../core/identity/session.ts';
import { matching, text } from './checks.ts';

/** What ends a prefix in a way that no other word can go on from it. */
const SEPARATORS = [':', '/', '.', '-', '_'];

/**
 * Why a prefix would be dangerous, or null. Everything that begins with it counts as a session, and is deleted when
 * sessions end.
 */
export function prefixProblem(prefix: string): string | null {
  if (Token.isUnresolved(prefix)) {
    return 'must be known at synthesis: it is checked then, since all that begins with it is deleted';
  }
  const shown = JSON.stringify(prefix);
  if (/[*?[\]\\]/.test(prefix))
    return `${shown} is a pattern; give the text that every session's key begins with`;
  if (!/^[!-~]*$/.test(prefix)) return `${shown} holds white space or other characters than those of ASCII`;
  if (prefix.length < 3) return `${shown} is too short: it would match keys that are no sessions`;
  if (!SEPARATORS.some((separator) => prefix.endsWith(separator))) {
    return `${shown} must end with one of ${SEPARATORS.join(' ')}, or it would match longer words too`;
  }
  if (OWN_PREFIX.startsWith(prefix) || prefix.startsWith(OWN_PREFIX)) {
    return `${shown} matches keys of maintenance mode itself, such as ${mirrorKey('default')}`;
  }
  return prefix.length <= 128 ? null : 'must have 128 characters at most';
}

/** The empty pointer, to the whole of a session, is of no use here. */
const pointer = text((value) =>
  value !== '' && isJsonPointer(value) ? null : 'must be a JSON pointer (RFC 6901) such as /user/role',
);
const pointers = z.array(pointer, 'must be a list').min(1, 'must name at least one JSON pointer');
const role = matching(/^\S(?:.*\S)?$/u, 'a role is text without white space at its ends');
const roles = z.array(role, 'must be a list');
/** RFC 6265, section 4.1.1: the name of a cookie is a token. */
const cookie = matching(/^[!#$%&'*+.^_`|~\w-]{1,128}$/, 'must be the name of a cookie');

/** What the application's sessions look like; the defaults are those of the application that this was made for. */
export const SESSION_POLICY = z.strictObject({
  prefix: z
    .string('must be text')
    .superRefine((value, context) => {
      const message = prefixProblem(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .default('vedfolnir:session:'),
  cookie: cookie.default('session_id'),
  rolePointers: pointers.default(['/role', '/user/role']),
  userPointers: pointers.default([
    '/user',
    '/username',
    '/user/username',
    '/user/name',
    '/user_id',
    '/user/id',
  ]),
  createdAtPointers: pointers.default(['/created_at', '/createdAt', '/user/created_at']),
  adminRoles: roles.min(1, 'must name at least one role: admins keep their sessions').default(['admin']),
  workerRoles: roles.default(['worker']),
}) satisfies z.ZodType<SessionPolicy>;
