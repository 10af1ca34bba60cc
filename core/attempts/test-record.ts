import { ROLES, type Role } from '../state/principal.ts';
import { truncate } from '../text.ts';

/** What a test run records of a decision, beside what is counted of every attempt. */
export interface Simulated {
  readonly method: string;
  readonly role: Role;
  /** The path template of the rule that decided, null where none did. */
  readonly template: string | null;
  /** The path, where nobody knows what a request to it does; null otherwise. */
  readonly path: string | null;
}

/** One simulated decision. */
export interface SimulatedCall {
  readonly method: string;
  readonly template: string | null;
  readonly operation: string;
  readonly role: Role;
  readonly wouldBlock: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Calls by what would have become of them. */
export interface SimulatedCounts {
  readonly wouldBlock: number;
  readonly wouldAllow: number;
}

/** The calls of one method to what one rule covers; or that no rule covers. */
export interface SimulatedRoute {
  readonly method: string;
  readonly template: string | null;
  readonly operation: string;
  readonly byRole: Readonly<Record<Role, SimulatedCounts>>;
  /** When the last of them was made, ms since the epoch. */
  readonly lastAt: number;
}

/** The calls to a path of which nobody knows what they do. */
export interface UnclassifiedPath {
  readonly method: string;
  readonly path: string;
  readonly calls: number;
  readonly lastAt: number;
}

/** What a test run has recorded. */
export interface TestRecord {
  readonly routes: ReadonlyMap<string, SimulatedRoute>;
  /** Calls to further routes than there is room for; they are in no route. */
  readonly routesLeftOut: number;
  readonly unclassified: ReadonlyMap<string, UnclassifiedPath>;
  /** Calls to further unclassified paths than there is room for. */
  readonly unclassifiedLeftOut: number;
  /** The newest calls, the last one last. */
  readonly recent: readonly SimulatedCall[];
}

export const EMPTY_RECORD: TestRecord = {
  routes: new Map(),
  routesLeftOut: 0,
  unclassified: new Map(),
  unclassifiedLeftOut: 0,
  recent: [],
};

/** Calls of which the details are kept. */
export const MAX_RECENT_CALLS = 1000;
/** Routes that one shard has room for, and unclassified paths: together with the rest of it they fit into an item. */
export const MAX_ROUTES = 250;
export const MAX_UNCLASSIFIED = 50;
/** Characters that are kept of a path or a template. */
export const MAX_PATH_LENGTH = 100;

/** A call as it is recorded. */
export interface CallToRecord extends Simulated {
  readonly operation: string;
  readonly wouldBlock: boolean;
  readonly calls: number;
  readonly at: number;
}

/** A record with further calls in it, within the bounds of one shard. */
export function withCalls(record: TestRecord, calls: readonly CallToRecord[]): TestRecord {
  if (calls.length === 0) return record;
  return withinBounds(mergedRecords([record, ...calls.map(recordOf)]));
}

/** What several records hold, which have no call in common. */
export function mergedRecords(records: readonly TestRecord[]): TestRecord {
  const routes = new Map<string, SimulatedRoute>();
  const unclassified = new Map<string, UnclassifiedPath>();
  for (const record of records) {
    for (const [key, route] of record.routes) routes.set(key, routeSum(routes.get(key), route));
    for (const [key, path] of record.unclassified)
      unclassified.set(key, pathSum(unclassified.get(key), path));
  }
  return {
    routes,
    routesLeftOut: records.reduce((sum, { routesLeftOut }) => sum + routesLeftOut, 0),
    unclassified,
    unclassifiedLeftOut: records.reduce((sum, { unclassifiedLeftOut }) => sum + unclassifiedLeftOut, 0),
    recent: newest(records.flatMap(({ recent }) => recent)),
  };
}

/** Names a route: the same one has the same name in every record. */
export function routeKey(route: Pick<SimulatedRoute, 'method' | 'template' | 'operation'>): string {
  return JSON.stringify([route.method, route.template, route.operation]);
}

/** All calls of a route, whoever made them. */
export function totalOfRoute({ byRole }: SimulatedRoute): SimulatedCounts {
  return ROLES.map((role) => byRole[role]).reduce(countSum);
}

function recordOf({ method, role, operation, wouldBlock, calls, at, ...where }: CallToRecord): TestRecord {
  const template = where.template === null ? null : truncate(where.template, MAX_PATH_LENGTH);
  const counts = wouldBlock ? { wouldBlock: calls, wouldAllow: 0 } : { wouldBlock: 0, wouldAllow: calls };
  const route: SimulatedRoute = {
    method,
    template,
    operation,
    byRole: { ...NO_CALLS, [role]: counts },
    lastAt: at,
  };
  const path = where.path === null ? null : truncate(where.path, MAX_PATH_LENGTH);
  return {
    ...EMPTY_RECORD,
    routes: new Map([[routeKey(route), route]]),
    unclassified: new Map(
      path === null ? [] : [[`${method} ${path}`, { method, path, calls, lastAt: at }] as const],
    ),
    recent: [{ method, template, operation, role, wouldBlock, at }],
  };
}

const NONE: SimulatedCounts = { wouldBlock: 0, wouldAllow: 0 };
const NO_CALLS: SimulatedRoute['byRole'] = { admin: NONE, worker: NONE, member: NONE, anonymous: NONE };

/** What came first stays; of what there is no room for, the number of calls is kept. */
function withinBounds(record: TestRecord): TestRecord {
  const routes = [...record.routes];
  const paths = [...record.unclassified];
  if (routes.length <= MAX_ROUTES && paths.length <= MAX_UNCLASSIFIED) return record;
  const kept = new Map(routes.slice(0, MAX_ROUTES));
  const callsTo = ([, route]: (typeof routes)[number]): number => {
    const { wouldBlock, wouldAllow } = totalOfRoute(route);
    return wouldBlock + wouldAllow;
  };
  return {
    routes: kept,
    routesLeftOut: record.routesLeftOut + sum(routes.slice(MAX_ROUTES).map(callsTo)),
    unclassified: new Map(paths.slice(0, MAX_UNCLASSIFIED)),
    unclassifiedLeftOut:
      record.unclassifiedLeftOut + sum(paths.slice(MAX_UNCLASSIFIED).map(([, { calls }]) => calls)),
    recent: record.recent.filter((call) => kept.has(routeKey(call))),
  };
}

/** In one order whatever the order they came in. */
function newest(calls: readonly SimulatedCall[]): readonly SimulatedCall[] {
  const keyed = calls.map(
    (call) => [call, JSON.stringify([routeKey(call), call.role, call.wouldBlock])] as const,
  );
  keyed.sort(([one, key], [other, otherKey]) => one.at - other.at || (key < otherKey ? -1 : 1));
  return keyed.slice(-MAX_RECENT_CALLS).map(([call]) => call);
}

function routeSum(one: SimulatedRoute | undefined, other: SimulatedRoute): SimulatedRoute {
  if (one === undefined) return other;
  const roles = ROLES.map((role) => [role, countSum(one.byRole[role], other.byRole[role])] as const);
  return {
    ...one,
    byRole: Object.fromEntries(roles) as Record<Role, SimulatedCounts>,
    lastAt: Math.max(one.lastAt, other.lastAt),
  };
}

function pathSum(one: UnclassifiedPath | undefined, other: UnclassifiedPath): UnclassifiedPath {
  if (one === undefined) return other;
  return { ...one, calls: one.calls + other.calls, lastAt: Math.max(one.lastAt, other.lastAt) };
}

function countSum(one: SimulatedCounts, other: SimulatedCounts): SimulatedCounts {
  return {
    wouldBlock: one.wouldBlock + other.wouldBlock,
    wouldAllow: one.wouldAllow + other.wouldAllow,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
