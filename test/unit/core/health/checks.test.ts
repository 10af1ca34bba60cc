import { describe, expect, test } from '@jest/globals';
import type { CanaryAnswer } from '../../../../core/health/agreement.ts';
import { type Check, judge } from '../../../../core/health/checks/check.ts';
import {
  CHECK_NAMES,
  CHECKS,
  type CheckName,
  componentOf,
  componentValues,
  type Facts,
  findingOf,
} from '../../../../core/health/checks/checks.ts';
import { FINDING_SECTIONS, type Finding } from '../../../../core/health/finding.ts';
import { observed, unable } from '../../../../core/health/observation.ts';
import { NOW } from '../../../support/examples.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What is observed, what it means, the whole sentence, and what stands in the remedy. */
type Example<Name extends CheckName> = [
  facts: Facts[(typeof CHECKS)[Name]['of']],
  status: Finding['status'],
  seen: string,
  remedy?: string,
];

const INACTIVE = {
  is_active: false,
  mode: 'normal',
  reason: null,
  started_at: null,
  version: 41,
  state_source: 'event_log',
};
const ACTIVE = {
  ...INACTIVE,
  is_active: true,
  reason: 'Upgrade',
  started_at: '2026-01-15T09:00:00Z',
  version: 42,
};
const TICK = { name: 'tick', state: 'Active', lastUpdate: 'Successful', reason: null };
const RULE = { id: 'r1', method: 'POST', path: '/reports', operation: 'read_operations' };
const ALARM = { name: 'drain-stuck', state: 'alarm', severity: 'warning', runbook: 'docs/t.md#drain-stuck' };
const SESSIONS = { total: 10, by_role: { admin: 1 }, without_role: 0, unreadable: 0, exact: true };
const blocked = (version: number): CanaryAnswer => ({ decision: 'blocked', status: 503, version });
const allowed = (version: number | null): CanaryAnswer => ({ decision: 'allowed', status: 200, version });
const UNDECIDED: CanaryAnswer = { decision: 'unavailable', status: 500, version: null };
const SHUT = { expected: 'blocked', version: 7 } as const;
const OPEN = { expected: 'allowed', version: 7 } as const;
const STEP = { step: 'sessions', outcome: 'failed', error: 'Redis is away' };
const IN_15_MIN = 'in the last 15 minutes';

const EXAMPLES: { readonly [Name in CheckName]: readonly Example<Name>[] } = {
  status_read: [
    [INACTIVE, 'ok', 'No maintenance is active (version 41).'],
    [ACTIVE, 'ok', 'Maintenance is active since 2026-01-15T09:00:00Z (version 42): Upgrade'],
    [
      { ...ACTIVE, mode: 'test' },
      'ok',
      'A test run is active since 2026-01-15T09:00:00Z (version 42): Upgrade',
    ],
    [
      { ...ACTIVE, mode: 'emergency', started_at: null },
      'ok',
      'EMERGENCY maintenance is active since an unknown time (version 42): Upgrade',
    ],
  ],
  state_source: [
    [INACTIVE, 'ok', 'The state is read from the event log: version 41.'],
    [
      { ...INACTIVE, state_source: 'last_known' },
      'warning',
      'The last known state is shown, version 41: the event log could not be read.',
      'event_log_read',
    ],
  ],
  health: [
    [{ status: 'healthy', components: {} }, 'ok', 'Every component is healthy.'],
    [
      {
        status: 'degraded',
        components: {
          state: { status: 'healthy', message: 'It is the newest.' },
          session_store: { status: 'degraded', message: 'It did not answer in time.' },
        },
      },
      'warning',
      'session_store is degraded: It did not answer in time.',
      'See the checks of those parts',
    ],
    [
      { status: 'unhealthy', components: { event_log: { status: 'unhealthy', message: 'No.' } } },
      'failed',
      'event_log is unhealthy: No.',
      'See the checks of those parts',
    ],
  ],
  maintenance_overdue: [
    [{ end: null, now: NOW }, 'ok', 'No planned end has passed.'],
    [{ end: NOW + MINUTE, now: NOW }, 'ok', 'The planned end is 2026-01-15T10:01:00Z.'],
    [
      { end: NOW - 10 * MINUTE, now: NOW },
      'warning',
      'The planned end passed 10 min ago, at 2026-01-15T09:50:00Z; operations are still blocked.',
      'maintenance disable',
    ],
  ],
  due_events: [
    [null, 'ok', 'All that the clock has made due is in the log, or will be within a minute.'],
    [
      { what: 'ended', since: NOW - 2 * MINUTE, now: NOW },
      'ok',
      'All that the clock has made due is in the log, or will be within a minute.',
    ],
    [
      { what: 'ended', since: NOW - 2 * MINUTE - 1, now: NOW },
      'failed',
      'The event that a maintenance has ended has been due for 2 min and is not in the log. Requests are decided by the clock all the same.',
      '`tick_failed`',
    ],
  ],
  event_log_read: [
    [{ events: 100, milliseconds: null }, 'ok', 'The event log can be read: 100 newest events.'],
    [{ events: 1, milliseconds: 500 }, 'ok', 'The event log can be read: 1 newest event, in 500 ms.'],
    [
      { events: 1, milliseconds: 501 },
      'warning',
      'The event log can be read: 1 newest event, in 501 ms.',
      'latency',
    ],
  ],
  event_log_write: [
    [
      { milliseconds: null },
      'ok',
      'The table takes writes: one that changes nothing was judged by its condition.',
    ],
    [{ milliseconds: 500 }, 'ok', 'The table takes writes: one took 500 ms.'],
    [{ milliseconds: 501 }, 'warning', 'The table takes writes: one took 501 ms.', 'latency'],
  ],
  event_chain: [
    [{ events: 42, fault: null }, 'ok', 'The newest 42 events are as they were written.'],
    [
      { events: 9, fault: { number: 7, fault: 'altered' } },
      'failed',
      'Event 7 is altered: it is not what was written.',
      'CloudTrail',
    ],
  ],
  windows: [
    [{ count: 0, isMore: false, next: null }, 'ok', 'No window is scheduled.'],
    [{ count: 100, isMore: true, next: null }, 'ok', '100 or more scheduled.'],
    [
      { count: 2, isMore: false, next: { id: 'w1', starts_at: '2026-01-16T10:00:00Z', late: 2 * MINUTE } },
      'ok',
      '2 scheduled; the next begins at 2026-01-16T10:00:00Z.',
    ],
    [
      { count: 2, isMore: false, next: { id: 'w1', starts_at: '2026-01-15T09:50:00Z', late: 10 * MINUTE } },
      'warning',
      'Window w1 should have begun 10 min ago, and its event is not in the log.',
      '`tick`',
    ],
  ],
  rules: [
    [{ items: [], isMore: false }, 'ok', 'You have no rules of your own; the built-in ones decide.'],
    [
      { items: [{ ...RULE, method: ['GET', 'HEAD'] }], isMore: true },
      'ok',
      'Your rules can be read: 1 or more.',
    ],
    [
      { items: [RULE], isMore: false },
      'warning',
      'Writes pass in normal mode by 1 rule of yours: POST /reports (r1).',
      'maintenance rules remove ID',
    ],
  ],
  always_allowed: [
    [[], 'ok', 'Every path can be blocked.'],
    [['/static/{proxy+}', '/favicon.ico'], 'ok', 'Never blocked: /static/{proxy+}, /favicon.ico.'],
    [
      ['POST /start_caption_generation'],
      'failed',
      'Operations that maintenance should block are never blocked: /start_caption_generation (by POST /start_caption_generation).',
      'alwaysAllowed narrower',
    ],
    [['/start_caption_generation'], 'ok', 'Never blocked: /start_caption_generation.'],
  ],
  api_methods: [
    [
      [{ method: 'ANY', path: '/{proxy+}', isGuarded: true }],
      'ok',
      'All 1 methods of the API ask the authorizer.',
    ],
    [
      [
        { method: 'ANY', path: '/{proxy+}', isGuarded: true },
        { method: 'POST', path: '/jobs', isGuarded: false },
      ],
      'failed',
      '1 method of the API without the authorizer: POST /jobs.',
      'Deploy the stack again',
    ],
  ],
  authorizer_cache: [
    [[{ name: 'A', seconds: 0 }], 'ok', 'No decision is kept by API Gateway.'],
    [
      [{ name: 'A', seconds: 300 }],
      'failed',
      'API Gateway keeps decisions past a toggle: A for 300 s.',
      'Deploy the stack again',
    ],
  ],
  redis_eviction_policy: [
    [null, 'ok', 'Redis does not say what it deletes when its memory is full.'],
    ['volatile-lru', 'ok', 'When memory is full, Redis goes by volatile-lru.'],
    [
      'allkeys-lru',
      'warning',
      'When memory is full, Redis goes by allkeys-lru: it may delete the sessions of admins, and the copy of the state.',
      '`noeviction`',
    ],
  ],
  health_check: [
    [180, 'ok', 'The scheduled health check ran 180 s ago.'],
    [181, 'failed', 'The scheduled health check ran 181 s ago: it has fallen silent.', 'list-rules'],
  ],
  alarms: [
    [[{ ...ALARM, state: 'ok' }], 'ok', 'No alarm is raised.'],
    [[{ ...ALARM, severity: 'info' }], 'ok', 'Raised, for information: drain-stuck (info).'],
    [[ALARM], 'warning', 'Raised: drain-stuck (warning).', 'See docs/t.md#drain-stuck.'],
    [
      [ALARM, { ...ALARM, name: 'dead-letters', severity: 'high', runbook: null }],
      'failed',
      'Raised: drain-stuck (warning), dead-letters (high).',
      'See docs/t.md#drain-stuck.',
    ],
    [
      [{ ...ALARM, severity: 'critical', runbook: undefined }],
      'failed',
      'Raised: drain-stuck (critical).',
      'See docs/troubleshooting.md.',
    ],
  ],
  functions: [
    [[TICK, { ...TICK, name: 'idle', state: 'Inactive' }], 'ok', 'All 2 functions can be invoked.'],
    [
      [{ ...TICK, lastUpdate: 'InProgress' }],
      'warning',
      'tick is Active, its last update InProgress.',
      'Lambda console',
    ],
    [
      [{ ...TICK, state: 'Failed', reason: 'EniLimitExceeded' }],
      'failed',
      'tick is Failed, its last update Successful (EniLimitExceeded).',
      'Lambda console',
    ],
  ],
  function_errors: [
    [[{ name: 'tick', count: 0 }], 'ok', 'No invocation has failed in the last 15 minutes.'],
    [
      [{ name: 'tick', count: 3 }],
      'warning',
      'Invocations failed in the last 15 minutes: tick 3.',
      'log_errors',
    ],
  ],
  cache_status: [
    [[], 'ok', 'The stack has no cache of its own.'],
    [[{ name: 'c1', status: 'available', event: 'Snapshot made' }], 'ok', 'c1 is available.'],
    [
      [{ name: 'c1', status: 'modifying', event: 'Change of limits begun.' }],
      'warning',
      'c1 is modifying (Change of limits begun).',
      'Wait for the change to end',
    ],
    [[{ name: 'c1', status: 'create-failed' }], 'failed', 'c1 is create-failed.', 'events of the cache'],
    [[{ name: 'c1', status: null }], 'failed', 'c1 does not exist.', 'Deploy the stack again'],
  ],
  session_store: [
    [{ isHealthy: true, message: 'It can be read.' }, 'ok', 'It can be read.'],
    [
      { isHealthy: false, message: 'It did not answer in time.' },
      'warning',
      'It did not answer in time.',
      'cache_status',
    ],
  ],
  dead_letters: [
    [[{ name: 'dlq', messages: 0 }], 'ok', 'Nothing lies in the dead-letter queues.'],
    [[{ name: 'dlq', messages: 1 }], 'failed', 'Undelivered: 1 message in dlq.', 'aws sqs receive-message'],
  ],
  session_purge: [
    [null, 'ok', 'No sessions wait to be deleted.'],
    [{ status: 'completed', silence: 0, error: null }, 'ok', 'The newest purge of sessions is through.'],
    [{ status: 'running', silence: 180_000, error: null }, 'ok', 'Sessions are being deleted.'],
    [
      { status: 'failed', silence: MINUTE, error: 'Redis is away' },
      'warning',
      'Sessions are still to be deleted, and nothing has moved for 1 min: Redis is away.',
      'session_store',
    ],
    [
      { status: 'pending', silence: 4 * MINUTE, error: null },
      'failed',
      'Sessions are still to be deleted, and nothing has moved for 4 min.',
      'tried again every minute',
    ],
    [
      { status: 'failed', silence: 180_001, error: 'Redis is away' },
      'failed',
      'Sessions are still to be deleted, and nothing has moved for 3 min: Redis is away.',
      'session_store',
    ],
  ],
  event_log_throttles: [
    [0, 'ok', 'No request to the event log was throttled.'],
    [1, 'warning', '1 request to the event log was throttled.', 'DynamoDB'],
    [3, 'warning', '3 requests to the event log were throttled.', 'DynamoDB'],
  ],
  redis: [
    [{ ping: 200, servers: 1, clients: null }, 'ok', 'Redis answered a PING in 200 ms; 1 server.'],
    [
      { ping: 201, servers: 2, clients: 1 },
      'warning',
      'Redis answered a PING in 201 ms; 2 servers, 1 connection.',
      'metrics of the cache',
    ],
  ],
  state_copy: [
    [{ copy: 0, log: 0, age: null }, 'ok', 'There is no event yet, and nothing to copy.'],
    [{ copy: 7, log: 7, age: HOUR }, 'ok', 'The copy of the state in Redis is of version 7, the log of 7.'],
    [
      { copy: 6, log: 7, age: 2 * MINUTE },
      'ok',
      'The copy of the state in Redis is of version 6, the log of 7.',
    ],
    [
      { copy: 6, log: 7, age: 2 * MINUTE + 1 },
      'warning',
      'The copy of the state in Redis is of version 6, the log of 7.',
      '`mirror_failed`',
    ],
    [
      { copy: 8, log: 7, age: 0 },
      'warning',
      'The copy of the state in Redis is of version 8, the log of 7.',
      '`mirror_failed`',
    ],
  ],
  publication: [
    [0, 'ok', 'All events that are older than a minute were published.'],
    [
      2,
      'warning',
      '2 events have not been published for a minute and more. It is tried again every minute.',
      '`publication_failed`',
    ],
  ],
  job_drain: [
    [null, 'ok', 'No drain of jobs stands still.'],
    [180_000, 'ok', 'No drain of jobs stands still.'],
    [
      180_001,
      'failed',
      'Jobs are to be drained, and nothing has moved for 3 min. The drain was started again.',
      'state machine',
    ],
  ],
  active_jobs: [
    [1, 'ok', '1 job is active.'],
    [2, 'ok', '2 jobs are active.'],
  ],
  head_status: [
    [{ status: 200, milliseconds: 2000 }, 'ok', 'The API answers 200.'],
    [{ status: 200, milliseconds: 2001 }, 'warning', 'The API answers, but took 2001 ms.', 'performance'],
    [{ status: 503, milliseconds: 9 }, 'failed', 'The API answers 503.', 'the function `authorizer`'],
    [{ status: 404, milliseconds: 9 }, 'failed', 'The API answers 404, not 200.', '--api'],
  ],
  state_store: [
    [{ status: 'healthy', text: 'From inside: It can be read.' }, 'ok', 'From inside: It can be read.'],
    [
      { status: 'degraded', text: 'From inside: It answers, but slowly.' },
      'warning',
      'From inside: It answers, but slowly.',
      'throttled requests',
    ],
    [{ status: 'unhealthy', text: 'From inside: No.' }, 'failed', 'From inside: No.', 'event_log_read'],
  ],
  issuer_keys: [
    [24 * HOUR, 'ok', "The issuer's keys were renewed 1440 min ago."],
    [24 * HOUR + MINUTE, 'warning', "The issuer's keys were renewed 1441 min ago.", '`tick_failed`'],
    [null, 'failed', "No keys of the issuer are kept: nobody's token can be checked.", '`tick_failed`'],
  ],
  sessions: [
    [SESSIONS, 'ok', '10 sessions, 1 of them of admins.'],
    [{ ...SESSIONS, exact: false, without_role: 4 }, 'ok', 'About 10 sessions, 1 of them of admins.'],
    [
      { ...SESSIONS, without_role: 4, unreadable: 1 },
      'warning',
      "10 sessions, 1 of them of admins; 5 name no role and count as members'.",
      'docs/sessions.md',
    ],
  ],
  identity: [
    [{ id: 'alice', role: 'admin', fresh_sign_in: true }, 'ok', 'Signed in as alice, an admin.'],
    [
      { id: 'bob', role: 'member', fresh_sign_in: true },
      'warning',
      'Signed in as bob, who is no admin but a member.',
      'maintenance users promote bob',
    ],
  ],
  sign_in_freshness: [
    [
      { id: 'alice', role: 'admin', fresh_sign_in: true },
      'ok',
      'The sign-in is recent enough to declare an emergency.',
    ],
    [
      { id: 'alice', role: 'admin', fresh_sign_in: false },
      'ok',
      'To declare an emergency you would have to sign in again: `maintenance login`.',
    ],
  ],
  direct_identity: [['arn:aws:iam::1:user/a', 'ok', 'The direct way acts as arn:aws:iam::1:user/a.']],
  admin_path: [
    [
      {
        who: 'You',
        ways: [
          { name: 'the API', isOpen: true },
          { name: 'the direct way', isOpen: true },
        ],
      },
      'ok',
      'You can act by the API and by the direct way.',
    ],
    [
      {
        who: 'You',
        ways: [
          { name: 'the API', isOpen: false },
          { name: 'the direct way', isOpen: true },
        ],
      },
      'ok',
      'You can act by the direct way.',
    ],
    [
      {
        who: 'You',
        ways: [
          { name: 'the API', isOpen: false },
          { name: 'the direct way', isOpen: null },
        ],
      },
      'failed',
      'You can act neither by the API nor by the direct way.',
      'maintenance login',
    ],
    [
      {
        who: 'You',
        ways: [
          { name: 'the API', isOpen: null },
          { name: 'the direct way', isOpen: null },
        ],
      },
      'unknown',
      'No way to act was tried: you are not signed in, and there are no AWS credentials.',
      'maintenance login',
    ],
    [{ who: 'An admin', ways: [{ name: 'the API', isOpen: true }] }, 'ok', 'An admin can act by the API.'],
    [
      { who: 'An admin', ways: [{ name: 'the API', isOpen: false, obstacle: '/signin answers 503' }] },
      'failed',
      "An admin can't act by the API: /signin answers 503.",
      'maintenance disable --direct',
    ],
  ],
  log_groups: [
    [[{ name: 'a', exists: true }], 'ok', 'All 1 log groups are there.'],
    [
      [
        { name: 'a', exists: true },
        { name: 'b', exists: false },
      ],
      'failed',
      'Log groups are gone: b.',
      'Deploy the stack again',
    ],
  ],
  log_errors: [
    [[{ name: 'a', count: 0 }], 'ok', 'No error was logged in the last 15 minutes.'],
    [
      [{ name: 'a', count: 2 }],
      'warning',
      'Errors were logged in the last 15 minutes: 2 in a.',
      'maintenance logs --errors',
    ],
  ],
  security_lines: [
    [
      [{ name: 'sign-ins refused', count: 0 }],
      'ok',
      'Nobody was refused, and no admin passed a block, in the last 15 minutes.',
    ],
    [[{ name: 'sign-ins refused', count: 100 }], 'ok', 'In the last 15 minutes: sign-ins refused 100.'],
    [
      [{ name: 'sign-ins refused', count: 101 }],
      'warning',
      '101 lines of security in the last 15 minutes: sign-ins refused 101.',
      'maintenance users revoke NAME',
    ],
  ],
  enforcement: [
    [
      { answers: [blocked(7), blocked(7)], differing: [], newest: SHUT },
      'ok',
      'The canary is blocked, as it should be.',
    ],
    [{ answers: [allowed(7)], differing: [], newest: OPEN }, 'ok', 'The canary passes, as it should.'],
    [
      { answers: [allowed(7), blocked(7)], differing: [allowed(7)], newest: SHUT },
      'failed',
      'Maintenance is active, and the canary is NOT blocked (1 of 2 calls, version 7).',
      'maintenance refresh',
    ],
    [
      { answers: [blocked(6)], differing: [blocked(6)], newest: OPEN },
      'failed',
      'Nothing is to be blocked, and the canary is (1 of 1 calls, version 7).',
      'maintenance refresh',
    ],
    [
      { answers: [blocked(6)], differing: [blocked(6)], newest: SHUT },
      'ok',
      'The canary is blocked, as it should be.',
    ],
    [
      { answers: [UNDECIDED], differing: [], newest: null },
      'failed',
      'The canary route answers 500, which is no decision.',
      'maintenance disable --direct',
    ],
    [
      { answers: [allowed(7)], differing: [], newest: null },
      'unknown',
      'The gateway decides, but the newest state could not be read, so nobody knows whether it decides rightly.',
      'event_log_read',
    ],
  ],
  decided_version: [
    [
      { answers: [blocked(8), blocked(7)], differing: [], newest: SHUT },
      'ok',
      'It was decided by version 7, the newest.',
    ],
    [
      { answers: [blocked(6)], differing: [], newest: SHUT },
      'ok',
      'It was decided by version 6; version 7 is on its way.',
    ],
    [
      { answers: [blocked(7), blocked(6)], differing: [blocked(6)], newest: SHUT },
      'failed',
      'It was decided by version 6; the newest is 7.',
      'maintenance refresh',
    ],
    [
      { answers: [allowed(null)], differing: [], newest: OPEN },
      'unknown',
      'The answer does not tell the version that it was decided by.',
      'state_source',
    ],
    [
      { answers: [UNDECIDED], differing: [], newest: OPEN },
      'unknown',
      'Nobody knows whether it was decided by the newest version.',
      'See enforcement.',
    ],
  ],
  origin_closed: [
    [401, 'ok', 'The application refuses requests past the gate (401).'],
    [403, 'ok', 'The application refuses requests past the gate (403).'],
    [null, 'ok', 'The application lets nobody connect past the gateway.'],
    ...[200, 302, 404, 405].map(
      (status): Example<'origin_closed'> => [
        status,
        'failed',
        `The application answers ${status} to a call past the gateway: maintenance does not block those.`,
        'docs/configuration.md#closing-the-way-round-the-gateway',
      ],
    ),
    [502, 'unknown', 'The application answers 502 to a call past the gateway.', 'Cure the application'],
  ],
  emergency_steps: [
    [{ isActive: false, steps: null }, 'ok', 'No emergency is active.'],
    [{ isActive: true, steps: [{ ...STEP, outcome: 'done' }] }, 'ok', 'Steps: sessions done.'],
    [
      { isActive: true, steps: [STEP] },
      'failed',
      'Steps of the emergency have failed: sessions (Redis is away).',
      'tried again every minute',
    ],
    [
      { isActive: true, steps: null },
      'unknown',
      'The report does not tell of the emergency yet.',
      'maintenance report',
    ],
  ],
  emergency_left_on: [
    [null, 'ok', 'No emergency is active.'],
    [4 * HOUR, 'ok', 'The emergency has been on for 240 min.'],
    [5 * HOUR, 'warning', 'The emergency has been on for 5 h.', 'maintenance deescalate'],
  ],
  stuck_jobs: [
    [{ late: [], failed: [] }, 'ok', 'No job runs past the time that it was given to stop.'],
    [
      { late: ['j1'], failed: [] },
      'warning',
      'Still running past the time that was given: 1 job (j1).',
      'maintenance jobs terminate --grace 0',
    ],
    [
      { late: [], failed: [{ id: null, reason: 'denied' }] },
      'failed',
      '1 job could not be terminated: a whole kind (denied).',
      'Stop them where they run',
    ],
  ],
  decision_latency: [
    [null, 'ok', 'No decision of maintenance was measured in the last 15 minutes.'],
    [500, 'ok', '99 of 100 decisions took at most 500.0 ms.'],
    [501, 'warning', '99 of 100 decisions took at most 501.0 ms.', 'docs/limits.md'],
  ],
  throttles: [
    [[{ name: 'authorizer', count: 0 }], 'ok', 'No invocation was throttled in the last 15 minutes.'],
    [
      [{ name: 'authorizer', count: 1 }],
      'warning',
      'Throttled in the last 15 minutes: authorizer 1.',
      'Service Quotas',
    ],
  ],
  concurrency: [
    [{ most: null, limit: 1000 }, 'ok', 'No concurrent executions were measured in the last 15 minutes.'],
    [{ most: 10, limit: null }, 'ok', 'At most 10 executions at once; the limit may not be asked for.'],
    [{ most: 799, limit: 1000 }, 'ok', 'At most 799 of 1000 executions at once.'],
    [{ most: 800, limit: 1000 }, 'warning', 'At most 800 of 1000 executions at once.', 'Service Quotas'],
  ],
  redis_memory: [
    [null, 'ok', 'The stack has no cache of its own.'],
    [{ bytes: null, limit: null }, 'ok', 'The memory of the cache was not measured.'],
    [{ bytes: 1e6, limit: null }, 'ok', 'The cache holds 1.0 MB.'],
    [{ bytes: 799e6, limit: 1e9 }, 'ok', 'The cache holds 799.0 MB of 1000 MB.'],
    [{ bytes: 8e8, limit: 1e9 }, 'warning', 'The cache holds 800.0 MB of 1000 MB.', 'cacheMaximumGigabytes'],
  ],
  redis_evictions: [
    [null, 'ok', 'The stack has no cache of its own.'],
    [
      { keys: null, throttled: null, span: 'since Redis started' },
      'ok',
      'Redis does not say whether it has evicted keys.',
    ],
    [{ keys: 0, throttled: null, span: 'since Redis started' }, 'ok', 'Nothing was evicted.'],
    [{ keys: 0, throttled: 0, span: IN_15_MIN }, 'ok', 'Nothing was evicted, and no command throttled.'],
    [
      { keys: 1, throttled: null, span: 'since Redis started' },
      'warning',
      '1 key evicted since Redis started.',
      "an admin's session",
    ],
    [
      { keys: 0, throttled: 2, span: IN_15_MIN },
      'warning',
      '0 keys evicted and 2 commands throttled in the last 15 minutes.',
      "an admin's session",
    ],
  ],
  session_expiry: [
    [null, 'ok', 'Redis does not say how many keys expire.'],
    [{ all: 102, expiring: 1 }, 'ok', 'Of 102 keys, 1 expire by themselves.'],
    [{ all: 1000, expiring: 600 }, 'ok', 'Of 1000 keys, 600 expire by themselves.'],
    [{ all: 1000, expiring: 100 }, 'warning', 'Of 1000 keys, 100 expire by themselves.', '`EXPIRE`'],
  ],
};

/** Those that look at what something is, not at how much of it there is. */
const MEASURE_NOTHING: readonly CheckName[] = [
  'health',
  'alarms',
  'always_allowed',
  'redis_eviction_policy',
  'functions',
  'cache_status',
  'session_store',
  'state_store',
  'identity',
  'sign_in_freshness',
  'direct_identity',
  'admin_path',
  'log_groups',
  'emergency_steps',
];

const checkOf = (name: CheckName) => CHECKS[name] as Check<Facts>;
const rows = CHECK_NAMES.flatMap((name) =>
  (EXAMPLES[name] as readonly Example<CheckName>[]).map(
    ([facts, status, seen, remedy = null]) => [name, facts, status, seen, remedy] as const,
  ),
);

describe('each check', () => {
  test.each(rows)('%s: %j is %s', (name, facts, status, seen, remedy) => {
    const finding = judge(name, checkOf(name), observed(facts, 12.4));
    expect(finding).toEqual({
      section: checkOf(name).section,
      check: name,
      status,
      seen,
      remedy: remedy === null ? null : expect.stringContaining(remedy),
      latency_ms: 12,
    });
    expect(finding.remedy === null).toBe(status === 'ok');
  });

  test.each(CHECK_NAMES.filter((name) => !MEASURE_NOTHING.includes(name)))(
    '%s gives the figures of what is wrong',
    (name) => {
      const wrong = rows.filter(
        ([check, , status]) => check === name && ['warning', 'failed'].includes(status),
      );
      for (const [, facts, , seen] of wrong) if (facts !== null) expect(seen).toMatch(/\d/);
    },
  );

  test.each(CHECK_NAMES)('%s has examples of all that it comes to, well and not', (name) => {
    const statuses = rows.filter(([check]) => check === name).map(([, , status]) => status);
    expect(statuses).toContain('ok');
    expect(FINDING_SECTIONS).toContain(checkOf(name).section);
  });

  test.each(CHECK_NAMES)('%s says what to do when nothing is observed', (name) => {
    const failed = { outcome: 'failed', why: 'No answer within 3 s.', latency: 3000 } as const;
    const { section, remedy, after } = checkOf(name);
    expect(judge(name, checkOf(name), failed)).toEqual({
      section,
      check: name,
      status: after === undefined ? 'failed' : 'unknown',
      seen: 'No answer within 3 s.',
      remedy,
      latency_ms: after === undefined ? 3000 : null,
    });
    expect(remedy).not.toBe('');
    expect(judge(name, checkOf(name), unable('Nobody may look.', 'Sign in.'))).toMatchObject({
      status: 'unknown',
      seen: 'Nobody may look.',
      remedy: 'Sign in.',
      latency_ms: null,
    });
  });
});

test('a check that is not observed has no finding, nor one of which another check says why', async () => {
  expect(await findingOf('redis', {})).toBeNull();
  expect(await findingOf('redis_memory', { cacheMemory: async () => null })).toBeNull();
  expect(await findingOf('active_jobs', { activeJobs: async () => observed(3) })).toMatchObject({
    check: 'active_jobs',
    seen: '3 jobs are active.',
  });
});

describe('a component', () => {
  const finding = (check: CheckName, status: Finding['status']): Finding => ({
    section: 'services',
    check,
    status,
    seen: '',
    remedy: null,
    latency_ms: null,
  });
  const value = (...statuses: readonly Finding['status'][]) =>
    componentValues(statuses.map((status) => finding('redis', status))).get('session_store');

  test('has failed when one of its findings has; of one that nobody could look at, nothing is measured', () => {
    expect([value('ok'), value('ok', 'warning'), value('failed', 'ok')]).toEqual([1, 1, 0]);
    expect([value('unknown'), value('ok', 'unknown')]).toEqual([undefined, 1]);
  });

  test('does not fail for what has an alarm of its own: that of the health check would keep itself alive', () => {
    expect([componentOf('alarms'), componentOf('dead_letters'), componentOf('nonsense')]).toEqual([
      null,
      null,
      null,
    ]);
    expect(componentValues([finding('alarms', 'failed'), finding('dead_letters', 'failed')]).size).toBe(0);
  });
});
