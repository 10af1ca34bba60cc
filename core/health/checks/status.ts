import { rfc3339 } from '../../text.ts';
import type { HealthStatus } from '../schemas.ts';
import { OVERDUE_AFTER_MS } from '../thresholds.ts';
import { checksOf, minutes } from './check.ts';

/** Instants are ms since the epoch. */
export interface StatusFacts {
  readonly state: {
    readonly is_active: boolean;
    readonly mode: string;
    readonly reason: string | null;
    readonly started_at: string | null;
    readonly version: number;
    /** `event_log`, or where else it was read. */
    readonly state_source: string;
  };
  /** What the health call says of each component. */
  readonly health: {
    readonly status: HealthStatus;
    readonly components: Readonly<
      Record<string, { readonly status: HealthStatus; readonly message: string }>
    >;
  };
  /** When the maintenance that is active should be over; null where none is, or nobody said. */
  readonly plannedEnd: { readonly end: number | null; readonly now: number };
  /** The event that the clock has made due first and that is not in the log; null where there is none. */
  readonly dueEvent: { readonly what: string; readonly since: number; readonly now: number } | null;
}

const check = checksOf<StatusFacts>('status');

const NO_STATUS =
  'Look at connectivity and services below; `maintenance status --direct` asks the state table itself.';

/** Where maintenance stands, and whether that can be told. */
export const STATUS_CHECKS = {
  status_read: check({
    of: 'state',
    remedy: NO_STATUS,
    judge: (state, say) => say.ok(inWords(state)),
  }),
  state_source: check({
    of: 'state',
    remedy: NO_STATUS,
    judge: ({ state_source, version }, say) =>
      state_source === 'event_log'
        ? say.ok(`The state is read from the event log: version ${version}.`)
        : say.warning(
            `The last known state is shown, version ${version}: the event log could not be read.`,
            'Decisions go on by that state. Find out why DynamoDB does not answer: see event_log_read.',
          ),
  }),
  health: check({
    of: 'health',
    remedy: 'See which part it is in connectivity and services.',
    judge: ({ status, components }, say) => {
      if (status === 'healthy') return say.ok('Every component is healthy.');
      const ill = Object.entries(components).filter(([, component]) => component.status !== 'healthy');
      const which = ill.map(([name, { status, message }]) => `${name} is ${status}: ${message}`).join(' ');
      const remedy = 'See the checks of those parts below.';
      return status === 'degraded' ? say.warning(which, remedy) : say.failed(which, remedy);
    },
  }),
  maintenance_overdue: check({
    of: 'plannedEnd',
    component: 'state',
    remedy: NO_STATUS,
    judge: ({ end, now }, say) => {
      if (end === null) return say.ok('No planned end has passed.');
      if (now <= end) return say.ok(`The planned end is ${rfc3339(end)}.`);
      return say.warning(
        `The planned end passed ${minutes(now - end)} ago, at ${rfc3339(end)}; operations are still blocked.`,
        '`maintenance update --extend LENGTH` plans anew, `maintenance disable` ends it.',
      );
    },
  }),
  due_events: check({
    of: 'dueEvent',
    component: 'state',
    remedy: 'See event_log_read.',
    judge: (due, say) => {
      if (due === null || due.now - due.since <= OVERDUE_AFTER_MS) {
        return say.ok('All that the clock has made due is in the log, or will be within a minute.');
      }
      return say.failed(
        `The event that a maintenance has ${due.what} has been due for ${minutes(due.now - due.since)} and is not in the log. Requests are decided by the clock all the same.`,
        'Look for `tick_failed` in the log of the function tick, and whether its rule is enabled. Any command of an admin writes the event, for example `maintenance update`.',
      );
    },
  }),
};

function inWords({ is_active, mode, reason, started_at, version }: StatusFacts['state']): string {
  if (!is_active) return `No maintenance is active (version ${version}).`;
  const what =
    mode === 'test' ? 'A test run is' : mode === 'emergency' ? 'EMERGENCY maintenance is' : 'Maintenance is';
  return `${what} active since ${started_at ?? 'an unknown time'} (version ${version}): ${reason ?? ''}`;
}
