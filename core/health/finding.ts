import type { HealthStatus } from './schemas.ts';

/** The parts of the checklist, in the order in which somebody on call goes through it. */
export const FINDING_SECTIONS = [
  'status',
  'configuration',
  'services',
  'connectivity',
  'permissions',
  'logs',
  'enforcement',
  'emergency',
  'performance',
] as const;

export type FindingSection = (typeof FINDING_SECTIONS)[number];

/** `unknown`: it could not be looked at, because something else that is found here stands in the way. */
type FindingStatus = 'ok' | 'warning' | 'failed' | 'unknown';

/**
 * What one check saw, and what to do about it. Made by the scheduled health check and by `maintenance doctor` alike, so
 * that both say the same of the same fault.
 */
export interface Finding {
  readonly section: FindingSection;
  /** Stable name of the check, such as `event_log_write`; the troubleshooting guide says more under it. */
  readonly check: string;
  readonly status: FindingStatus;
  /** What was seen, one sentence with the figures. Never an internal of the system. */
  readonly seen: string;
  /** What to type or do, null where there is nothing to do. */
  readonly remedy: string | null;
  /** Milliseconds that the check took; null where nothing was waited for. */
  readonly latency_ms: number | null;
}

/** Sorts findings as the checklist has them; within a section the gravest first. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      FINDING_SECTIONS.indexOf(a.section) - FINDING_SECTIONS.indexOf(b.section) ||
      GRAVITY.indexOf(b.status) - GRAVITY.indexOf(a.status),
  );
}

const GRAVITY: readonly FindingStatus[] = ['ok', 'unknown', 'warning', 'failed'];

/** How the whole system is, by what was found. */
export function healthOf(findings: readonly Finding[]): HealthStatus {
  const statuses = findings.map(({ status }) => status);
  if (statuses.includes('failed')) return 'unhealthy';
  return statuses.every((status) => status === 'ok') ? 'healthy' : 'degraded';
}
