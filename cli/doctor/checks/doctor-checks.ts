import type { Finding, FindingSection } from '../../../core/health/finding.ts';
import type { Look } from '../observation.ts';

/** Every check of `maintenance doctor`, and the section of the checklist that it belongs to. */
export const DOCTOR_CHECKS = {
  status_read: 'status',
  state_source: 'status',
  health: 'status',
  maintenance_overdue: 'status',
  event_log_read: 'configuration',
  event_log_write: 'configuration',
  event_chain: 'configuration',
  windows: 'configuration',
  rules: 'configuration',
  always_allowed: 'configuration',
  api_methods: 'configuration',
  authorizer_cache: 'configuration',
  health_check: 'services',
  alarms: 'services',
  functions: 'services',
  function_errors: 'services',
  cache_status: 'services',
  session_store: 'services',
  dead_letters: 'services',
  session_purge: 'services',
  head_status: 'connectivity',
  state_store: 'connectivity',
  issuer_keys: 'connectivity',
  sessions: 'connectivity',
  identity: 'permissions',
  sign_in_freshness: 'permissions',
  direct_identity: 'permissions',
  admin_path: 'permissions',
  log_groups: 'logs',
  log_errors: 'logs',
  security_lines: 'logs',
  enforcement: 'enforcement',
  decided_version: 'enforcement',
  origin_closed: 'enforcement',
  emergency_steps: 'emergency',
  emergency_left_on: 'emergency',
  stuck_jobs: 'emergency',
  decision_latency: 'performance',
  throttles: 'performance',
  concurrency: 'performance',
  redis_memory: 'performance',
  redis_evictions: 'performance',
} as const satisfies Readonly<Record<string, FindingSection>>;

export type DoctorCheck = keyof typeof DOCTOR_CHECKS;

/** Puts what a check found into the form of a finding. */
export interface Say {
  ok(seen: string): Finding;
  warning(seen: string, remedy: string): Finding;
  failed(seen: string, remedy: string): Finding;
  unknown(seen: string, remedy: string | null): Finding;
}

/** @param latency ms that the check took; null where nothing was waited for */
export function sayOf(check: DoctorCheck, latency: number | null = null): Say {
  const section = DOCTOR_CHECKS[check];
  const rounded = latency === null ? null : Math.round(latency);
  const found = (status: Finding['status'], seen: string, remedy: string | null): Finding => ({
    section,
    check,
    status,
    seen,
    remedy,
    latency_ms: rounded,
  });
  return {
    ok: (seen) => found('ok', seen, null),
    warning: (seen, remedy) => found('warning', seen, remedy),
    failed: (seen, remedy) => found('failed', seen, remedy),
    unknown: (seen, remedy) => found('unknown', seen, remedy),
  };
}

/**
 * Judges what was looked at; a look that came to nothing is judged by itself.
 *
 * @param remedy what to do when there is no good answer, unless the failure itself tells
 */
export function judged<T>(
  check: DoctorCheck,
  look: Look<T>,
  remedy: string,
  judge: (value: T, say: Say) => Finding,
): Finding {
  switch (look.outcome) {
    case 'seen':
      return judge(look.value, sayOf(check, look.latency));
    case 'failed':
      return sayOf(check, look.latency).failed(look.why, look.remedy ?? remedy);
    case 'unable':
      return sayOf(check).unknown(look.why, look.remedy);
  }
}

/** @example counted(1, 'error') // '1 error' */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** The first few of some names, in a sentence. */
export function named(names: readonly string[], most = 5): string {
  const more = names.length - most;
  return more > 0 ? `${names.slice(0, most).join(', ')} and ${more} more` : names.join(', ');
}
