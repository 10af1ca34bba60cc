import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** A user of a pool, as it is kept. */
export interface User {
  readonly poolId: string;
  readonly username: string;
  /** By name; `sub` is always there. */
  readonly attributes: Readonly<Record<string, string>>;
  /** In clear: passwords are no secrets here. */
  readonly password: string;
  readonly status: 'FORCE_CHANGE_PASSWORD' | 'CONFIRMED';
  readonly enabled: boolean;
  readonly groups: readonly string[];
  /** The secret of the user's one-time passwords (base32), and whether the user has shown to know it. */
  readonly oneTimePasswords?: { readonly secret: string; readonly verified: boolean };
  /** Milliseconds since 1970, by the movable clock. */
  readonly created: number;
  readonly modified: number;
}

interface Content {
  users: User[];
  /** `origin_jti` of the sign-ins whose refresh tokens are revoked. */
  revoked: string[];
}

/** The users of all pools, in a file. */
export class UserDirectory {
  readonly #file: string;
  readonly #content: Content;

  constructor(file: string) {
    this.#file = file;
    this.#content = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as Content)
      : { users: [], revoked: [] };
  }

  find(poolId: string, username: string): User | undefined {
    return this.list(poolId).find((user) => user.username === username);
  }

  list(poolId: string): User[] {
    return this.#content.users.filter((user) => user.poolId === poolId);
  }

  /** Adds a user, or replaces the one of the same pool and name. */
  save(user: User): void {
    const { users } = this.#content;
    const at = users.findIndex(
      ({ poolId, username }) => poolId === user.poolId && username === user.username,
    );
    users.splice(at < 0 ? users.length : at, 1, user);
    this.#write();
  }

  revoke(signIn: string): void {
    this.#content.revoked.push(signIn);
    this.#write();
  }

  isRevoked(signIn: string): boolean {
    return this.#content.revoked.includes(signIn);
  }

  /** In one step, so that a crash leaves the old content or the new. */
  #write(): void {
    writeFileSync(`${this.#file}.new`, JSON.stringify(this.#content, null, 2), { mode: 0o600 });
    renameSync(`${this.#file}.new`, this.#file);
  }
}
