import type { Finding, FindingSection, FindingStatus } from '../finding.ts';

/** The parts that the scheduled health check looks at, as the dimension Component of the metric ComponentHealthy. */
export const HEALTH_COMPONENTS = [
  'state',
  'event_log',
  'session_store',
  'cache',
  'authorizer',
  'control',
  'origin',
  'issuer_keys',
  'publication',
  'background_work',
  'jobs',
  'alarms',
] as const;

export type HealthComponent = (typeof HEALTH_COMPONENTS)[number];

/** What came of looking at something: facts, or none because it failed or took too long. */
export type Look<Facts> =
  | { readonly answered: true; readonly facts: Facts; readonly latency: number }
  | { readonly answered: false; readonly isLate: boolean; readonly latency: number };

/** What was found of a component. */
export interface ComponentFindings {
  readonly component: HealthComponent;
  readonly findings: readonly Finding[];
}

/** Makes the findings of one section, all with the time that one look took. */
export function findingsOf(section: FindingSection, latency: number | null) {
  return (check: string, status: FindingStatus, seen: string, remedy: string | null = null): Finding => ({
    section,
    check,
    status,
    seen,
    remedy: status === 'ok' ? null : remedy,
    latency_ms: latency === null ? null : Math.round(latency),
  });
}

/** How a look that brought no facts ended, to be put after the name of what was looked at. */
export function silence({ isLate, latency }: { readonly isLate: boolean; readonly latency: number }): string {
  return isLate ? `did not answer within ${Math.round(latency)} ms` : 'gave no good answer';
}

/** 1 where nothing of a component has failed, 0 where something has; null where nobody could look. */
export function componentValue(findings: readonly Finding[]): 0 | 1 | null {
  if (findings.some(({ status }) => status === 'failed')) return 0;
  return findings.some(({ status }) => status !== 'unknown') ? 1 : null;
}
