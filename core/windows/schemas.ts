import * as z from 'zod';
import {
  blockedOperations,
  duration,
  endsAt,
  hasOneEnd,
  ONE_END,
  publicReason,
  RFC_3339,
  reason,
} from '../commands/plan-fields.ts';
import {
  type Answer,
  count,
  flag,
  instant,
  operations,
  pageAnswer,
  pageQuery,
  wholeSeconds,
} from '../http/fields.ts';
import { isTimeZone, MAX_RULE_LENGTH, normalRule, ruleProblem } from './recurrence-rule.ts';

const instantGiven = z.iso.datetime({
  offset: true,
  error: ({ input }) => (input === undefined ? 'is required' : RFC_3339),
});

const startsAt = instantGiven.meta({
  description: 'The start; up to a minute ago counts as now. Of a rule: where it begins to count.',
});

const rrule = z
  .string('must be a text')
  .max(MAX_RULE_LENGTH, `must have at most ${MAX_RULE_LENGTH} characters`)
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
  .meta({
    description: 'Whose local time a window goes by; UTC where none is given.',
    examples: ['Europe/Berlin'],
  });

const drainDeadline = wholeSeconds(0, 604_800).meta({
  description: 'Seconds from each start after which jobs should be gone; null for no deadline.',
});

const windowMode = z.enum(['normal', 'test'], 'must be "normal" or "test"');

/** `POST /windows` */
export const windowBody = z
  .strictObject({
    reason,
    public_reason: publicReason.optional(),
    starts_at: startsAt,
    ends_at: endsAt.optional(),
    duration: duration.optional(),
    mode: windowMode.default('normal'),
    auto_end: flag.default(true).meta({ description: 'Whether the maintenance ends by itself at its end.' }),
    blocked_operations: blockedOperations.optional(),
    invalidate_sessions: flag
      .default(true)
      .meta({ description: "Whether members' sessions end at its start." }),
    notify_users: flag.default(true),
    drain_deadline: drainDeadline.optional(),
    rrule: rrule.optional(),
    timezone: timezone.optional(),
  })
  .refine(hasOneEnd, ONE_END)
  .refine((body) => body.duration !== undefined || body.ends_at !== undefined, {
    path: ['ends_at'],
    error: 'is required, unless duration is given: a window has an end',
  })
  .meta({ id: 'ScheduleWindow' });

export type WindowBody = z.output<typeof windowBody>;

/** `PATCH /windows/{id}`: changes what is given. `null` blocks all types again, or lets it take place once. */
export const windowChangeBody = z
  .strictObject({
    reason: reason.optional(),
    public_reason: publicReason.nullish(),
    starts_at: startsAt.optional(),
    ends_at: endsAt.optional(),
    duration: duration.optional(),
    mode: windowMode.optional(),
    auto_end: flag.optional(),
    blocked_operations: blockedOperations.nullish(),
    invalidate_sessions: flag.optional(),
    notify_users: flag.optional(),
    drain_deadline: drainDeadline.nullish(),
    rrule: rrule.nullish(),
    timezone: timezone.optional(),
  })
  .refine(hasOneEnd, ONE_END)
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    path: ['body'],
    error:
      'must name what to change: reason, public_reason, starts_at, ends_at, duration, mode, auto_end, blocked_operations, invalidate_sessions, notify_users, drain_deadline, rrule or timezone',
  })
  .meta({ id: 'ChangeWindow' });

export type WindowChangeBody = z.output<typeof windowChangeBody>;

/** `POST /windows/{id}/skip` and `/unskip` */
export const skipBody = z
  .strictObject({
    starts_at: instantGiven.meta({
      description: 'When the occurrence begins, as `next` of the window shows it.',
    }),
  })
  .meta({ id: 'WindowOccurrence' });

export type SkipBody = z.output<typeof skipBody>;

/** `GET /windows` */
export const windowsQuery = z.strictObject(pageQuery('100'));

export type WindowsQuery = z.output<typeof windowsQuery>;

const span = { starts_at: instant, ends_at: instant };

/** `GET /windows/{id}` */
export const windowAnswer = z
  .strictObject({
    id: z.string(),
    reason: z.string(),
    public_reason: z.string().optional().meta({ description: 'What callers read in place of the reason.' }),
    ...span,
    duration: count.meta({ description: 'Seconds from start to planned end.' }),
    mode: z.enum(['normal', 'test']),
    auto_end: z.boolean(),
    blocked_operations: operations
      .nullable()
      .meta({ description: 'Null where all are blocked that can be.' }),
    invalidate_sessions: z.boolean(),
    notify_users: z.boolean(),
    drain_deadline: count.nullable().meta({ description: 'Seconds from the start; null for none.' }),
    rrule: z.string().nullable(),
    timezone: z.string(),
    status: z.enum(['scheduled', 'running', 'cancelled']),
    next: z
      .array(z.strictObject(span))
      .meta({ description: 'The next times that it takes place, five at most.' }),
    scheduled_at: instant,
    scheduled_by: z.string(),
  })
  .meta({ id: 'Window' });

export type WindowView = Answer<typeof windowAnswer>;

/** `GET /windows` */
export const windowsAnswer = pageAnswer(windowAnswer).meta({ id: 'Windows' });

export type WindowsPage = Answer<typeof windowsAnswer>;

/** `POST /windows`, `PATCH` and `DELETE /windows/{id}`: the window as it is from then on. */
export const windowChangeAnswer = windowAnswer
  .extend({
    warnings: z
      .array(z.string())
      .meta({ description: 'What might not have been meant. Warnings never refuse.' }),
    version: count.meta({ description: 'The version of the state from which it is so.' }),
  })
  .meta({ id: 'WindowAfterChange' });
