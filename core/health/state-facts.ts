import { clockStep, effective } from '../state/clock.ts';
import { plannedEnd, type State } from '../state/state.ts';
import type { EmergencyFacts } from './checks/emergency.ts';
import type { StatusFacts } from './checks/status.ts';

/** When the maintenance that is active should be over. @param now ms since the epoch */
export function plannedEndFacts(state: State, now: number): StatusFacts['plannedEnd'] {
  const { maintenance } = effective(state, now);
  return { end: maintenance === null ? null : plannedEnd(maintenance), now };
}

/** Whether a maintenance goes on after its planned end. @param now ms since the epoch */
export function isOverdue(state: State, now: number): boolean {
  const { end } = plannedEndFacts(state, now);
  return end !== null && end < now;
}

/** What the clock has made due first and that is not in the log. @param now ms since the epoch */
export function dueEventFacts(state: State, now: number): StatusFacts['dueEvent'] {
  const step = clockStep(state, now);
  return step && { what: step.what, since: step.at, now };
}

/** How long an emergency has been on, ms. @param now ms since the epoch */
export function emergencyAge(state: State, now: number): EmergencyFacts['emergencyAge'] {
  const { maintenance } = effective(state, now);
  return maintenance?.mode === 'emergency' ? now - maintenance.declaredAt : null;
}
