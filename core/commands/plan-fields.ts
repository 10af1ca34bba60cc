import * as z from 'zod';
import {
  BLOCKABLE_OPERATIONS,
  isBuiltInOperation,
  MAX_OWN_OPERATIONS,
  OWN_OPERATION_NAME,
} from '../decision/operations.ts';
import { text, wholeSeconds } from '../http/fields.ts';
import { MAX_DURATION_S, MAX_REASON_LENGTH, MIN_DURATION_S } from './command.ts';

/** The fields by which a maintenance is planned, whether it begins now or in a window. */

/** Why; 1 to 500 code points, one of them at least to be seen. */
export const reason = text(MAX_REASON_LENGTH).meta({
  description: 'Why; shown to everybody who is blocked, unless `public_reason` is given.',
});

/** What everybody who is blocked reads instead, where the reason is not for them. */
export const publicReason = text(MAX_REASON_LENGTH).meta({
  description: 'What is shown to callers in place of the reason, which only admins read then.',
});

export const duration = wholeSeconds(MIN_DURATION_S, MAX_DURATION_S).meta({
  description: 'Seconds from start to planned end.',
});

export const RFC_3339 = 'must be an RFC 3339 date and time with offset, like 2026-01-15T10:00:00Z';

export const endsAt = z.iso
  .datetime({ offset: true, error: RFC_3339 })
  .meta({ description: 'The planned end.' });

export const blockedOperations = z
  .array(z.string('must hold names of operation types'), 'must be a list of operation types')
  .min(1, 'must name at least one operation type; leave it out to block them all')
  .max(BLOCKABLE_OPERATIONS.length + MAX_OWN_OPERATIONS, {
    error: 'holds more names than there are operation types to block',
    abort: true,
  })
  .superRefine((names, context) => {
    for (const [index, name] of names.entries()) {
      const problem = blockingProblem(name, names.indexOf(name) !== index);
      if (problem !== null) context.addIssue({ code: 'custom', path: [index], message: problem });
    }
  })
  .meta({ description: 'The operation types to block instead of all.', examples: [['caption_generation']] });

const NOT_BLOCKABLE: ReadonlyMap<string, string> = new Map([
  ['admin_operations', 'they are closed to everybody but admins anyway'],
  ['authentication', 'admins must be able to sign in while maintenance is active'],
  ['read_operations', 'only an emergency blocks reading'],
]);

/** Why an operation type can't be named in `blocked_operations`, or null when it can. */
function blockingProblem(name: string, isRepeated: boolean): string | null {
  if (isRepeated) return `names "${name}" twice`;
  const why = NOT_BLOCKABLE.get(name);
  if (why !== undefined) return `cannot hold "${name}": ${why}`;
  // Whether a type that is not built in is one of the owner's is judged by the state.
  if (BLOCKABLE_OPERATIONS.includes(name)) return null;
  if (!isBuiltInOperation(name) && OWN_OPERATION_NAME.test(name)) return null;
  return `must hold names out of ${BLOCKABLE_OPERATIONS.join(', ')}`;
}

export const ONE_END = { path: ['ends_at'], error: 'must not be given together with duration' };

export function hasOneEnd(body: { duration?: unknown; ends_at?: unknown }): boolean {
  return body.duration === undefined || body.ends_at === undefined;
}
