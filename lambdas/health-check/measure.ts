import { componentValues } from '../../core/health/checks/checks.ts';
import type { Finding } from '../../core/health/finding.ts';
import { isOverdue } from '../../core/health/state-facts.ts';
import { effective } from '../../core/state/clock.ts';
import type { State } from '../../core/state/state.ts';
import { metricFields } from '../aws/metric-line.ts';

/** What a run has to measure. */
export interface Measured {
  /** The newest known state, null where there is none. */
  readonly state: State | null;
  /** Null where they could not be counted. */
  readonly activeJobs: number | null;
  /** Null where nobody could tell. */
  readonly mismatches: number | null;
  /** Whether an event was found that is not what was written; null where nobody could tell. */
  readonly isTampered: boolean | null;
  readonly findings: readonly Finding[];
}

/**
 * The lines of the log that CloudWatch makes metrics of. What is not known is not measured. ComponentHealthy is measured
 * for each component and for all together.
 *
 * @param now ms since the epoch
 */
export function metricLines(
  { state, activeJobs, mismatches, isTampered, findings }: Measured,
  now: number,
): string[] {
  const active = state === null ? null : effective(state, now).maintenance;
  const values = {
    ...(state !== null && {
      MaintenanceActive: active !== null && active.mode !== 'test' ? 1 : 0,
      EmergencyActive: active?.mode === 'emergency' ? 1 : 0,
      MaintenanceOverdue: isOverdue(state, now) ? 1 : 0,
    }),
    ...(activeJobs !== null && { ActiveJobs: activeJobs }),
    ...(mismatches !== null && { EnforcementMismatch: mismatches }),
    ...(isTampered !== null && { LogTampered: isTampered ? 1 : 0 }),
  };
  const healthy = [...componentValues(findings)].map(([component, value]) =>
    line(now, { ComponentHealthy: value }, { dimensions: { Component: component } }),
  );
  return [line(now, values), ...healthy];
}

/** @param milliseconds see MeasuredLag */
export function lagLine(now: number, milliseconds: number): string {
  return line(now, { EnforcementLag: milliseconds }, { unit: 'Milliseconds' });
}

function line(...metrics: Parameters<typeof metricFields>): string {
  return `${JSON.stringify({ event: 'health_measured', ...metricFields(...metrics) })}\n`;
}
