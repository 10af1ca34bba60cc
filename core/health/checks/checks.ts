import type { Finding } from '../finding.ts';
import type { Observation } from '../observation.ts';
import { type Check, type HealthComponent, judge } from './check.ts';
import { CONFIGURATION_CHECKS, type ConfigurationFacts } from './configuration.ts';
import { CONNECTIVITY_CHECKS, type ConnectivityFacts } from './connectivity.ts';
import { EMERGENCY_CHECKS, type EmergencyFacts } from './emergency.ts';
import { ENFORCEMENT_CHECKS, type EnforcementFacts } from './enforcement.ts';
import { LOGS_CHECKS, type LogsFacts } from './logs.ts';
import { PERFORMANCE_CHECKS, type PerformanceFacts } from './performance.ts';
import { PERMISSIONS_CHECKS, type PermissionsFacts } from './permissions.ts';
import { SERVICES_CHECKS, type ServicesFacts } from './services.ts';
import { STATUS_CHECKS, type StatusFacts } from './status.ts';

/**
 * Every check of the scheduled health check and of `maintenance doctor`, in the order of the checklist. Both judge by
 * this table; they differ in how they observe, and in what they can.
 */
export const CHECKS = {
  ...STATUS_CHECKS,
  ...CONFIGURATION_CHECKS,
  ...SERVICES_CHECKS,
  ...CONNECTIVITY_CHECKS,
  ...PERMISSIONS_CHECKS,
  ...LOGS_CHECKS,
  ...ENFORCEMENT_CHECKS,
  ...EMERGENCY_CHECKS,
  ...PERFORMANCE_CHECKS,
};

export type CheckName = keyof typeof CHECKS;

export const CHECK_NAMES = Object.keys(CHECKS) as readonly CheckName[];

/** What can be observed, by the name of the observation. */
export type Facts = StatusFacts &
  ConfigurationFacts &
  ServicesFacts &
  ConnectivityFacts &
  PermissionsFacts &
  LogsFacts &
  EnforcementFacts &
  EmergencyFacts &
  PerformanceFacts;

/**
 * How somebody observes what the checks judge. What is absent that one never observes; null is an observation that says
 * nothing, because another check says why.
 */
export type Observations = {
  readonly [Name in keyof Facts]?: () => Promise<Observation<Facts[Name]> | null>;
};

/** The finding of a check; null where that is not observed. */
export async function findingOf(name: CheckName, observations: Observations): Promise<Finding | null> {
  const check = CHECKS[name] as Check<Facts>;
  const observation = await observations[check.of]?.();
  return observation == null ? null : judge(name, check, observation);
}

/** The component that a check is about; null where it is none of the health check's, or its failure has its own alarm. */
export function componentOf(check: string): HealthComponent | null {
  return (CHECKS as Readonly<Record<string, Pick<Check<Facts>, 'component'>>>)[check]?.component ?? null;
}

/**
 * 1 where nothing of a component has failed, 0 where something has; absent where nobody could look. By component, in
 * the order of the findings.
 */
export function componentValues(findings: readonly Finding[]): ReadonlyMap<HealthComponent, 0 | 1> {
  const values = new Map<HealthComponent, 0 | 1>();
  for (const { check, status } of findings) {
    const component = componentOf(check);
    if (component === null || status === 'unknown') continue;
    values.set(component, status === 'failed' || values.get(component) === 0 ? 0 : 1);
  }
  return values;
}
