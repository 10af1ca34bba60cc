import type { EventLog } from '../../core/events/event-log.ts';
import { componentOf } from '../../core/health/checks/checks.ts';
import { type Component, worstOf } from '../../core/health/health.ts';
import type { HealthRecordStore } from '../../core/health/health-record.ts';
import type { ComponentHealth, Health } from '../../core/health/schemas.ts';
import { OLD_KEYS_MS, SILENT_AFTER_MS, SLOW_STORE_MS } from '../../core/health/thresholds.ts';
import type { SessionStore } from '../../core/sessions/session-store.ts';
import type { StateCache } from '../../core/state/state-cache.ts';
import { rfc3339 } from '../../core/text.ts';
import type { Log } from '../aws/log.ts';
import { withTimeLimit } from '../aws/time-limit.ts';

/** What is observed, the same way as it is used. */
export interface HealthSources {
  readonly events: Pick<EventLog, 'head'>;
  readonly states: Pick<StateCache, 'get'>;
  /** When the issuer's keys were fetched; null when none are kept. */
  readonly issuerKeys: () => Promise<{ readonly fetchedAt: number } | null>;
  /** Undefined where sessions are no part of the deployment. */
  readonly sessions: Pick<SessionStore, 'find'> | undefined;
  /** Undefined where no health check is scheduled. */
  readonly records: Pick<HealthRecordStore, 'read'> | undefined;
}

/** Longest time for one check, ms: together with the function's start well below what a prober waits. */
const TIME_LIMIT = 1500;
/** What is read from both on the way of each decision. */
const READ_BY_ALL: readonly Component[] = ['event_log', 'session_store'];
/** A session's id by which to look; whether there is one does not matter. */
const LOOKED_FOR = 'health-check';

type ComponentState = Omit<ComponentHealth, 'latency_ms'>;

interface Check {
  readonly run: () => Promise<ComponentState>;
  /** What it means that the check itself fails. */
  readonly onFailure: ComponentHealth['status'];
}

/** Looks at every component at once, each in its own time: none can hide another. Never rejects. */
export async function checkHealth(sources: HealthSources, now: () => number, log: Log): Promise<Health> {
  const { sessions, records } = sources;
  const checks: Readonly<Partial<Record<Component, Check>>> = {
    event_log: { run: () => checkEventLog(sources), onFailure: 'unhealthy' },
    issuer_keys: { run: () => checkIssuerKeys(sources, now), onFailure: 'degraded' },
    state: { run: () => checkState(sources, now), onFailure: 'unhealthy' },
    ...(sessions && {
      session_store: { run: () => checkSessionStore(sessions), onFailure: 'degraded' as const },
    }),
    ...(records && {
      health_check: { run: () => checkHealthCheck(records, now), onFailure: 'degraded' as const },
    }),
  };
  const found = await Promise.all(
    (Object.entries(checks) as [Component, Check][]).map(
      async ([name, check]) => [name, await carryOut(name, check, log)] as const,
    ),
  );
  return {
    status: worstOf(found.map(([, { status }]) => status)),
    components: Object.fromEntries(found) as Health['components'],
    as_of: rfc3339(now()),
  };
}

async function carryOut(name: Component, check: Check, log: Log): Promise<ComponentHealth> {
  const begun = performance.now();
  const latency = () => Math.round(performance.now() - begun);
  try {
    const finding = await withTimeLimit(TIME_LIMIT, check.run());
    return slow(name, { ...finding, latency_ms: latency() });
  } catch (error) {
    log.warn(`The health check of ${name} failed.`, { event: 'health_check_failed', component: name, error });
    const isLate = (error as Error | undefined)?.name === 'TimeoutError';
    const message = isLate ? 'It did not answer in time.' : 'It cannot be read at the moment.';
    return { status: check.onFailure, message, latency_ms: latency(), age_ms: null };
  }
}

function slow(name: Component, component: ComponentHealth): ComponentHealth {
  if (!READ_BY_ALL.includes(name) || component.latency_ms <= SLOW_STORE_MS) return component;
  return { ...component, status: 'degraded', message: 'It answers, but slowly.' };
}

async function checkEventLog({ events }: HealthSources): Promise<ComponentState> {
  await events.head();
  return { status: 'healthy', message: 'It can be read.', age_ms: null };
}

/** Looks up a session as the gate does. */
async function checkSessionStore(sessions: Pick<SessionStore, 'find'>): Promise<ComponentState> {
  await sessions.find(LOOKED_FOR);
  return { status: 'healthy', message: 'It can be read.', age_ms: null };
}

async function checkIssuerKeys({ issuerKeys }: HealthSources, now: () => number): Promise<ComponentState> {
  const keys = await issuerKeys();
  if (keys === null) {
    return { status: 'degraded', message: 'No keys are kept: tokens cannot be checked.', age_ms: null };
  }
  const age = Math.max(0, now() - keys.fetchedAt);
  return age > OLD_KEYS_MS
    ? { status: 'degraded', message: 'They have not been renewed for more than a day.', age_ms: age }
    : { status: 'healthy', message: 'They are kept and recent.', age_ms: age };
}

/** What looks at everything every minute. A new stack, where it has not run yet, is none the worse for it. */
async function checkHealthCheck(
  records: Pick<HealthRecordStore, 'read'>,
  now: () => number,
): Promise<ComponentState> {
  const record = await records.read();
  if (record === null) return { status: 'healthy', message: 'It has not run yet.', age_ms: null };
  const age = Math.max(0, now() - record.checkedAt);
  if (age > SILENT_AFTER_MS)
    return { status: 'degraded', message: 'It has been silent for minutes.', age_ms: age };
  const failed = record.findings.filter(
    ({ check, status }) => status === 'failed' && componentOf(check) !== null,
  ).length;
  return failed > 0
    ? { status: 'degraded', message: `Failed checks: ${failed}.`, age_ms: age }
    : { status: 'healthy', message: 'It has found nothing that failed.', age_ms: age };
}

async function checkState({ states }: HealthSources, now: () => number): Promise<ComponentState> {
  const { source, readAt } = await states.get();
  const age = Math.max(0, now() - readAt);
  return source === 'event_log'
    ? { status: 'healthy', message: 'It is the newest.', age_ms: age, source }
    : { status: 'degraded', message: 'The last known state is shown.', age_ms: age, source };
}
