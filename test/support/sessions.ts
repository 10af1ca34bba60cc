import type { SessionFacts, SessionPolicy } from '../../core/identity/session.ts';

/** The sessions of the sample application. */
export const POLICY: SessionPolicy = {
  prefix: 'vedfolnir:session:',
  cookie: 'session_id',
  rolePointers: ['/role', '/user/role'],
  userPointers: ['/user', '/username', '/user/username', '/user/name', '/user_id', '/user/id'],
  createdAtPointers: ['/created_at', '/createdAt', '/user/created_at'],
  adminRoles: ['admin'],
  workerRoles: ['worker'],
};

/** The value of a session. */
export function sessionOf(role: string, more: object = {}): string {
  return JSON.stringify({ user: `${role}-1`, role, created_at: '2026-01-15T09:00:00Z', ...more });
}

/** What a session of mia's says, in its own words. */
export function factsWith(changes: Partial<SessionFacts> = {}): SessionFacts {
  return {
    readable: true,
    role: 'member',
    roleName: 'member',
    rolePointer: '/role',
    user: 'mia',
    createdAt: null,
    ...changes,
  };
}
