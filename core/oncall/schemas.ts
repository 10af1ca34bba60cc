import * as z from 'zod';
import { FINDING_SECTIONS } from '../health/finding.ts';
import { healthStatus } from '../health/schemas.ts';
import { type Answer, flag, instant, need, text } from '../http/fields.ts';

/** What those on call send and get: bodies, queries and answers of the function `operations`. */

const MINUTES = 'must be a whole number from 5 to 1440, and given once';

/** `GET /statistics` */
export const statisticsQuery = z.strictObject({
  minutes: z
    .string(MINUTES)
    .regex(/^[1-9]\d{0,3}$/, MINUTES)
    .refine((text) => Number(text) >= 5 && Number(text) <= 1440, MINUTES)
    .default('60')
    .meta({ description: 'How far back.' }),
});

const URGENCIES = ['low', 'medium', 'high', 'critical'] as const;

const NEEDED = ['description', 'impact', 'urgency', 'contact'] as const;

/** `POST /escalations` */
export const escalationBody = z
  .strictObject({
    level: z.union([z.literal(1), z.literal(2), z.literal(3)], need('1, 2 or 3')),
    test: flag.default(false).meta({ description: 'Only tests the contacts: needs nothing but the level.' }),
    description: text(2000).optional(),
    impact: text(2000).optional(),
    steps_taken: z.array(text(500), 'must be a list of texts').max(30, 'holds too many steps').default([]),
    urgency: z.enum(URGENCIES, `must be one of ${URGENCIES.join(', ')}`).optional(),
    contact: text(300).optional().meta({ description: 'Where to reach you.' }),
  })
  .superRefine((body, context) => {
    if (body.test) return;
    for (const field of NEEDED) {
      if (body[field] === undefined) {
        context.addIssue({ code: 'custom', path: [field], message: 'is required, unless it is a test' });
      }
    }
  })
  .meta({ id: 'Escalation' });

export type EscalationBody = z.output<typeof escalationBody>;

const count = z.number().min(0);
const level = z.number().nullable();

/** `GET /diagnostics` */
export const diagnosticsAnswer = z
  .strictObject({
    status: healthStatus,
    as_of: instant
      .nullable()
      .meta({ description: 'When the health check ran; null if nothing is known of any.' }),
    age_seconds: z.int().nullable(),
    findings: z.array(
      z.strictObject({
        section: z.enum(FINDING_SECTIONS),
        check: z.string(),
        status: z.enum(['ok', 'warning', 'failed', 'unknown']),
        seen: z.string(),
        remedy: z.string().nullable(),
        latency_ms: level,
      }),
    ),
    alarms: z
      .array(
        z.strictObject({
          name: z.string(),
          state: z.enum(['ok', 'alarm', 'insufficient_data']),
          severity: z.enum(['info', 'warning', 'high', 'critical']),
          since: instant.nullable(),
          runbook: z.string(),
        }),
      )
      .nullable(),
  })
  .meta({ id: 'Diagnostics' });

export type Diagnostics = Answer<typeof diagnosticsAnswer>;

/** `GET /statistics` */
export const statisticsAnswer = z
  .strictObject({
    as_of: instant,
    minutes: z.int(),
    step_seconds: z.int(),
    decisions: z
      .strictObject({
        latency_ms: z
          .strictObject({ p50: level, p95: level, p99: level })
          .meta({ description: 'Of the worst step.' }),
        blocked: count,
        blocked_by_type: z.record(z.string(), count),
        bypassed: count,
        would_block: count,
      })
      .nullable(),
    authorizer: z
      .strictObject({
        invocations: count,
        errors: count,
        throttles: count,
        concurrency: level,
        duration_p95_ms: level,
      })
      .nullable(),
    api: z
      .strictObject({ requests: count, client_errors: count, server_errors: count, latency_p95_ms: level })
      .nullable(),
    state_store: z.strictObject({ latency_ms: level, throttled: count }).nullable(),
    redis: z
      .strictObject({
        memory_bytes: level,
        evictions: count,
        throttled_commands: count,
        processing_units: count,
      })
      .nullable(),
    sessions: z.strictObject({ purged: count, purge_failures: count }).nullable(),
    jobs: z.strictObject({ active: level }).nullable(),
    maintenance: z
      .strictObject({ id: z.string(), blocked_calls: level, distinct_clients: level })
      .nullable()
      .meta({ description: 'Of the one that is active: clients are counted, never named.' }),
    series: z
      .strictObject({
        at: z.array(instant),
        blocked: z.record(z.string(), z.array(count)),
        latency_p95_ms: z.array(level),
      })
      .nullable(),
  })
  .meta({ id: 'Statistics' });

export type Statistics = Answer<typeof statisticsAnswer>;

/** `POST /escalations` */
export const escalationAnswer = z
  .strictObject({
    message_id: z.string().meta({ description: 'As Amazon SNS knows it.' }),
    level: z.union([z.literal(1), z.literal(2), z.literal(3)]),
    test: z.boolean(),
    sent_at: instant,
  })
  .meta({ id: 'EscalationSent' });

export type EscalationAnswer = Answer<typeof escalationAnswer>;
