import type { EmergencyCommand, EnableCommand } from '../../core/commands/command.ts';
import type { Actor } from '../../core/events/event.ts';
import type { SessionFacts } from '../../core/identity/session.ts';
import type {
  Emergency,
  Maintenance,
  NormalMaintenance,
  PurgeOrder,
  State,
  TestRun,
} from '../../core/state/state.ts';

/** The instant at which the examples take place: 2026-01-15T10:00:00Z. */
export const NOW = Date.UTC(2026, 0, 15, 10);

export const ALICE: Actor = { id: 'alice', role: 'admin', via: 'api' };
export const BOB: Actor = { id: 'bob', role: 'admin', via: 'api' };

const begun = { id: 'm-1', startedAt: NOW, startedBy: 'alice', notifyUsers: true };
const openEnd = { endsAt: null, autoEnd: false, blockedOperations: null };

export function normalMaintenance(changes: Partial<NormalMaintenance> = {}): NormalMaintenance {
  return { mode: 'normal', ...begun, ...openEnd, reason: 'Database upgrade', ...changes };
}

export function testRun(changes: Partial<TestRun> = {}): TestRun {
  return { mode: 'test', ...begun, ...openEnd, reason: 'Rehearsal', ...changes };
}

export function emergency(changes: Partial<Emergency> = {}): Emergency {
  return {
    mode: 'emergency',
    ...begun,
    reason: 'Data at risk',
    declaredAt: NOW,
    declaredBy: 'alice',
    terminateJobs: true,
    gracePeriod: 30,
    suspended: null,
    ...changes,
  };
}

export function stateWith(maintenance: Maintenance | null, version = 7): State {
  return { version, maintenance, rules: null, sessionsInvalidBefore: null };
}

export function enable(changes: Partial<EnableCommand> = {}): EnableCommand {
  return {
    type: 'enable',
    mode: 'normal',
    reason: 'Database upgrade',
    autoEnd: false,
    blockedOperations: null,
    invalidateSessions: true,
    notifyUsers: true,
    ...changes,
  };
}

export function declareEmergency(changes: Partial<EmergencyCommand> = {}): EmergencyCommand {
  return { type: 'emergency', reason: 'Data at risk', terminateJobs: true, gracePeriod: 30, ...changes };
}

export function purgeOrder(changes: Partial<PurgeOrder> = {}): PurgeOrder {
  return {
    id: 'purge-7',
    at: NOW,
    maintenanceId: null,
    scope: 'members',
    users: [],
    spared: null,
    ...changes,
  };
}

/** A member's session that began a minute before NOW. */
export function sessionFacts(changes: Partial<SessionFacts> = {}): SessionFacts {
  return {
    readable: true,
    role: 'member',
    roleName: 'reviewer',
    rolePointer: '/role',
    user: 'mia',
    createdAt: NOW - 60_000,
    ...changes,
  };
}

/** Freezes a value through and through, so that a test fails where something changes its input. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}
