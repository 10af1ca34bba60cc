import type { Role } from '../state/principal.ts';
import type { Maintenance } from '../state/state.ts';
import type { Classification } from './classify.ts';
import { BLOCKABLE_OPERATIONS } from './operations.ts';

/**
 * What becomes of a request:
 * - `allow`: it runs.
 * - `bypass`: it runs because an admin calls; anybody else would have been blocked.
 * - `block`: it is refused with a 503.
 * - `would_block`: it runs, and the test run records that it would have been blocked.
 * - `observe`: it runs, and the test run records it.
 */
export type Outcome = 'allow' | 'bypass' | 'block' | 'would_block' | 'observe';

/** Operation types that no maintenance ever blocks at the gateway. */
const NEVER_BLOCKED: readonly string[] = ['authentication'];

/**
 * What a decision is made by where the path is malformed: no list of operation types opens the gate to a path that
 * the origin may take for a blocked one.
 */
const MALFORMED = 'malformed';

/** What a decision is made by: the operation type, unless nobody can say what the request does. */
export function decisiveOperation({ operation, canonicalPath }: Classification): string {
  return canonicalPath === null ? MALFORMED : operation;
}

/** Whether a maintenance forbids an operation type to everybody but admins. */
export function isForbidden(maintenance: Maintenance, operation: string): boolean {
  if (NEVER_BLOCKED.includes(operation)) return false;
  switch (maintenance.mode) {
    case 'emergency':
      return true;
    case 'normal':
    case 'test': {
      if (operation === MALFORMED) return true;
      if (operation === 'read_operations') return false;
      if (operation === 'canary') return maintenance.mode === 'normal';
      if (operation === 'admin_operations') return maintenance.mode === 'normal';
      return maintenance.blockedOperations === null || maintenance.blockedOperations.includes(operation);
    }
  }
}

/**
 * Decides one request. Depends on nothing but its arguments. An admin is never blocked.
 *
 * @param maintenance the one in force at the time (`effective`), null when there is none
 * @param operation what the request does
 * @param role whose request it is: asked for only when the answer depends on it
 */
export function decide(maintenance: Maintenance | null, operation: string, role: Role): Outcome {
  if (maintenance === null) return 'allow';
  if (!isForbidden(maintenance, operation)) return maintenance.mode === 'test' ? 'observe' : 'allow';
  if (role === 'admin') return maintenance.mode === 'test' ? 'observe' : 'bypass';
  return maintenance.mode === 'test' ? 'would_block' : 'block';
}

/** Whether `decide` would look at the role: only then must a credential be verified. */
export function roleMatters(maintenance: Maintenance | null, operation: string): boolean {
  return maintenance !== null && (maintenance.mode === 'test' || isForbidden(maintenance, operation));
}

/** The operation types that a maintenance blocks, or in a test run would block, in the catalogue's order. */
export function blockedOperations(maintenance: Maintenance, ownTypes: readonly string[] = []): string[] {
  const candidates = [...BLOCKABLE_OPERATIONS, ...ownTypes, 'read_operations'];
  return candidates.filter((operation) => isForbidden(maintenance, operation));
}
