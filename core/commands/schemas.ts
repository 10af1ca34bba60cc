import * as z from 'zod';
import {
  type Answer,
  count,
  flag,
  instant,
  operations,
  text,
  wholeNumber,
  wholeSeconds,
} from '../http/fields.ts';
import { statusAnswer } from '../status/schemas.ts';
import { MAX_DEBUG_MINUTES, MAX_DURATION_S, MIN_DURATION_S, USUAL_DEBUG_MINUTES } from './command.ts';
import {
  blockedOperations,
  duration,
  endsAt,
  hasOneEnd,
  ONE_END,
  publicReason,
  reason,
} from './plan-fields.ts';

/** The bodies of the commands, and their answers. */

const drainDeadline = wholeSeconds(0, 604_800).meta({
  description:
    'Seconds from now after which jobs should be gone. If some still run then, that is told; they run on all the same.',
});

/** `POST /enable` */
export const enableBody = z
  .strictObject({
    reason,
    public_reason: publicReason.optional(),
    mode: z.enum(['normal', 'test'], 'must be "normal" or "test"').default('normal'),
    duration: duration.optional(),
    ends_at: endsAt.optional(),
    auto_end: flag.default(false).meta({ description: 'Whether the maintenance ends by itself at its end.' }),
    blocked_operations: blockedOperations.optional(),
    invalidate_sessions: flag.default(true).meta({ description: "Whether members' sessions end." }),
    notify_users: flag.default(true),
    drain_deadline: drainDeadline.optional(),
  })
  .refine(hasOneEnd, ONE_END)
  .meta({ id: 'Enable' });

/** `POST /emergency` */
export const emergencyBody = z
  .strictObject({
    reason,
    public_reason: publicReason.optional(),
    terminate_jobs: flag.default(true),
    grace_period: wholeSeconds(0, 900)
      .default(30)
      .meta({ description: 'Seconds that jobs get to stop by themselves.' }),
  })
  .meta({ id: 'Emergency' });

/** `PATCH /`: changes what is given. `null` takes the end or the drain's deadline away, or blocks all types again. */
export const updateBody = z
  .strictObject({
    reason: reason.optional(),
    public_reason: publicReason.nullish(),
    duration: duration.optional(),
    ends_at: endsAt.nullish(),
    extend: wholeSeconds(MIN_DURATION_S, MAX_DURATION_S).optional().meta({
      description: 'Seconds after the planned end, or after now where that has passed or is not known.',
    }),
    auto_end: flag.optional(),
    blocked_operations: blockedOperations.nullish(),
    drain_deadline: drainDeadline.nullish(),
  })
  .refine(hasOneEnd, ONE_END)
  .refine(
    (body) => body.extend === undefined || (body.duration === undefined && body.ends_at === undefined),
    { path: ['extend'], error: 'must not be given together with duration or ends_at' },
  )
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    path: ['body'],
    error:
      'must name what to change: reason, public_reason, duration, ends_at, extend, auto_end, blocked_operations or drain_deadline',
  })
  .meta({ id: 'Update' });

/** `POST /deescalate`, `POST /disable` and `POST /refresh` */
export const emptyBody = z.strictObject({}).meta({ id: 'Empty' });

/** `POST /sessions/purge` */
export const purgeBody = z
  .strictObject({
    all: flag.default(false).meta({ description: "Whether admins' sessions end too, but for your own." }),
  })
  .meta({ id: 'Purge' });

/** `POST /log-level` */
export const logLevelBody = z
  .strictObject({
    level: z.enum(['debug', 'info'], {
      error: ({ input }) => (input === undefined ? 'is required' : 'must be "debug" or "info"'),
    }),
    minutes: wholeNumber('minutes', 1, MAX_DEBUG_MINUTES)
      .optional()
      .meta({ description: `How long \`debug\` holds; ${USUAL_DEBUG_MINUTES} if not given.` }),
  })
  .refine(({ level, minutes }) => level === 'debug' || minutes === undefined, {
    path: ['minutes'],
    error: 'can only be given with "debug"',
  })
  .meta({ id: 'LogLevelChange' });

/** `POST /reset` */
export const resetBody = z
  .strictObject({
    windows: flag.default(false).meta({ description: 'Whether scheduled windows are taken away too.' }),
    rules: flag
      .default(false)
      .meta({ description: "Whether the owner's classification rules are taken away too." }),
  })
  .meta({ id: 'Reset' });

/** A principal's id has at most 128 characters in a Cognito user pool, 255 in OpenID Connect. */
const MAX_PRINCIPAL_LENGTH = 255;
const MAX_PRINCIPAL_BYTES = 512;

/** `POST /revocations` */
export const revocationBody = z
  .strictObject({
    principal: text(MAX_PRINCIPAL_LENGTH, { forbidden: 'all', mayBeBlank: true, what: "a principal's id" })
      .refine(
        (id) => new TextEncoder().encode(id).length <= MAX_PRINCIPAL_BYTES,
        `must have at most ${MAX_PRINCIPAL_BYTES} bytes`,
      )
      .meta({ description: 'The id, as `GET /whoami` and the log lines show it.' }),
  })
  .meta({ id: 'Revocation' });

/** `POST /enable`, `POST /emergency`, `POST /deescalate` and `PATCH /` */
export const enableAnswer = statusAnswer
  .extend({
    warnings: z
      .array(z.string())
      .meta({ description: 'What might not have been meant. Warnings never refuse.' }),
  })
  .meta({ id: 'StatusWithWarnings' });

export type EnableAnswer = Answer<typeof enableAnswer>;

/** `POST /disable` */
export const disableAnswer = statusAnswer
  .extend({
    duration: count.meta({ description: 'Seconds that the maintenance took.' }),
    operations_resumed: operations.meta({ description: 'What was blocked until now.' }),
    report_id: z.string().nullable(),
  })
  .meta({ id: 'StatusAfterEnd' });

export type DisableAnswer = Answer<typeof disableAnswer>;

/** `POST /sessions/purge` */
export const purgeAnswer = z
  .strictObject({
    purge_id: z.string().meta({ description: 'The status shows the run under it as `session_purge`.' }),
    scope: z.enum(['members', 'everybody']),
    requested_at: instant,
    version: count,
  })
  .meta({ id: 'PurgeRequested' });

export type PurgeAnswer = Answer<typeof purgeAnswer>;

/** `POST /revocations` */
export const revocationAnswer = z
  .strictObject({
    principal: z.string(),
    revoked_before: instant.meta({ description: 'What the principal was given before is worth nothing.' }),
    purge_id: z.string().meta({ description: "Names the run that deletes the principal's sessions." }),
    version: count,
  })
  .meta({ id: 'Revoked' });

export type RevocationAnswer = Answer<typeof revocationAnswer>;

/** `POST /refresh` */
export const refreshAnswer = z
  .strictObject({
    requested_at: instant.meta({
      description:
        'What instances remember from before is dropped within a second of the next request to each.',
    }),
    version: count,
  })
  .meta({ id: 'RefreshRequested' });

export type RefreshAnswer = Answer<typeof refreshAnswer>;

/** `POST /log-level` */
export const logLevelAnswer = z
  .strictObject({
    level: z.enum(['debug', 'info']),
    until: instant.nullable().meta({ description: 'When `debug` ends by itself; null for `info`.' }),
    version: count,
  })
  .meta({ id: 'LogLevel' });

export type LogLevelAnswer = Answer<typeof logLevelAnswer>;

/** Why a validation may fail. */
const VALIDATION_CODES = [
  'invalid_request',
  'maintenance_already_active',
  'maintenance_not_active',
  'not_in_emergency',
  'state_changed',
] as const;

/** `POST /validate` */
export const validateAnswer = z
  .strictObject({
    valid: z
      .boolean()
      .meta({ description: 'Whether `enable` would be carried out, the state being as it is.' }),
    errors: z.array(
      z.strictObject({
        field: z.string().nullable().meta({ description: 'Null where the present state is in the way.' }),
        code: z.enum(VALIDATION_CODES),
        message: z.string(),
        remedy: z.string().nullable(),
      }),
    ),
    warnings: z.array(z.string()),
    impact: z
      .strictObject({
        score: z.int().min(0).max(100),
        level: z.enum(['low', 'medium', 'high']).meta({ description: 'Below 35, below 65, from 65.' }),
        blocked_operations: operations,
        simulated_operations: operations,
        open_operations: operations,
        ends_sessions: z.boolean(),
        duration: count.nullable().meta({ description: 'Seconds; null when no end is known.' }),
        factors: z
          .array(
            z.strictObject({
              factor: z.enum(['blocked_operations', 'length', 'sessions_ended', 'reads_closed', 'test_run']),
              points: count,
              most: count,
              explanation: z.string(),
            }),
          )
          .meta({ description: 'What the score is the sum of.' }),
      })
      .nullable(),
  })
  .meta({ id: 'Validation' });

export type Validation = Answer<typeof validateAnswer>;

export type ValidationError = Validation['errors'][number];
/** How hard a maintenance is on the users of the application. */
export type Impact = NonNullable<Validation['impact']>;
/** One contribution to the score, and what it is owed to. */
export type ImpactFactor = Impact['factors'][number];
