import { totalOf } from '../attempts/counts.ts';
import {
  MAX_PATH_LENGTH,
  MAX_RECENT_CALLS,
  type SimulatedRoute,
  type TestRecord,
  totalOfRoute,
} from '../attempts/test-record.ts';
import type { AttemptTotals } from '../attempts/totals.ts';
import type { Rule } from '../decision/rule.ts';
import { OPERATION_TYPES } from '../messages/operation-texts.ts';
import { ROLES } from '../state/principal.ts';
import { rfc3339, truncate } from '../text.ts';
import type { TestRunView } from './schemas.ts';

/** No requests of the application's are of these types: the probe's own, and what no rule covers. */
const NOT_TO_BE_EXERCISED = ['canary', 'unknown'];

/**
 * What a test run has shown, held against the catalogue.
 *
 * @param rules every rule by which requests were classified, the owner's included
 */
export function testRunView(
  record: TestRecord,
  { counts, clients }: AttemptTotals,
  rules: readonly Rule[],
): TestRunView {
  const [blocked, allowed] = [counts.would_block, counts.would_allow];
  const types = [...new Set([...blocked.keys(), ...allowed.keys()])].sort();
  const would_block = totalOf(blocked)?.calls ?? 0;
  const would_allow = totalOf(allowed)?.calls ?? 0;
  const coverage = coverageOf(record, types, rules);
  const unclassified = blocked.has('unknown') || allowed.has('unknown');
  return {
    verdict: verdictOf({ total: would_block + would_allow, coverage, unclassified }),
    calls: {
      total: would_block + would_allow,
      would_block,
      would_allow,
      clients: clients.count,
      clients_exact: clients.exact,
    },
    by_type: types.map((operation) => {
      const [block, allow] = [blocked.get(operation), allowed.get(operation)];
      return {
        operation_type: operation,
        would_block: block?.calls ?? 0,
        would_allow: allow?.calls ?? 0,
        last_call: rfc3339(Math.max(block?.lastAt ?? 0, allow?.lastAt ?? 0)),
      };
    }),
    coverage,
    routes: [...record.routes.values()].toSorted(byPlace).flatMap(routeViews),
    routes_left_out: record.routesLeftOut,
    unclassified: {
      paths: [...record.unclassified.values()]
        .toSorted((one, other) => other.calls - one.calls || (one.path < other.path ? -1 : 1))
        .map(({ method, path, calls, lastAt }) => ({ method, path, calls, last_call: rfc3339(lastAt) })),
      left_out: record.unclassifiedLeftOut,
    },
    details: record.recent
      .slice(-MAX_RECENT_CALLS)
      .toReversed()
      .map(({ at, method, template, operation, role, wouldBlock }) => ({
        at: rfc3339(at),
        method,
        path_template: template,
        operation_type: operation,
        role,
        would_block: wouldBlock,
      })),
  };
}

function coverageOf(
  record: TestRecord,
  exercised: readonly string[],
  rules: readonly Rule[],
): TestRunView['coverage'] {
  const own = rules.map(({ operation }) => operation);
  const known = [...new Set([...OPERATION_TYPES.map(({ name }) => name), ...own])];
  const wanted = known.filter((name) => !NOT_TO_BE_EXERCISED.includes(name));
  const routes = [...record.routes.values()];
  const never = rules.filter((rule) => !routes.some((route) => isOf(route, rule)));
  return {
    types: {
      exercised: wanted.filter((name) => exercised.includes(name)),
      never: wanted.filter((name) => !exercised.includes(name)),
    },
    rules: {
      total: rules.length,
      exercised: rules.length - never.length,
      never: never.map(({ method, path, operation }) => ({ method, path, operation_type: operation })),
    },
  };
}

/** A HEAD is what the GET of its path is. */
function isOf({ method, template, operation }: SimulatedRoute, rule: Rule): boolean {
  const verbs = [rule.method].flat();
  const isCovered =
    verbs.includes('ANY') || verbs.includes(method) || (method === 'HEAD' && verbs.includes('GET'));
  return isCovered && operation === rule.operation && template === truncate(rule.path, MAX_PATH_LENGTH);
}

function verdictOf(found: {
  readonly total: number;
  readonly coverage: TestRunView['coverage'];
  readonly unclassified: boolean;
}): TestRunView['verdict'] {
  const { never } = found.coverage.types;
  const reasons = [
    ...(found.total === 0 ? ['No calls were made.'] : []),
    ...(never.length > 0 ? [`Operation types that were never exercised: ${never.join(', ')}.`] : []),
    ...(found.unclassified
      ? ['Calls were made of which no rule says what they do: they would be blocked as unknown.']
      : []),
  ];
  return { result: reasons.length === 0 ? 'pass' : 'incomplete', reasons };
}

function routeViews(route: SimulatedRoute): TestRunView['routes'] {
  return ROLES.flatMap((role) => {
    const { wouldBlock, wouldAllow } = route.byRole[role];
    if (wouldBlock + wouldAllow === 0) return [];
    return [
      {
        method: route.method,
        path_template: route.template,
        operation_type: route.operation,
        role,
        would_block: wouldBlock,
        would_allow: wouldAllow,
      },
    ];
  });
}

/** The routes most called first. */
function byPlace(one: SimulatedRoute, other: SimulatedRoute): number {
  const calls = (route: SimulatedRoute): number => {
    const { wouldBlock, wouldAllow } = totalOfRoute(route);
    return wouldBlock + wouldAllow;
  };
  const name = ({ method, template }: SimulatedRoute): string => `${template} ${method}`;
  return calls(other) - calls(one) || (name(one) < name(other) ? -1 : 1);
}
