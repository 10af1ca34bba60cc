import * as z from 'zod';
import { type Answer, count, instant, pageAnswer, pageQuery } from '../http/fields.ts';

/** `GET /sessions` */
export const sessionsQuery = z.strictObject({
  ...pageQuery('20'),
  role: z
    .enum(['admin', 'worker', 'member'], 'must be "admin", "worker" or "member", and given once')
    .optional()
    .meta({ description: 'Only sessions of this role.' }),
});

export type SessionsQuery = z.output<typeof sessionsQuery>;

const sessionItem = z.strictObject({
  id: z.string().meta({ description: 'The first 8 characters: the whole id is a credential.' }),
  role: z.enum(['admin', 'worker', 'member']),
  user: z.string().nullable(),
  created_at: instant.nullable().meta({ description: 'Null when the session does not say.' }),
  age_seconds: count.nullable(),
  expires_in_seconds: count.nullable().meta({ description: 'Null when it never does by itself.' }),
  readable: z.boolean().meta({ description: "Whether it is a JSON object; else it counts as a member's." }),
});

export type SessionItem = Answer<typeof sessionItem>;

/** `GET /sessions` */
export const sessionsAnswer = pageAnswer(
  sessionItem,
  'Null on the last page. A page may hold fewer sessions than the limit, or none, and go on.',
).meta({ id: 'Sessions' });

export type SessionsPage = Answer<typeof sessionsAnswer>;

/** `GET /sessions/{id}` */
export const sessionAnswer = sessionItem
  .extend({
    role_name: z.string().nullable().meta({ description: 'The role as it stands in the session.' }),
    role_pointer: z.string().nullable().meta({ description: 'JSON pointer (RFC 6901) to where it stands.' }),
    ended: z.boolean().meta({
      description: 'Whether a maintenance or a revocation has made it worth nothing at the gateway.',
    }),
  })
  .meta({ id: 'Session' });

export type SessionView = Answer<typeof sessionAnswer>;

/** `GET /sessions/statistics` */
export const sessionStatisticsAnswer = z
  .strictObject({
    total: count,
    by_role: z.strictObject({ admin: count, worker: count, member: count }),
    by_age: z.strictObject({
      under_1h: count,
      under_1d: count,
      under_7d: count,
      older: count,
      unknown: count,
    }),
    unreadable: count.meta({ description: "Sessions that are no JSON object; they count as members'." }),
    without_role: count.meta({ description: "Sessions that name no role; they count as members' too." }),
    exact: z.boolean().meta({ description: 'Whether all were counted; else the numbers are estimates.' }),
    sampled: count.meta({ description: 'Sessions that were looked at.' }),
    coverage: z
      .number()
      .min(0)
      .max(1)
      .meta({ description: "The share of the store's keys that was passed." }),
    as_of: instant,
  })
  .meta({ id: 'SessionStatistics' });

export type SessionStatistics = Answer<typeof sessionStatisticsAnswer>;
