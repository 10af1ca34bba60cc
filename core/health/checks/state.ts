import { clockStep, effective } from '../../state/clock.ts';
import { plannedEnd, type State } from '../../state/state.ts';
import type { Finding } from '../finding.ts';
import { type ComponentFindings, findingsOf, type Look, silence } from './components.ts';

/** What is known of the event log after a look. */
export interface LogFacts {
  /** The newest state. */
  readonly state: State;
  /** Calls that DynamoDB turned away for being too many. */
  readonly throttled: number;
}

/** A read or a write of the event log takes a few milliseconds; longer than this, ms, and it holds everybody up. */
const SLOW = 500;
/** What the clock makes due is written every minute; it is overdue after this, ms. */
const OVERDUE = 120_000;
/** An emergency is meant to be short: after this somebody should ask whether it was forgotten, ms. */
const LONG_EMERGENCY = 4 * 3600 * 1000;

const STORE_REMEDY =
  'Look at the AWS Health Dashboard for DynamoDB and at the table in its console: throttled requests, the key that ' +
  'encrypts it, its policies. `maintenance doctor --direct` looks from where you are.';

/** The event log as everybody needs it: read, and written on a condition. */
export function eventLogFindings(reading: Look<LogFacts>, writing: Look<unknown>): ComponentFindings {
  return {
    component: 'event_log',
    findings: [
      storeFinding('event_log_read', 'read', reading),
      storeFinding('event_log_write', 'written', writing),
      ...(reading.answered ? [throttles(reading.facts.throttled)] : []),
    ],
  };
}

function storeFinding(check: string, verb: 'read' | 'written', look: Look<unknown>): Finding {
  const finding = findingsOf('services', look.latency);
  if (!look.answered) {
    return finding(check, 'failed', `The event log could not be ${verb}: it ${silence(look)}.`, STORE_REMEDY);
  }
  const seen = `The event log was ${verb} in ${Math.round(look.latency)} ms.`;
  return finding(check, look.latency > SLOW ? 'warning' : 'ok', seen, STORE_REMEDY);
}

function throttles(count: number): Finding {
  const finding = findingsOf('services', null);
  return count === 0
    ? finding('event_log_throttles', 'ok', 'No request to the event log was throttled.')
    : finding(
        'event_log_throttles',
        'warning',
        `${count} requests to the event log were throttled.`,
        STORE_REMEDY,
      );
}

/**
 * What the state itself gives reason to look at: what the clock has made due, and what goes on for too long.
 *
 * @param now ms since the epoch
 */
export function stateFindings(reading: Look<LogFacts>, now: number): ComponentFindings {
  const finding = findingsOf('status', null);
  if (!reading.answered) {
    const seen = 'Nobody knows whether something is due: the state could not be read.';
    return { component: 'state', findings: [finding('due_events', 'unknown', seen, STORE_REMEDY)] };
  }
  const { state } = reading.facts;
  return {
    component: 'state',
    findings: [dueEvents(state, now), overdue(state, now), emergency(state, now)],
  };
}

function dueEvents(state: State, now: number): Finding {
  const finding = findingsOf('status', null);
  const step = clockStep(state, now);
  if (step === null || now - step.at <= OVERDUE) {
    return finding(
      'due_events',
      'ok',
      'All that the clock has made due is in the log, or will be within a minute.',
    );
  }
  return finding(
    'due_events',
    'failed',
    `The event that a maintenance has ${step.what} has been due for ${minutes(now - step.at)} and is not in the log. Requests are decided by the clock all the same.`,
    'Look for `tick_failed` in the log of the function tick, and whether its rule is enabled. Any command of an admin writes the event, for example `maintenance status` after `maintenance update`.',
  );
}

/** Whether a maintenance goes on after its planned end. @param now ms since the epoch */
export function isOverdue(state: State, now: number): boolean {
  const { maintenance } = effective(state, now);
  const end = maintenance === null ? null : plannedEnd(maintenance);
  return end !== null && end < now;
}

function overdue(state: State, now: number): Finding {
  const finding = findingsOf('status', null);
  const { maintenance } = effective(state, now);
  const end = maintenance === null ? null : plannedEnd(maintenance);
  if (end === null || end >= now) {
    return finding('maintenance_overdue', 'ok', 'No maintenance goes on after its planned end.');
  }
  return finding(
    'maintenance_overdue',
    'warning',
    `The maintenance should have been over ${minutes(now - end)} ago.`,
    'End it with `maintenance disable`, or say how long it will take with `maintenance update --duration`.',
  );
}

function emergency(state: State, now: number): Finding {
  const finding = findingsOf('emergency', null);
  const { maintenance } = effective(state, now);
  if (maintenance?.mode !== 'emergency')
    return finding('emergency_left_on', 'ok', 'No emergency is declared.');
  const age = now - maintenance.declaredAt;
  return finding(
    'emergency_left_on',
    age > LONG_EMERGENCY ? 'warning' : 'ok',
    `An emergency was declared ${minutes(age)} ago.`,
    'End it with `maintenance disable`, or go back to maintenance with `maintenance deescalate`.',
  );
}

/** A span as people say it. */
export function minutes(milliseconds: number): string {
  const count = Math.max(1, Math.round(milliseconds / 60_000));
  return count === 1 ? '1 minute' : `${count} minutes`;
}
