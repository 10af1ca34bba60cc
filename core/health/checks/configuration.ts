import { alwaysAllowedRoutes } from '../../decision/always-allowed.ts';
import { BUILT_IN_RULES } from '../../decision/built-in-rules.ts';
import { canonicalPath } from '../../decision/canonical-path.ts';
import { OPEN_TYPES } from '../../decision/operations.ts';
import { opensWrites } from '../../rules/rule-set.ts';
import { OVERDUE_AFTER_MS, SLOW_STORE_MS } from '../thresholds.ts';
import { checksOf, counted, minutes, named } from './check.ts';

/** A method of the deployed API. */
export interface DeployedMethod {
  readonly method: string;
  /** The resource's path template. */
  readonly path: string;
  /** Whether the stack's authorizer decides on it. */
  readonly isGuarded: boolean;
}

/** What was found in the newest events of the log. */
export interface ChainFacts {
  readonly events: number;
  /** The first that is wrong. */
  readonly fault: { readonly number: number; readonly fault: string } | null;
}

export interface ConfigurationFacts {
  readonly logRead: {
    /** How many of the newest were read. */
    readonly events: number;
    /** What the table took; null where the way to it, which may be long, is in the time. */
    readonly milliseconds: number | null;
  };
  /** A write that its condition refuses, or that leaves no trace in the log. */
  readonly logWrite: { readonly milliseconds: number | null };
  readonly chain: ChainFacts;
  readonly windows: {
    readonly count: number;
    /** Whether there are more than were read. */
    readonly isMore: boolean;
    /** The next, and how long ago it should have begun, ms: below 0 while it is ahead. */
    readonly next: { readonly id: string; readonly starts_at: string; readonly late: number } | null;
  };
  readonly rules: {
    readonly items: readonly {
      readonly id: string;
      readonly method: string | readonly string[];
      readonly path: string;
      readonly operation: string;
    }[];
    readonly isMore: boolean;
  };
  /** Path templates of what is never blocked. */
  readonly alwaysAllowed: readonly string[];
  readonly methods: readonly DeployedMethod[];
  /** Seconds for which each authorizer's results are kept. */
  readonly resultTtls: readonly { readonly name: string; readonly seconds: number }[];
  /** What Redis deletes when its memory is full, such as `volatile-lru`; null where it does not say. */
  readonly evictionPolicy: string | null;
}

const check = checksOf<ConfigurationFacts>('configuration');

/** What to do about an event log that does not answer. */
export const STORE_REMEDY =
  'Check the AWS Health Dashboard for DynamoDB, then the table in its console: it must be ACTIVE and its KMS key enabled. Decisions go on by the last known state.';
const SLOW_STORE_REMEDY = 'Look at the latency and the throttled requests of the table in CloudWatch.';
const REDEPLOY = 'Deploy the stack again: `npm run deploy`.';
const READABLE = 'See event_log_read.';

/** Whether the log can be read and written, is what was written, and the authorizer is as the stack made it. */
export const CONFIGURATION_CHECKS = {
  event_log_read: check({
    of: 'logRead',
    component: 'event_log',
    remedy: STORE_REMEDY,
    judge: ({ events, milliseconds }, say) => {
      const text = `The event log can be read: ${counted(events, 'newest event')}`;
      if (milliseconds === null) return say.ok(`${text}.`);
      const timed = `${text}, in ${Math.round(milliseconds)} ms.`;
      return milliseconds > SLOW_STORE_MS ? say.warning(timed, SLOW_STORE_REMEDY) : say.ok(timed);
    },
  }),
  event_log_write: check({
    of: 'logWrite',
    component: 'event_log',
    remedy: STORE_REMEDY,
    judge: ({ milliseconds }, say) => {
      if (milliseconds === null) {
        return say.ok('The table takes writes: one that changes nothing was judged by its condition.');
      }
      const timed = `The table takes writes: one took ${Math.round(milliseconds)} ms.`;
      return milliseconds > SLOW_STORE_MS ? say.warning(timed, SLOW_STORE_REMEDY) : say.ok(timed);
    },
  }),
  event_chain: check({
    of: 'chain',
    remedy: STORE_REMEDY,
    judge: ({ events, fault }, say) =>
      fault === null
        ? say.ok(`The newest ${counted(events, 'event')} are as they were written.`)
        : say.failed(
            `Event ${fault.number} is ${fault.fault}: it is not what was written.`,
            'Somebody or something has changed the table past the API. Keep it as it is, look for the write in CloudTrail, and compare with the events on the bus.',
          ),
  }),
  windows: check({
    of: 'windows',
    remedy: READABLE,
    judge: ({ count, isMore, next }, say) => {
      const number = `${count}${isMore ? ' or more' : ''}`;
      if (next === null) return say.ok(count === 0 ? 'No window is scheduled.' : `${number} scheduled.`);
      if (next.late <= OVERDUE_AFTER_MS)
        return say.ok(`${number} scheduled; the next begins at ${next.starts_at}.`);
      return say.warning(
        `Window ${next.id} should have begun ${minutes(next.late)} ago, and its event is not in the log.`,
        'See whether the schedule is alive (health_check), and what the function `tick` logs.',
      );
    },
  }),
  rules: check({
    of: 'rules',
    remedy: READABLE,
    judge: ({ items, isMore }, say) => {
      const open = items.filter(opensWrites);
      if (open.length > 0) {
        const which = named(
          open.map(({ id, method, path }) => `${[method].flat().join(',')} ${path} (${id})`),
        );
        return say.warning(
          `Writes pass in normal mode by ${counted(open.length, 'rule')} of yours: ${which}.`,
          'If that is not meant: `maintenance rules remove ID`, then add the rule with a type that is blocked.',
        );
      }
      if (items.length === 0) return say.ok('You have no rules of your own; the built-in ones decide.');
      return say.ok(`Your rules can be read: ${items.length}${isMore ? ' or more' : ''}.`);
    },
  }),
  always_allowed: check({
    of: 'alwaysAllowed',
    remedy: REDEPLOY,
    judge: (paths, say) => {
      const open = blockableBy(paths);
      if (open.length === 0)
        return say.ok(paths.length === 0 ? 'Every path can be blocked.' : `Never blocked: ${named(paths)}.`);
      return say.failed(
        `Operations that maintenance should block are never blocked: ${named(open, 3)}.`,
        'Make the option alwaysAllowed narrower, and deploy again.',
      );
    },
  }),
  api_methods: check({
    of: 'methods',
    remedy: REDEPLOY,
    judge: (methods, say) => {
      const open = methods.filter(({ isGuarded }) => !isGuarded);
      if (open.length === 0) return say.ok(`All ${methods.length} methods of the API ask the authorizer.`);
      const which = open.map(({ method, path }) => `${method} ${path}`).join(', ');
      return say.failed(
        `${counted(open.length, 'method')} of the API without the authorizer: ${which}.`,
        `They were made or changed outside of the stack. ${REDEPLOY} What the stack does not know must be deleted by hand.`,
      );
    },
  }),
  authorizer_cache: check({
    of: 'resultTtls',
    remedy: REDEPLOY,
    judge: (ttls, say) => {
      const caching = ttls.filter(({ seconds }) => seconds > 0);
      if (caching.length === 0) return say.ok('No decision is kept by API Gateway.');
      const which = caching.map(({ name, seconds }) => `${name} for ${seconds} s`).join(', ');
      return say.failed(`API Gateway keeps decisions past a toggle: ${which}.`, REDEPLOY);
    },
  }),
  redis_eviction_policy: check({
    of: 'evictionPolicy',
    component: 'session_store',
    remedy: 'See redis.',
    judge: (policy, say) => {
      if (policy === null) return say.ok('Redis does not say what it deletes when its memory is full.');
      const text = `When memory is full, Redis goes by ${policy}`;
      if (!policy.startsWith('allkeys-')) return say.ok(`${text}.`);
      return say.warning(
        `${text}: it may delete the sessions of admins, and the copy of the state.`,
        'Choose a policy that begins with `volatile-`, or `noeviction`: docs/sessions.md says why. ElastiCache Serverless has volatile-lru and takes no other.',
      );
    },
  }),
};

/** The operations that maintenance should block, and that some entries let through. */
function blockableBy(entries: readonly string[]): readonly string[] {
  const open = alwaysAllowedRoutes(entries);
  return BUILT_IN_RULES.filter(({ operation }) => !OPEN_TYPES.includes(operation)).flatMap((rule) => {
    const { method, path } = rule;
    const example = canonicalPath(path.replace(/\{[^}]*\}/g, 'x'));
    const verbs = method === 'ANY' ? ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] : [method].flat();
    const by =
      example === null
        ? undefined
        : verbs.map((verb) => open.find(verb, example)).find((entry) => entry !== undefined);
    return by === undefined ? [] : [`${path} (by ${by})`];
  });
}
