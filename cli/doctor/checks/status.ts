import type { Finding } from '../../../core/health/finding.ts';
import type { Look } from '../observation.ts';
import { judged } from './doctor-checks.ts';
import type { HealthFacts, StatusFacts } from './facts.ts';

const NO_STATUS =
  'Look at connectivity and services below; `maintenance status --direct` asks the state table itself.';

/** Where maintenance stands, and whether that can be told. */
export function judgeStatus(status: Look<StatusFacts>, health: Look<HealthFacts>): readonly Finding[] {
  return [
    judged('status_read', status, NO_STATUS, (facts, say) => say.ok(inWords(facts))),
    judged('state_source', status, NO_STATUS, ({ state_source, version }, say) =>
      state_source === 'event_log'
        ? say.ok(`The state is read from the event log: version ${version}.`)
        : say.warning(
            `The last known state is shown, version ${version}: the event log could not be read.`,
            'Decisions go on by that state. Find out why DynamoDB does not answer: see event_log_read.',
          ),
    ),
    judged('health', health, 'See which part it is in connectivity and services.', (facts, say) => {
      const ill = Object.entries(facts.components).filter(([, { status }]) => status !== 'healthy');
      const which = ill.map(([name, { status, message }]) => `${name} is ${status}: ${message}`).join(' ');
      if (facts.status === 'healthy') return say.ok('Every component is healthy.');
      const remedy = 'See the checks of those parts below.';
      return facts.status === 'degraded' ? say.warning(which, remedy) : say.failed(which, remedy);
    }),
    judged(
      'maintenance_overdue',
      status,
      NO_STATUS,
      ({ is_active, estimated_completion: end, as_of }, say) => {
        if (!is_active || end === null) return say.ok('No planned end has passed.');
        const late = Date.parse(as_of) - Date.parse(end);
        if (late <= 0) return say.ok(`The planned end is ${end}.`);
        return say.warning(
          `The planned end passed ${minutes(late)} ago, at ${end}; operations are still blocked.`,
          '`maintenance update --duration LENGTH` plans anew, `maintenance disable` ends it.',
        );
      },
    ),
  ];
}

function inWords({ is_active, mode, reason, started_at, version }: StatusFacts): string {
  if (!is_active) return `No maintenance is active (version ${version}).`;
  const what =
    mode === 'test' ? 'A test run is' : mode === 'emergency' ? 'EMERGENCY maintenance is' : 'Maintenance is';
  return `${what} active since ${started_at ?? 'an unknown time'} (version ${version}): ${reason ?? ''}`;
}

/** @example minutes(90_000) // '1 min' */
export function minutes(milliseconds: number): string {
  return `${Math.max(0, Math.floor(milliseconds / 60_000))} min`;
}
