import { type SessionStore, Sessions } from './sample-origin/sessions.ts';
import { AwsError } from './services/aws-call.ts';
import type { UserPools } from './services/user-pool/user-pools.ts';
import type { Stack } from './stack.ts';

/** Somebody to try the local cloud as. */
interface SeedUser {
  readonly username: string;
  readonly password: string;
  readonly role: string;
  /** The group of the user pool that the user is in. */
  readonly group?: string;
}

/** A user's sign-ins: with the password to the user pool, with the session to the application. */
export interface SignIn {
  readonly username: string;
  readonly password: string;
  /** Null where the stack knows no sessions. */
  readonly session_id: string | null;
}

/** The users of the local cloud. Their passwords are no secrets: the local cloud listens on this machine only. */
export const SEED_USERS: readonly SeedUser[] = [
  { username: 'admin', password: 'Local-admin-1', role: 'admin', group: 'admins' },
  { username: 'member', password: 'Local-member-1', role: 'member' },
  { username: 'worker', password: 'Local-worker-1', role: 'worker', group: 'workers' },
];

/**
 * Makes the users where they are missing, puts them into their groups, and begins a session for each.
 *
 * @param store of the sessions; absent where the stack knows none
 */
export async function seed(
  stack: Stack,
  userPools: UserPools,
  store: SessionStore | undefined,
  now: () => number,
): Promise<Record<string, SignIn>> {
  const pools = stack.resources('AWS::Cognito::UserPool').map((pool) => stack.attribute(pool, 'Ref'));
  const sessions = store && new Sessions(() => store, now);
  const signIns: Record<string, SignIn> = {};
  for (const user of SEED_USERS) {
    for (const pool of pools) await addUser(userPools, pool, user);
    const { username, password, role } = user;
    const session = (await sessions?.begin(username, role)) ?? null;
    signIns[username] = { username, password, session_id: session };
  }
  return signIns;
}

/** A user who is there already keeps password and groups: somebody may have changed them on purpose. */
async function addUser(userPools: UserPools, pool: string, user: SeedUser): Promise<void> {
  const identity = { UserPoolId: pool, Username: user.username };
  try {
    await userPools.operate('AdminCreateUser', identity);
  } catch (error) {
    if (error instanceof AwsError && error.code === 'UsernameExistsException') return;
    throw error;
  }
  await userPools.operate('AdminSetUserPassword', { ...identity, Password: user.password, Permanent: true });
  if (user.group) await userPools.operate('AdminAddUserToGroup', { ...identity, GroupName: user.group });
}
