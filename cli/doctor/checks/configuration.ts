import { BUILT_IN_RULES } from '../../../core/decision/built-in-rules.ts';
import { canonicalPath } from '../../../core/decision/canonical-path.ts';
import { RouteMatcher } from '../../../core/decision/route-matcher.ts';
import type { Finding } from '../../../core/health/finding.ts';
import type { Look } from '../observation.ts';
import { counted, judged, named } from './doctor-checks.ts';
import type { RulesFacts, StatusFacts, WindowsFacts } from './facts.ts';
import { minutes } from './status.ts';

/** A method of the deployed API. */
export interface DeployedMethod {
  readonly method: string;
  /** The resource's path template. */
  readonly path: string;
  /** Whether the stack's authorizer decides on it. */
  readonly isGuarded: boolean;
}

/** What was looked at of the configuration. */
export interface ConfigurationLooks {
  /** How many of the newest events were read. */
  readonly log: Look<number>;
  /** A write that its condition refuses. */
  readonly write: Look<null>;
  readonly chain: Look<{
    readonly events: number;
    /** The first that is wrong. */
    readonly fault: { readonly number: number; readonly fault: string } | null;
  }>;
  readonly status: Look<StatusFacts>;
  readonly windows: Look<WindowsFacts>;
  readonly rules: Look<RulesFacts>;
  /** Path templates. */
  readonly alwaysAllowed: Look<readonly string[]>;
  readonly methods: Look<readonly DeployedMethod[]>;
  /** Seconds for which each authorizer's results are kept. */
  readonly resultTtls: Look<readonly { readonly name: string; readonly seconds: number }[]>;
}

const STORE =
  'Check the AWS Health Dashboard for DynamoDB, then the table in its console: it must be ACTIVE and its KMS key enabled. Decisions go on by the last known state.';
const REDEPLOY = 'Deploy the stack again: `npm run deploy`.';
const READABLE = 'See event_log_read.';

/** Side effects of a window follow its start within two minutes, ms. */
const WINDOW_LATE = 120_000;

/** Whether the log can be read and written, is what was written, and the gate is as the stack made it. */
export function judgeConfiguration(looks: ConfigurationLooks): readonly Finding[] {
  return [
    judged('event_log_read', looks.log, STORE, (events, say) =>
      say.ok(`The event log can be read: ${counted(events, 'newest event')}.`),
    ),
    judged('event_log_write', looks.write, STORE, (_, say) =>
      say.ok('The table takes writes: one that changes nothing was judged by its condition.'),
    ),
    judged('event_chain', looks.chain, STORE, ({ events, fault }, say) =>
      fault === null
        ? say.ok(`The newest ${counted(events, 'event')} are as they were written.`)
        : say.failed(
            `Event ${fault.number} is ${fault.fault}: it is not what was written.`,
            'Somebody or something has changed the table past the API. Keep it as it is, look for the write in CloudTrail, and compare with the events on the bus.',
          ),
    ),
    judgeWindows(looks),
    judgeRules(looks.rules),
    judgeAlwaysAllowed(looks.alwaysAllowed),
    judgeMethods(looks.methods),
    judged('authorizer_cache', looks.resultTtls, REDEPLOY, (ttls, say) => {
      const caching = ttls.filter(({ seconds }) => seconds > 0);
      if (caching.length === 0) return say.ok('No decision is kept by API Gateway.');
      const which = caching.map(({ name, seconds }) => `${name} for ${seconds} s`).join(', ');
      return say.failed(`API Gateway keeps decisions past a toggle: ${which}.`, REDEPLOY);
    }),
  ];
}

function judgeWindows({ windows, status }: ConfigurationLooks): Finding {
  return judged('windows', windows, READABLE, ({ items, next_cursor }, say) => {
    const count = `${items.length}${next_cursor === null ? '' : ' or more'}`;
    if (status.outcome === 'seen' && status.value.next_window !== null) {
      const { id, starts_at } = status.value.next_window;
      const late = Date.parse(status.value.as_of) - Date.parse(starts_at);
      if (late > WINDOW_LATE) {
        return say.warning(
          `Window ${id} should have begun ${minutes(late)} ago, and its event is not in the log.`,
          'See whether the schedule is alive (health_check), and what the function `tick` logs.',
        );
      }
      return say.ok(`${count} scheduled; the next begins at ${starts_at}.`);
    }
    return say.ok(items.length === 0 ? 'No window is scheduled.' : `${count} scheduled.`);
  });
}

const READS = ['GET', 'HEAD', 'OPTIONS'];
const OPEN_TYPES = ['read_operations', 'authentication'];

function judgeRules(rules: Look<RulesFacts>): Finding {
  return judged('rules', rules, READABLE, ({ items, next_cursor }, say) => {
    const open = items.filter(
      ({ method, operation }) =>
        OPEN_TYPES.includes(operation) && [method].flat().some((verb) => !READS.includes(verb)),
    );
    if (open.length > 0) {
      const which = named(open.map(({ id, method, path }) => `${[method].flat().join(',')} ${path} (${id})`));
      return say.warning(
        `Writes pass in normal mode by ${counted(open.length, 'rule')} of yours: ${which}.`,
        'If that is not meant: `maintenance rules remove ID`, then add the rule with a type that is blocked.',
      );
    }
    if (items.length === 0) return say.ok('You have no rules of your own; the built-in ones decide.');
    return say.ok(`Your rules can be read: ${items.length}${next_cursor === null ? '' : ' or more'}.`);
  });
}

function judgeAlwaysAllowed(templates: Look<readonly string[]>): Finding {
  return judged('always_allowed', templates, REDEPLOY, (paths, say) => {
    const open = new RouteMatcher(paths.map((path) => ({ method: 'ANY', path, value: path })));
    const blockable = BUILT_IN_RULES.filter(({ operation }) => !OPEN_TYPES.includes(operation));
    const let_in = blockable.flatMap(({ path }) => {
      const example = canonicalPath(path.replace(/\{[^}]*\}/g, 'x'));
      const by = example === null ? undefined : open.find('POST', example);
      return by === undefined ? [] : [`${path} (by ${by})`];
    });
    if (let_in.length === 0)
      return say.ok(paths.length === 0 ? 'Every path can be blocked.' : `Never blocked: ${named(paths)}.`);
    return say.failed(
      `Operations that maintenance should block are never blocked: ${named(let_in, 3)}.`,
      'Make the option alwaysAllowed narrower, and deploy again.',
    );
  });
}

function judgeMethods(methods: Look<readonly DeployedMethod[]>): Finding {
  return judged('api_methods', methods, REDEPLOY, (all, say) => {
    const open = all.filter(({ isGuarded }) => !isGuarded);
    if (open.length === 0) return say.ok(`All ${all.length} methods of the API ask the authorizer.`);
    const which = open.map(({ method, path }) => `${method} ${path}`).join(', ');
    return say.failed(
      `${counted(open.length, 'method')} of the API without the authorizer: ${which}.`,
      `They were made or changed outside of the stack. ${REDEPLOY} What the stack does not know must be deleted by hand.`,
    );
  });
}
