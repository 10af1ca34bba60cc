import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  EMPTY_RECORD,
  routeKey,
  type SimulatedCall,
  type SimulatedCounts,
  type SimulatedRoute,
  type TestRecord,
  type UnclassifiedPath,
} from '../../core/attempts/test-record.ts';
import { ROLES, type Role } from '../../core/state/principal.ts';

/** Routes and paths in JSON; lists, because the names of fields would take most of the room. */
interface PackedRecord {
  /** Method, template, operation, the two counts of each role in the order of ROLES, and the last call's instant. */
  readonly routes: readonly [string, string | null, string, readonly number[], number][];
  readonly routesLeftOut: number;
  readonly unclassified: readonly [method: string, path: string, calls: number, lastAt: number][];
  readonly unclassifiedLeftOut: number;
}

/** Bytes of a recent call: its instant (6), the number of its route (2), its role and what would have become of it (1). */
const RECENT = 9;

/** Writes a test run's record as attributes: none while it is empty. */
export function recordAttributes(record: TestRecord): Record<string, AttributeValue> {
  if (record.routes.size === 0) return {};
  const packed: PackedRecord = {
    routes: [...record.routes.values()].map(({ method, template, operation, byRole, lastAt }) => [
      method,
      template,
      operation,
      ROLES.flatMap((role) => [byRole[role].wouldBlock, byRole[role].wouldAllow]),
      lastAt,
    ]),
    routesLeftOut: record.routesLeftOut,
    unclassified: [...record.unclassified.values()].map(({ method, path, calls, lastAt }) => [
      method,
      path,
      calls,
      lastAt,
    ]),
    unclassifiedLeftOut: record.unclassifiedLeftOut,
  };
  const numbers = new Map([...record.routes.keys()].map((key, number) => [key, number]));
  return {
    simulated: { S: JSON.stringify(packed) },
    recent: { B: packRecent(record.recent, numbers) },
  };
}

/** Reads a test run's record; attributes that are not there are taken for empty. */
export function recordIn(json: string | undefined, recent: Uint8Array = new Uint8Array()): TestRecord {
  if (json === undefined) return EMPTY_RECORD;
  const packed: PackedRecord = JSON.parse(json);
  const routes = packed.routes.map(
    ([method, template, operation, counts, lastAt]): SimulatedRoute => ({
      method,
      template,
      operation,
      byRole: byRole(counts),
      lastAt,
    }),
  );
  return {
    routes: new Map(routes.map((route) => [routeKey(route), route])),
    routesLeftOut: packed.routesLeftOut,
    unclassified: new Map(
      packed.unclassified.map(([method, path, calls, lastAt]): [string, UnclassifiedPath] => [
        `${method} ${path}`,
        { method, path, calls, lastAt },
      ]),
    ),
    unclassifiedLeftOut: packed.unclassifiedLeftOut,
    recent: unpackRecent(Buffer.from(recent), routes),
  };
}

function byRole(counts: readonly number[]): Record<Role, SimulatedCounts> {
  const roles = ROLES.map((role, index) => [
    role,
    { wouldBlock: counts[index * 2] ?? 0, wouldAllow: counts[index * 2 + 1] ?? 0 },
  ]);
  return Object.fromEntries(roles);
}

function packRecent(calls: readonly SimulatedCall[], numbers: ReadonlyMap<string, number>): Buffer {
  const packed = Buffer.alloc(calls.length * RECENT);
  for (const [index, call] of calls.entries()) {
    packed.writeUIntBE(call.at, index * RECENT, 6);
    packed.writeUInt16BE(numbers.get(routeKey(call)) ?? 0, index * RECENT + 6);
    packed.writeUInt8(ROLES.indexOf(call.role) * 2 + Number(call.wouldBlock), index * RECENT + 8);
  }
  return packed;
}

function unpackRecent(packed: Buffer, routes: readonly SimulatedRoute[]): SimulatedCall[] {
  return Array.from({ length: packed.length / RECENT }, (_, index) => {
    const route = routes[packed.readUInt16BE(index * RECENT + 6)];
    const code = packed.readUInt8(index * RECENT + 8);
    return {
      method: route?.method ?? '',
      template: route?.template ?? null,
      operation: route?.operation ?? 'unknown',
      role: ROLES[code >> 1] ?? 'anonymous',
      wouldBlock: code % 2 === 1,
      at: packed.readUIntBE(index * RECENT, 6),
    };
  });
}
