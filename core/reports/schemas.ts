import * as z from 'zod';
import { EVENT_TYPES } from '../events/event-types.ts';
import { type Answer, count, instant, operations, pageAnswer, pageQuery } from '../http/fields.ts';
import { ROLES } from '../state/principal.ts';

/** `GET /reports` */
export const reportsQuery = z.strictObject(pageQuery('20'));

export type ReportsQuery = z.output<typeof reportsQuery>;

/** `GET /reports/{id}` */
export const reportQuery = z.strictObject({
  format: z
    .enum(['json', 'markdown'], 'must be "json" or "markdown", and given once')
    .optional()
    .meta({ description: 'Instead of the header Accept.' }),
});

const mode = z.enum(['normal', 'emergency', 'test']);

const summaryAnswer = z.strictObject({
  id: z.string().meta({ description: 'The id of the maintenance: the `report_id` that `disable` answers.' }),
  kind: z.enum(['maintenance', 'emergency', 'test_run']),
  status: z.enum(['in_progress', 'completed']),
  modes: z.array(mode).meta({ description: 'In the order in which they came.' }),
  reason: z.string(),
  public_reason: z.string().optional().meta({ description: 'What callers read in place of the reason.' }),
  started_by: z.string(),
  started_at: instant,
  ended_by: z.string().nullable(),
  ended_at: instant.nullable(),
  ended_how: z.enum(['disabled', 'auto_ended', 'window_ended', 'replaced', 'reset']).nullable(),
  duration: count.meta({ description: 'Seconds, until now where it goes on.' }),
  window: z.string().nullable().meta({ description: 'The window that began it.' }),
});

export type ReportSummary = Answer<typeof summaryAnswer>;

/** `GET /reports` */
export const reportsAnswer = pageAnswer(
  summaryAnswer,
  'Null on the last page. A page may hold fewer reports than the limit, or none, and go on.',
).meta({ id: 'Reports' });

export type ReportsPage = Answer<typeof reportsAnswer>;

const plan = z.strictObject({
  ends_at: instant.nullable(),
  duration: z.int().nullable().meta({ description: 'Seconds from start to planned end.' }),
  auto_end: z.boolean(),
  blocked_operations: operations.nullable().meta({ description: 'Null where all are blocked that can be.' }),
});

const countsByType = {
  total: count,
  by_type: z.array(z.strictObject({ operation_type: z.string(), calls: count, last_call: instant })),
};

const simulatedCounts = { would_block: count, would_allow: count };

const testRun = z.strictObject({
  verdict: z.strictObject({ result: z.enum(['pass', 'incomplete']), reasons: z.array(z.string()) }),
  calls: z.strictObject({ total: count, ...simulatedCounts, clients: count, clients_exact: z.boolean() }),
  by_type: z.array(z.strictObject({ operation_type: z.string(), ...simulatedCounts, last_call: instant })),
  coverage: z.strictObject({
    types: z.strictObject({ exercised: operations, never: operations }),
    rules: z.strictObject({
      total: count,
      exercised: count,
      never: z.array(
        z.strictObject({
          method: z.union([z.string(), z.array(z.string())]),
          path: z.string(),
          operation_type: z.string(),
        }),
      ),
    }),
  }),
  routes: z.array(
    z.strictObject({
      method: z.string(),
      path_template: z.string().nullable().meta({ description: 'Null where no rule decided.' }),
      operation_type: z.string(),
      role: z.enum(ROLES),
      ...simulatedCounts,
    }),
  ),
  routes_left_out: count.meta({ description: 'Calls to further routes than are listed.' }),
  unclassified: z.strictObject({
    paths: z.array(
      z.strictObject({ method: z.string(), path: z.string(), calls: count, last_call: instant }),
    ),
    left_out: count,
  }),
  details: z
    .array(
      z.strictObject({
        at: instant,
        method: z.string(),
        path_template: z.string().nullable(),
        operation_type: z.string(),
        role: z.enum(ROLES),
        would_block: z.boolean(),
      }),
    )
    .meta({ description: 'The last 1000 calls, the newest first.' }),
});

/** `GET /reports/{id}` */
export const reportAnswer = summaryAnswer
  .extend({
    plan: z.strictObject({
      at_start: plan,
      final: plan,
      overrun: z.int().nullable().meta({
        description:
          'Seconds that it took longer than planned last, negative where shorter; null without a planned end.',
      }),
    }),
    timeline: z.array(
      z.strictObject({
        number: count,
        type: z.enum(EVENT_TYPES),
        at: instant,
        by: z.string(),
        via: z.enum(['api', 'direct', 'clock']),
        reason: z.string().nullable(),
        mode: mode.nullable(),
      }),
    ),
    attempts: z
      .strictObject({
        blocked: z.strictObject({ ...countsByType, clients: count, clients_exact: z.boolean() }),
        bypasses: z.strictObject(countsByType),
      })
      .nullable()
      .meta({ description: 'Null when nobody knows: see `counts_source`.' }),
    counts_source: z.enum(['activity_table', 'unavailable', 'expired']),
    sessions: z.strictObject({
      ended: count,
      kept: count.nullable(),
      unparsable: count,
      pending: z.boolean().meta({ description: 'Whether a purge is still to be carried out.' }),
      purges: z.array(
        z.strictObject({
          purge_id: z.string(),
          scope: z.enum(['members', 'everybody', 'named']),
          completed_at: instant,
          scanned: count,
          deleted: count,
          kept: count,
          unparsable: count,
          duration: count,
          interruptions: count,
          counts_exact: z.boolean(),
        }),
      ),
    }),
    jobs: z
      .strictObject({
        status: z.enum(['draining', 'stopped', 'drained', 'terminated', 'incomplete']).meta({
          description: '`draining`: it goes on. `stopped`: the maintenance was over first.',
        }),
        found: count.meta({ description: 'The most that were active at once.' }),
        drained: count.meta({ description: 'Ended by themselves.' }),
        terminated: count,
        lost: count,
        left: count.meta({ description: 'Still active, as of the last look.' }),
        counts_exact: z.boolean(),
        failed_to_terminate: z.array(
          z.strictObject({ kind: z.string(), id: z.string().nullable(), reason: z.string() }),
        ),
      })
      .nullable()
      .meta({ description: 'Null where no drain is known: see `jobs_source`.' }),
    jobs_source: z.enum(['recorded', 'none', 'unavailable']),
    enforcement_lag: z.strictObject({ milliseconds: count.nullable(), note: z.string().nullable() }),
    alarms: z.strictObject({ raised: z.array(z.string()).nullable(), note: z.string().nullable() }),
    emergencies: z.array(
      z.strictObject({
        trigger: z.enum(['declared', 'escalated']),
        reason: z.string(),
        declared_by: z.string(),
        declared_at: instant,
        terminate_jobs: z.boolean(),
        grace_period: count,
        ended_at: instant.nullable(),
        duration: count,
        steps: z.array(
          z.strictObject({
            step: z.enum(['block', 'sessions', 'jobs', 'pauses', 'notices']),
            outcome: z.enum(['done', 'pending', 'failed', 'stopped', 'skipped', 'not_recorded']),
            at: instant.nullable(),
            error: z.string().nullable(),
          }),
        ),
        recovery: z.enum(['in_emergency', 'deescalated', 'ended']),
        enforcement_lag: count.nullable(),
      }),
    ),
    test_run: testRun
      .nullable()
      .meta({ description: 'Null unless it is a test run whose counts are known.' }),
    version: count,
    as_of: instant,
  })
  .meta({ id: 'Report' });

export type ReportView = Answer<typeof reportAnswer>;

export type PlanView = Answer<typeof plan>;
export type TimelineEntry = ReportView['timeline'][number];
export type AttemptsReport = NonNullable<ReportView['attempts']>;
export type CountsByType = AttemptsReport['bypasses'];
export type SessionsReport = ReportView['sessions'];
export type JobsReport = NonNullable<ReportView['jobs']>;
export type EmergencyReport = ReportView['emergencies'][number];
export type EmergencyStep = EmergencyReport['steps'][number];
export type TestRunView = Answer<typeof testRun>;
