import * as z from 'zod';
import { jobDrain } from '../drain/schemas.ts';
import { type Answer, count, instant, operations } from '../http/fields.ts';
import { sessionPurge } from '../purge/schemas.ts';

/** A scheduled maintenance as everybody may know of it. */
const nextWindow = z.strictObject({
  id: z.string(),
  starts_at: instant,
  ends_at: instant,
  reason: z.string(),
  mode: z.enum(['normal', 'test']),
  auto_end: z.boolean(),
});

export type NextWindow = Answer<typeof nextWindow>;

/** `GET /status`, and the commands that answer with a status alone. */
export const statusAnswer = z
  .strictObject({
    is_active: z.boolean(),
    mode: z.enum(['normal', 'emergency', 'test']).meta({ description: '`normal` while nothing is active.' }),
    name: z
      .string()
      .nullable()
      .meta({ description: 'What the deployment is called; null where it has no name.' }),
    reason: z.string().nullable(),
    public_reason: z
      .string()
      .nullable()
      .meta({ description: 'What callers read in place of the reason; null where they read that.' }),
    estimated_duration: z.int().nullable().meta({ description: 'Seconds from start to planned end.' }),
    started_at: instant.nullable(),
    estimated_completion: instant.nullable(),
    auto_end: z.boolean().meta({
      description:
        'Whether it ends by itself at its end; else it goes on until somebody ends it. An emergency never does.',
    }),
    blocked_operations: operations,
    simulated_operations: operations.meta({ description: 'In test mode: what would be blocked.' }),
    active_jobs_count: count.nullable().meta({ description: 'Null when it cannot be told now.' }),
    message: z.string(),
    enabled_by: z.string().nullable().meta({ description: 'Null unless an admin asks.' }),
    invalidated_sessions: count
      .nullable()
      .meta({ description: 'Sessions that this maintenance has ended so far; null when it is not known.' }),
    session_purge: sessionPurge.nullable().meta({ description: 'The newest purge; null before the first.' }),
    job_drain: jobDrain.nullable().meta({
      description:
        'How far jobs have come to an end; null where none has to, where it cannot be told, and in the answers to commands.',
    }),
    test_mode: z.boolean(),
    next_window: nextWindow
      .nullable()
      .meta({ description: 'The next scheduled maintenance that has not begun.' }),
    version: count.meta({ description: 'The number of the newest event.' }),
    state_source: z.enum(['event_log', 'last_known']).meta({
      description:
        'Where the state was read: the event log, or kept from an earlier read while the log is away.',
    }),
    as_of: instant,
  })
  .meta({ id: 'Status' });

export type StatusView = Answer<typeof statusAnswer>;

const blockedOperation = z.strictObject({
  operation_type: z.string(),
  endpoint_patterns: z.array(z.string()).meta({ description: 'Path templates.' }),
  description: z.string(),
  blocked_since: instant,
  attempt_count: count.nullable().meta({ description: 'Null when it cannot be told now.' }),
  last_attempt: instant.nullable(),
  user_message: z.string(),
});

export type BlockedOperation = Answer<typeof blockedOperation>;

/** `GET /blocked-operations` */
export const blockedOperationsAnswer = z
  .strictObject({
    items: z.array(blockedOperation),
    next_cursor: z.null(),
    totals: z.strictObject({
      blocked_operations: count,
      attempt_count: count.nullable().meta({
        description: 'Blocked calls of this maintenance, those to types that are not listed included.',
      }),
      last_attempt: instant.nullable(),
      client_count: count.nullable().meta({ description: 'Different clients that were blocked.' }),
      client_count_exact: z
        .boolean()
        .meta({ description: 'Beyond 10 000 clients their number is estimated.' }),
    }),
    version: count,
    counts_source: z.enum(['activity_table', 'last_known', 'unavailable']),
    as_of: instant,
  })
  .meta({ id: 'BlockedOperations' });

export type BlockedOperationsView = Answer<typeof blockedOperationsAnswer>;

/** The query of `GET /message`. */
export const messageQuery = z.strictObject({
  operation: z.string('must be one operation type').optional(),
});

/** `GET /message` */
export const messageAnswer = z
  .strictObject({
    message: z.string(),
    operation_type: z.string().nullable(),
    maintenance_active: z.boolean(),
    estimated_completion: instant.nullable(),
    alternative_actions: z.array(z.string()),
  })
  .meta({ id: 'Message' });

export type MessageView = Answer<typeof messageAnswer>;

/** `GET /signin` */
export const signInAnswer = z
  .strictObject({
    issuer: z.url().meta({ description: 'The OpenID Connect issuer of access tokens.' }),
    client_id: z.string(),
    openid_configuration: z.url(),
  })
  .meta({ id: 'SignIn' });

export type SignIn = Answer<typeof signInAnswer>;
