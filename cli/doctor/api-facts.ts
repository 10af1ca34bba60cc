import * as z from 'zod';
import { FINDING_SECTIONS } from '../../core/health/finding.ts';

/**
 * What `maintenance doctor` reads of the API's answers, and nothing else of them: it has to work against a deployment
 * that is older or newer than itself.
 */
const text = z.string();
const number = z.number();

export const statusFacts = z.object({
  is_active: z.boolean(),
  mode: text,
  reason: text.nullable(),
  started_at: text.nullable(),
  estimated_completion: text.nullable(),
  version: number,
  state_source: text,
  session_purge: z
    .object({ status: text, updated_at: text.nullable(), error: text.nullable() })
    .nullable()
    .default(null),
  next_window: z.object({ id: text, starts_at: text }).nullable().default(null),
  as_of: text,
});
export type StatusFacts = z.output<typeof statusFacts>;

const component = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  message: text,
  latency_ms: number,
  age_ms: number.nullable().default(null),
});
export const healthFacts = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  components: z.record(text, component),
});
export type HealthFacts = z.output<typeof healthFacts>;

export const whoAmIFacts = z.object({ id: text, role: text, fresh_sign_in: z.boolean() });

export const historyFacts = z.object({ items: z.array(z.object({ number })) });

const method = z.union([text, z.array(text)]);
export const rulesFacts = z.object({
  items: z.array(z.object({ id: text, method, path: text, operation: text })),
  next_cursor: text.nullable(),
});

export const windowsFacts = z.object({
  items: z.array(z.object({ id: text })),
  next_cursor: text.nullable(),
});
export type WindowsFacts = z.output<typeof windowsFacts>;

export const sessionsFacts = z.object({
  total: number,
  by_role: z.object({ admin: number, worker: number, member: number }),
  without_role: number,
  unreadable: number,
  exact: z.boolean(),
});
export type SessionsFacts = z.output<typeof sessionsFacts>;

export const jobsFacts = z.object({ items: z.array(z.object({ id: text, deadline: text.nullable() })) });

export const reportsFacts = z.object({ items: z.array(z.object({ id: text, status: text })) });
export const reportFacts = z.object({
  jobs: z
    .object({ failed_to_terminate: z.array(z.object({ id: text.nullable(), reason: text })) })
    .nullable(),
  emergencies: z.array(
    z.object({
      declared_at: text,
      ended_at: text.nullable(),
      steps: z.array(z.object({ step: text, outcome: text, error: text.nullable() })),
    }),
  ),
});
export type ReportFactsSeen = z.output<typeof reportFacts>;

const finding = z.object({
  section: z.enum(FINDING_SECTIONS),
  check: text,
  status: z.enum(['ok', 'warning', 'failed', 'unknown']),
  seen: text,
  remedy: text.nullable(),
  latency_ms: number.nullable(),
});
export const diagnosticsFacts = z.object({
  /** Null before the first check. */
  age_seconds: number.nullable(),
  findings: z.array(finding),
  /** Null when the health check could not ask for them. */
  alarms: z.array(z.object({ name: text, state: text, severity: text, runbook: text.nullish() })).nullable(),
});
export type DiagnosticsFacts = z.output<typeof diagnosticsFacts>;
