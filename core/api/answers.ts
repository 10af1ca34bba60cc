import * as z from 'zod';
import type {
  DisableAnswer,
  EnableAnswer,
  LogLevelAnswer,
  PurgeAnswer,
  RefreshAnswer,
  RevocationAnswer,
} from '../commands/answer.ts';
import type { Validation } from '../commands/validate-enable.ts';
import type { DrainView } from '../drain/view.ts';
import { EVENT_TYPES } from '../events/event-types.ts';
import type { Health } from '../health/health.ts';
import type { EventView } from '../history/event-view.ts';
import type { HistoryPage } from '../history/history-page.ts';
import { PROBLEMS, type ProblemCode } from '../http/problem.ts';
import type { PurgeView } from '../purge/view.ts';
import type { ClassificationView } from '../rules/classification-view.ts';
import type { RulesPage, RuleView } from '../rules/rule-view.ts';
import type { SessionsPage } from '../sessions/page.ts';
import type { SessionStatistics } from '../sessions/statistics.ts';
import type { SessionItem, SessionView } from '../sessions/view.ts';
import { ROLES } from '../state/principal.ts';
import type { BlockedOperationsView } from '../status/blocked-operations-view.ts';
import type { MessageView } from '../status/message-view.ts';
import type { StatusView } from '../status/status-view.ts';
import type { WindowsPage } from '../windows/view.ts';
import type { WindowView } from '../windows/window-facts.ts';

/**
 * The answers of the HTTP API as schemas: what the API's description shows, and what the tests hold real answers to.
 * All are strict, so that no answer holds a field that isn't described.
 */

const instant = z.iso.datetime();
const count = z.int().min(0);
const operations = z.array(z.string());

/** Why a validation may fail. */
const VALIDATION_CODES = [
  'invalid_request',
  'maintenance_already_active',
  'maintenance_not_active',
  'not_in_emergency',
  'state_changed',
] as const;

const sessionPurge = z.strictObject({
  id: z.string(),
  status: z.enum(['pending', 'running', 'completed', 'failed']).meta({
    description: '`failed` while the session store gives no good answer; it is tried again every minute.',
  }),
  scope: z.enum(['members', 'everybody', 'named']),
  pass: z.union([z.literal(1), z.literal(2)]),
  scanned: count,
  deleted: count,
  kept: count,
  unparsable: count,
  progress: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'Null where nobody knows how much there is to do.' }),
  started_at: instant.nullable(),
  updated_at: instant.nullable(),
  finished_at: instant.nullable(),
  error: z.string().nullable().meta({ description: 'Null unless an admin asks.' }),
}) satisfies z.ZodType<PurgeView>;

const jobDrain = z.strictObject({
  status: z.enum(['pending', 'draining', 'drained', 'terminated', 'incomplete']).meta({
    description:
      '`pending` before the first look. `drained`: all ended by themselves. `terminated`: some had to be. `incomplete`: some could not be.',
  }),
  remaining: count.meta({ description: 'Jobs that are left, as of the last look.' }),
  terminated: count,
  lost: count,
  deadline: instant.nullable().meta({
    description:
      'In normal mode when jobs should be gone, in an emergency when those that are left are terminated.',
  }),
  holding: z
    .array(z.string())
    .nullable()
    .meta({ description: 'Some of the jobs that are left; null unless an admin asks.' }),
}) satisfies z.ZodType<DrainView>;

/** `GET /status`, and the commands that answer with a status alone. */
export const statusAnswer = z.strictObject({
  is_active: z.boolean(),
  mode: z.enum(['normal', 'emergency', 'test']).meta({ description: '`normal` while nothing is active.' }),
  reason: z.string().nullable(),
  estimated_duration: z.int().nullable().meta({ description: 'Seconds from start to planned end.' }),
  started_at: instant.nullable(),
  estimated_completion: instant.nullable(),
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
  next_window: z
    .strictObject({
      id: z.string(),
      starts_at: instant,
      ends_at: instant,
      reason: z.string(),
      mode: z.enum(['normal', 'test']),
      auto_end: z.boolean(),
    })
    .nullable()
    .meta({ description: 'The next scheduled maintenance that has not begun.' }),
  version: count.meta({ description: 'The number of the newest event.' }),
  state_source: z.enum(['event_log', 'last_known']).meta({
    description:
      'Where the state was read: the event log, or kept from an earlier read while the log is away.',
  }),
  as_of: instant,
}) satisfies z.ZodType<StatusView>;

/** `POST /enable` and `POST /emergency` */
export const enableAnswer = statusAnswer.extend({
  warnings: z
    .array(z.string())
    .meta({ description: 'What might not have been meant. Warnings never refuse.' }),
}) satisfies z.ZodType<EnableAnswer>;

/** `POST /disable` */
export const disableAnswer = statusAnswer.extend({
  duration: count.meta({ description: 'Seconds that the maintenance took.' }),
  operations_resumed: operations.meta({ description: 'What was blocked until now.' }),
  report_id: z.string().nullable(),
}) satisfies z.ZodType<DisableAnswer>;

/** `POST /sessions/purge` */
export const purgeAnswer = z.strictObject({
  purge_id: z.string().meta({ description: 'The status shows the run under it as `session_purge`.' }),
  scope: z.enum(['members', 'everybody']),
  requested_at: instant,
  version: count,
}) satisfies z.ZodType<PurgeAnswer>;

/** `POST /revocations` */
export const revocationAnswer = z.strictObject({
  principal: z.string(),
  revoked_before: instant.meta({ description: 'What the principal was given before is worth nothing.' }),
  purge_id: z.string().meta({ description: "Names the run that deletes the principal's sessions." }),
  version: count,
}) satisfies z.ZodType<RevocationAnswer>;

/** `POST /refresh` */
export const refreshAnswer = z.strictObject({
  requested_at: instant.meta({
    description:
      'What instances remember from before is dropped within a second of the next request to each.',
  }),
  version: count,
}) satisfies z.ZodType<RefreshAnswer>;

/** `POST /log-level` */
export const logLevelAnswer = z.strictObject({
  level: z.enum(['debug', 'info']),
  until: instant.nullable().meta({ description: 'When `debug` ends by itself; null for `info`.' }),
  version: count,
}) satisfies z.ZodType<LogLevelAnswer>;

export const eventAnswer = z.strictObject({
  number: count,
  type: z.enum(EVENT_TYPES),
  at: instant,
  actor: z.strictObject({
    id: z.string(),
    role: z.enum([...ROLES, 'system']),
    via: z.enum(['api', 'direct', 'clock']).meta({
      description: 'The HTTP API, IAM credentials alone, or the clock.',
    }),
  }),
  reason: z.string().nullable(),
  maintenance_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  version: count,
  hash: z.string().regex(/^[0-9a-f]{64}$/),
}) satisfies z.ZodType<EventView>;

/** `GET /history` */
export const historyAnswer = z.strictObject({
  items: z.array(eventAnswer),
  next_cursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
}) satisfies z.ZodType<HistoryPage>;

const ruleShape = {
  id: z.string(),
  method: z.union([z.string(), z.array(z.string())]),
  path: z.string(),
  operation: z.string(),
};

const ruleAnswer = z.strictObject({
  ...ruleShape,
  added_at: instant,
  added_by: z.string(),
}) satisfies z.ZodType<RuleView>;

/** `GET /rules` */
export const rulesAnswer = z.strictObject({
  items: z.array(ruleAnswer),
  next_cursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
}) satisfies z.ZodType<RulesPage>;

/** `POST /rules` and `DELETE /rules/{id}`: the rule that came or went. */
export const ruleChangeAnswer = ruleAnswer.extend({
  version: count.meta({ description: 'The version of the state from which it is so.' }),
});

const span = { starts_at: instant, ends_at: instant };

/** `GET /windows/{id}` */
export const windowAnswer = z.strictObject({
  id: z.string(),
  reason: z.string(),
  ...span,
  duration: count.meta({ description: 'Seconds from start to planned end.' }),
  mode: z.enum(['normal', 'test']),
  auto_end: z.boolean(),
  blocked_operations: operations.nullable().meta({ description: 'Null where all are blocked that can be.' }),
  rrule: z.string().nullable(),
  timezone: z.string(),
  status: z.enum(['scheduled', 'running', 'cancelled']),
  next: z
    .array(z.strictObject(span))
    .meta({ description: 'The next times that it takes place, five at most.' }),
  scheduled_at: instant,
  scheduled_by: z.string(),
}) satisfies z.ZodType<WindowView>;

/** `GET /windows` */
export const windowsAnswer = z.strictObject({
  items: z.array(windowAnswer),
  next_cursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
}) satisfies z.ZodType<WindowsPage>;

/** `POST /windows`, `PATCH` and `DELETE /windows/{id}`: the window as it is from then on. */
export const windowChangeAnswer = windowAnswer.extend({
  warnings: z
    .array(z.string())
    .meta({ description: 'What might not have been meant. Warnings never refuse.' }),
  version: count.meta({ description: 'The version of the state from which it is so.' }),
});

const decision = z.enum(['allow', 'block']);
const decisionsByRole = z.strictObject({
  admin: decision,
  worker: decision,
  member: decision,
  anonymous: decision,
});

/** `POST /classify` */
export const classificationAnswer = z.strictObject({
  canonical_path: z.string().nullable().meta({ description: 'Null when the path is malformed.' }),
  rule: z
    .strictObject({ ...ruleShape, source: z.enum(['owner', 'built_in']), id: z.string().nullable() })
    .nullable(),
  operation_type: z.string(),
  decisions: z
    .strictObject({ normal: decisionsByRole, emergency: decisionsByRole, test: decisionsByRole })
    .meta({ description: 'When everything that can be blocked is.' }),
  current: decisionsByRole.meta({ description: 'As things are now.' }),
}) satisfies z.ZodType<ClassificationView>;

const sessionItem = z.strictObject({
  id: z.string().meta({ description: 'The first 8 characters: the whole id is a credential.' }),
  role: z.enum(['admin', 'worker', 'member']),
  user: z.string().nullable(),
  created_at: instant.nullable().meta({ description: 'Null when the session does not say.' }),
  age_seconds: count.nullable(),
  expires_in_seconds: count.nullable().meta({ description: 'Null when it never does by itself.' }),
  readable: z.boolean().meta({ description: "Whether it is a JSON object; else it counts as a member's." }),
}) satisfies z.ZodType<SessionItem>;

/** `GET /sessions` */
export const sessionsAnswer = z.strictObject({
  items: z.array(sessionItem),
  next_cursor: z.string().nullable().meta({
    description: 'Null on the last page. A page may hold fewer sessions than the limit, or none, and go on.',
  }),
}) satisfies z.ZodType<SessionsPage>;

/** `GET /sessions/{id}` */
export const sessionAnswer = sessionItem.extend({
  role_name: z.string().nullable().meta({ description: 'The role as it stands in the session.' }),
  role_pointer: z.string().nullable().meta({ description: 'JSON pointer (RFC 6901) to where it stands.' }),
  ended: z.boolean().meta({
    description: 'Whether a maintenance or a revocation has made it worth nothing at the gateway.',
  }),
}) satisfies z.ZodType<SessionView>;

/** `GET /sessions/statistics` */
export const sessionStatisticsAnswer = z.strictObject({
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
  coverage: z.number().min(0).max(1).meta({ description: "The share of the store's keys that was passed." }),
  as_of: instant,
}) satisfies z.ZodType<SessionStatistics>;

/** `GET /blocked-operations` */
export const blockedOperationsAnswer = z.strictObject({
  items: z.array(
    z.strictObject({
      operation_type: z.string(),
      endpoint_patterns: z.array(z.string()).meta({ description: 'Path templates.' }),
      description: z.string(),
      blocked_since: instant,
      attempt_count: count.nullable().meta({ description: 'Null when it cannot be told now.' }),
      last_attempt: instant.nullable(),
      user_message: z.string(),
    }),
  ),
  next_cursor: z.null(),
  totals: z.strictObject({
    blocked_operations: count,
    attempt_count: count.nullable().meta({
      description: 'Blocked calls of this maintenance, those to types that are not listed included.',
    }),
    last_attempt: instant.nullable(),
    client_count: count.nullable().meta({ description: 'Different clients that were blocked.' }),
    client_count_exact: z.boolean().meta({ description: 'Beyond 10 000 clients their number is estimated.' }),
  }),
  version: count,
  counts_source: z.enum(['activity_table', 'last_known', 'unavailable']),
  as_of: instant,
}) satisfies z.ZodType<BlockedOperationsView>;

/** `GET /message` */
export const messageAnswer = z.strictObject({
  message: z.string(),
  operation_type: z.string().nullable(),
  maintenance_active: z.boolean(),
  estimated_completion: instant.nullable(),
  alternative_actions: z.array(z.string()),
}) satisfies z.ZodType<MessageView>;

/** `GET /signin` */
export const signInAnswer = z.strictObject({
  issuer: z.url().meta({ description: 'The OpenID Connect issuer of access tokens.' }),
  client_id: z.string(),
  openid_configuration: z.url(),
});

export type SignIn = z.output<typeof signInAnswer>;

const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy']);

const componentHealth = z.strictObject({
  status: healthStatus,
  message: z.string(),
  latency_ms: count.meta({ description: 'Milliseconds that the check took.' }),
  age_ms: count.nullable().meta({ description: 'Milliseconds since what it holds was read or fetched.' }),
  source: z.enum(['event_log', 'last_known']).optional(),
});

/** `GET /health` */
export const healthAnswer = z.strictObject({
  status: healthStatus.meta({ description: 'That of the component which is worst.' }),
  components: z.strictObject({
    event_log: componentHealth,
    issuer_keys: componentHealth,
    state: componentHealth,
    session_store: componentHealth,
    health_check: componentHealth,
  }),
  as_of: instant,
}) satisfies z.ZodType<Health>;

/** `GET /whoami` */
export const whoAmIAnswer = z.strictObject({
  id: z.string(),
  role: z.enum(ROLES),
  credential: z.literal('valid'),
  authenticated_at: instant.nullable().meta({ description: 'The last sign-in; refreshing a token is none.' }),
  fresh_sign_in: z.boolean().meta({ description: 'Whether it is recent enough to declare an emergency.' }),
  fresh_until: instant.nullable(),
});

/** `POST /validate` */
export const validateAnswer = z.strictObject({
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
}) satisfies z.ZodType<Validation>;

/** `GET /openapi.json` */
export const openApiAnswer = z.looseObject({ openapi: z.literal('3.1.1') });

const fieldProblem = z.strictObject({ field: z.string(), message: z.string() });

/** Every error of the API's own functions (RFC 9457). */
export const problemAnswer = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  error: z.enum(Object.keys(PROBLEMS) as ProblemCode[]).meta({ description: 'Stable code.' }),
  message: z.string(),
  details: z.array(fieldProblem).meta({ description: 'What is wrong, field by field.' }),
  request_id: z.string(),
  remedy: z.string().optional().meta({ description: 'The call that would work.' }),
  version: count.optional().meta({ description: 'The version of the state that stood in the way.' }),
  maintenance: z
    .strictObject({
      id: z.string(),
      mode: z.enum(['normal', 'emergency', 'test']),
      held_by: z.string(),
      since: instant,
    })
    .nullish()
    .meta({ description: 'The maintenance that stood in the way.' }),
});

/**
 * What the gateway answers by itself: too many requests, no authorizer to ask, or a request that it takes nowhere.
 * Of the last kind only the status line tells the status.
 */
export const gatewayProblemAnswer = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599).optional(),
  detail: z.string().optional(),
  error: z.enum([
    'authorizer_unavailable',
    'too_many_requests',
    'quota_exceeded',
    'request_refused',
    'gateway_error',
  ]),
  message: z.string(),
  details: z.array(fieldProblem).max(0),
  request_id: z.string(),
  retry_after: count.optional().meta({ description: 'Seconds.' }),
});

/** What a blocked caller of the application gets, with status 503. */
export const refusalAnswer = z.strictObject({
  type: z.literal('urn:problem:maintenance-active'),
  title: z.string(),
  status: z.literal(503),
  detail: z.string(),
  instance: z.string(),
  error: z.literal('maintenance_active'),
  maintenance_active: z.literal(true),
  message: z.string(),
  retry_after: count.meta({ description: 'Seconds, as in the header Retry-After.' }),
  timestamp: instant,
  maintenance: z.strictObject({
    mode: z.enum(['normal', 'emergency']),
    reason: z.string(),
    started_at: instant,
    estimated_completion: instant.nullable(),
    version: count,
  }),
  operation: z.strictObject({ type: z.string(), description: z.string(), suggestion: z.string() }),
});
