import * as z from 'zod';
import {
  BLOCKABLE_OPERATIONS,
  isBuiltInOperation,
  MOST_OWN_OPERATIONS,
  OWN_OPERATION_NAME,
  WRITE_OPERATIONS,
} from '../decision/operations.ts';
import { methodProblem, templateProblem } from '../decision/rule.ts';
import { isTimeZone, LONGEST_RULE, normalRule, ruleProblem } from '../windows/recurrence-rule.ts';
import { LONGEST, LONGEST_DEBUG_MINUTES, LONGEST_REASON, SHORTEST, USUAL_DEBUG_MINUTES } from './command.ts';

/**
 * The bodies and queries that the HTTP API takes, in one place: requests are checked by these schemas.
 * All are strict: a field they don't name is refused. They hold no transformations, so that each can be shown as
 * JSON Schema as it is.
 */

/** Says that a value is missing where it is, else what it should have been. */
function need(what: string): { readonly error: (issue: { readonly input?: unknown }) => string } {
  return { error: ({ input }) => (input === undefined ? 'is required' : `must be ${what}`) };
}

/** Control characters other than newline and tab. */
const CONTROL_CHARACTER = /[^\P{Cc}\n\t]/u;

/** 1 to 500 code points. Zod counts UTF-16 units, so lengths are checked by hand. */
const reason = z
  .string(need('a text'))
  .refine((text) => text.length > 0, 'must not be empty')
  .refine((text) => [...text].length <= LONGEST_REASON, `must have at most ${LONGEST_REASON} characters`)
  .refine(
    (text) => !CONTROL_CHARACTER.test(text),
    'must not hold control characters other than newline and tab',
  )
  .refine((text) => text.isWellFormed(), 'must be valid Unicode: it holds half a surrogate pair')
  .meta({ minLength: 1, maxLength: LONGEST_REASON, description: 'Why; shown to everybody who is blocked.' });

function wholeSeconds(shortest: number, longest: number) {
  const message = `must be a whole number of seconds from ${shortest} to ${longest}, as a JSON number`;
  return z.int(message).min(shortest, message).max(longest, message);
}

const duration = wholeSeconds(SHORTEST, LONGEST).meta({ description: 'Seconds from start to planned end.' });

const RFC_3339 = 'must be an RFC 3339 date and time with offset, like 2026-01-15T10:00:00Z';

const endsAt = z.iso.datetime({ offset: true, error: RFC_3339 }).meta({ description: 'The planned end.' });

const blockedOperations = z
  .array(z.string('must hold names of operation types'), 'must be a list of operation types')
  .min(1, 'must name at least one operation type; leave it out to block them all')
  .max(BLOCKABLE_OPERATIONS.length + MOST_OWN_OPERATIONS, {
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

/** Built-in operation types that an owner's rule may name. */
const CLASSIFIABLE = [...WRITE_OPERATIONS, 'admin_operations', 'read_operations', 'authentication'];

const flag = z.boolean('must be true or false');

const ONE_END = { path: ['ends_at'], error: 'must not be given together with duration' };

function hasOneEnd(body: { duration?: unknown; ends_at?: unknown }): boolean {
  return body.duration === undefined || body.ends_at === undefined;
}

const drainDeadline = wholeSeconds(0, 604_800).meta({
  description:
    'Seconds from now after which jobs should be gone. If some still run then, that is told; they run on all the same.',
});

/** `POST /enable` */
export const enableBody = z
  .strictObject({
    reason,
    mode: z.enum(['normal', 'test'], 'must be "normal" or "test"').default('normal'),
    duration: duration.optional(),
    ends_at: endsAt.optional(),
    auto_end: flag.default(false).meta({ description: 'Whether the maintenance ends by itself at its end.' }),
    blocked_operations: blockedOperations.optional(),
    invalidate_sessions: flag.default(true).meta({ description: "Whether members' sessions end." }),
    notify_users: flag.default(true),
    drain_deadline: drainDeadline.optional(),
  })
  .refine(hasOneEnd, ONE_END);

/** `POST /emergency` */
export const emergencyBody = z.strictObject({
  reason,
  terminate_jobs: flag.default(true),
  grace_period: wholeSeconds(0, 900)
    .default(30)
    .meta({ description: 'Seconds that jobs get to stop by themselves.' }),
});

/** `PATCH /`: changes what is given. `null` takes the end or the drain's deadline away, or blocks all types again. */
export const updateBody = z
  .strictObject({
    reason: reason.optional(),
    duration: duration.optional(),
    ends_at: endsAt.nullish(),
    auto_end: flag.optional(),
    blocked_operations: blockedOperations.nullish(),
    drain_deadline: drainDeadline.nullish(),
  })
  .refine(hasOneEnd, ONE_END)
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    path: ['body'],
    error:
      'must name what to change: reason, duration, ends_at, auto_end, blocked_operations or drain_deadline',
  });

const startsAt = z.iso
  .datetime({ offset: true, error: ({ input }) => (input === undefined ? 'is required' : RFC_3339) })
  .meta({ description: 'The start; up to a minute ago counts as now. Of a rule: where it begins to count.' });

const rrule = z
  .string('must be a text')
  .max(LONGEST_RULE, `must have at most ${LONGEST_RULE} characters`)
  .superRefine((text, context) => {
    const problem = ruleProblem(normalRule(text));
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  })
  .meta({
    description: 'How it recurs, an RRULE of RFC 5545, hourly at most.',
    examples: ['FREQ=WEEKLY;BYDAY=SU'],
  });

const timezone = z
  .string('must be a text')
  .max(100, 'must have at most 100 characters')
  .refine(isTimeZone, 'must be a name of the IANA time zone database, like Europe/Berlin')
  .meta({ description: 'Whose local time a rule recurs by.', examples: ['Europe/Berlin'] });

const windowMode = z.enum(['normal', 'test'], 'must be "normal" or "test"');

/** `POST /windows` */
export const windowBody = z
  .strictObject({
    reason,
    starts_at: startsAt,
    ends_at: endsAt.optional(),
    duration: duration.optional(),
    mode: windowMode.default('normal'),
    auto_end: flag.default(true).meta({ description: 'Whether the maintenance ends by itself at its end.' }),
    blocked_operations: blockedOperations.optional(),
    rrule: rrule.optional(),
    timezone: timezone.default('UTC'),
  })
  .refine(hasOneEnd, ONE_END)
  .refine((body) => body.duration !== undefined || body.ends_at !== undefined, {
    path: ['ends_at'],
    error: 'is required, unless duration is given: a window has an end',
  });

/** `PATCH /windows/{id}`: changes what is given. `null` blocks all types again, or lets it take place once. */
export const windowChangeBody = z
  .strictObject({
    reason: reason.optional(),
    starts_at: startsAt.optional(),
    ends_at: endsAt.optional(),
    duration: duration.optional(),
    mode: windowMode.optional(),
    auto_end: flag.optional(),
    blocked_operations: blockedOperations.nullish(),
    rrule: rrule.nullish(),
    timezone: timezone.optional(),
  })
  .refine(hasOneEnd, ONE_END)
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    path: ['body'],
    error:
      'must name what to change: reason, starts_at, ends_at, duration, mode, auto_end, blocked_operations, rrule or timezone',
  });

/** `POST /deescalate`, `POST /disable` and `POST /refresh` */
export const emptyBody = z.strictObject({});

/** `POST /sessions/purge` */
export const purgeBody = z.strictObject({
  all: flag.default(false).meta({ description: "Whether admins' sessions end too, but for your own." }),
});

const MINUTES = `must be a whole number of minutes from 1 to ${LONGEST_DEBUG_MINUTES}, as a JSON number`;

/** `POST /log-level` */
export const logLevelBody = z
  .strictObject({
    level: z.enum(['debug', 'info'], {
      error: ({ input }) => (input === undefined ? 'is required' : 'must be "debug" or "info"'),
    }),
    minutes: z
      .int(MINUTES)
      .min(1, MINUTES)
      .max(LONGEST_DEBUG_MINUTES, MINUTES)
      .optional()
      .meta({ description: `How long \`debug\` holds; ${USUAL_DEBUG_MINUTES} if not given.` }),
  })
  .refine(({ level, minutes }) => level === 'debug' || minutes === undefined, {
    path: ['minutes'],
    error: 'can only be given with "debug"',
  });

/** `POST /reset` */
export const resetBody = z.strictObject({
  windows: flag.default(false).meta({ description: 'Whether scheduled windows are taken away too.' }),
  rules: flag
    .default(false)
    .meta({ description: "Whether the owner's classification rules are taken away too." }),
});

/** A principal's id has at most 128 characters in a Cognito user pool, 255 in OpenID Connect. */
const LONGEST_PRINCIPAL = 255;
const MOST_PRINCIPAL_BYTES = 512;

/** `POST /revocations` */
export const revocationBody = z.strictObject({
  principal: z
    .string(need("a principal's id"))
    .refine((text) => text.length > 0, 'must not be empty')
    .refine(
      (text) =>
        [...text].length <= LONGEST_PRINCIPAL &&
        new TextEncoder().encode(text).length <= MOST_PRINCIPAL_BYTES,
      `must have at most ${LONGEST_PRINCIPAL} characters and ${MOST_PRINCIPAL_BYTES} bytes`,
    )
    .refine((text) => !/\p{Cc}/u.test(text), 'must not hold control characters')
    .refine((text) => text.isWellFormed(), 'must be valid Unicode: it holds half a surrogate pair')
    .meta({
      minLength: 1,
      maxLength: LONGEST_PRINCIPAL,
      description: 'The id, as `GET /whoami` and the log lines show it.',
    }),
});

const verb = z
  .string('must be an HTTP verb in upper case, or ANY')
  .refine((text) => methodProblem(text) === null, 'must be an HTTP verb in upper case, or ANY');

const pathTemplate = z
  .string(need('a path template'))
  .max(500, 'must have at most 500 characters')
  .superRefine((text, context) => {
    const problem = templateProblem(text);
    if (problem !== null) context.addIssue({ code: 'custom', message: `cannot be used: ${problem}` });
  });

const ruleOperation = z
  .string(need('the name of an operation type'))
  .refine(
    (name) => CLASSIFIABLE.includes(name) || (!isBuiltInOperation(name) && OWN_OPERATION_NAME.test(name)),
    `must be one of ${CLASSIFIABLE.join(', ')}, or a name of your own in lower case (a-z, 0-9, _; at most 40 characters)`,
  );

/** `POST /rules` */
export const ruleBody = z.strictObject({
  method: z.union(
    [verb, z.array(verb).min(1, 'must name at least one verb').max(10, 'holds too many verbs')],
    need('a verb, a list of verbs or ANY'),
  ),
  path: pathTemplate,
  operation: ruleOperation,
});

/** What asks for a page of a list: how many items, and where the page before ended. */
function page(limit: string) {
  return {
    limit: z
      .string('must be given once')
      .regex(/^(?:[1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')
      .default(limit),
    cursor: z.string('must be given once').optional(),
  };
}

/** `GET /rules` */
export const rulesQuery = z.strictObject(page('100'));

/** `GET /windows` */
export const windowsQuery = rulesQuery;

/** `POST /classify` */
export const classifyBody = z.strictObject({
  method: z
    .string(need('an HTTP verb'))
    .min(1, 'must not be empty')
    .max(20, 'must have at most 20 characters'),
  path: z.string(need('a path')).min(1, 'must not be empty').max(8192, 'must have at most 8192 characters'),
});

/** The query of `GET /message`. */
export const messageQuery = z.strictObject({
  operation: z.string('must be one operation type').optional(),
});

/** `GET /history` */
export const historyQuery = z.strictObject(page('20'));

/** `GET /reports` */
export const reportsQuery = historyQuery;

/** `GET /reports/{id}` */
export const reportQuery = z.strictObject({
  format: z
    .enum(['json', 'markdown'], 'must be "json" or "markdown", and given once')
    .optional()
    .meta({ description: 'Instead of the header Accept.' }),
});

/** `GET /sessions` */
export const sessionsQuery = z.strictObject({
  ...page('20'),
  role: z
    .enum(['admin', 'worker', 'member'], 'must be "admin", "worker" or "member", and given once')
    .optional()
    .meta({ description: 'Only sessions of this role.' }),
});

export type RuleBody = z.output<typeof ruleBody>;
export type WindowBody = z.output<typeof windowBody>;
export type WindowChangeBody = z.output<typeof windowChangeBody>;
export type ClassifyBody = z.output<typeof classifyBody>;
export type EnableBody = z.output<typeof enableBody>;
export type EmergencyBody = z.output<typeof emergencyBody>;
export type UpdateBody = z.output<typeof updateBody>;
