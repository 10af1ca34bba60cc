/** What a caller may be, as far as maintenance cares. */
export type Role = 'admin' | 'worker' | 'member' | 'anonymous';

export const ROLES: readonly Role[] = ['admin', 'worker', 'member', 'anonymous'];

/** Who calls. `id` is a name that people recognise in a log line, `-` for nobody. */
export interface Principal {
  readonly id: string;
  readonly role: Role;
}

export const ANONYMOUS: Principal = { id: '-', role: 'anonymous' };
