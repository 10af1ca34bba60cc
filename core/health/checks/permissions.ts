import { checksOf } from './check.ts';

export interface PermissionsFacts {
  /** Whom the API takes the caller for. */
  readonly whoAmI: { readonly id: string; readonly role: string; readonly fresh_sign_in: boolean };
  /** ARN of the IAM identity. */
  readonly iamIdentity: string;
  readonly adminPath: {
    /** Of whom it is known: the caller, or anybody who can sign in as an admin. */
    readonly who: 'You' | 'An admin';
    readonly ways: readonly AdminWay[];
  };
}

interface AdminWay {
  readonly name: 'the API' | 'the direct way';
  /** Null where it was not tried. */
  readonly isOpen: boolean | null;
  /** What stands in the way, where that is known. */
  readonly obstacle?: string | undefined;
}

const check = checksOf<PermissionsFacts>('permissions');

const SIGN_IN = 'Sign in: `maintenance login`.';
const ADMIN_PATH = {
  You: 'Sign in as an admin (`maintenance login`), or get AWS credentials that may write the state table, for `--direct`.',
  'An admin':
    'Look at the log of the function control. Meanwhile the command line works without the API: `maintenance disable --direct`.',
} as const;

/** Whether somebody can still act: an admin by the API, or IAM past it. */
export const PERMISSIONS_CHECKS = {
  identity: check({
    of: 'whoAmI',
    remedy: SIGN_IN,
    judge: ({ id, role }, say) =>
      role === 'admin'
        ? say.ok(`Signed in as ${id}, an admin.`)
        : say.warning(
            `Signed in as ${id}, who is no admin but a ${role}.`,
            `\`maintenance users promote ${id}\` makes an admin of them, with AWS credentials.`,
          ),
  }),
  sign_in_freshness: check({
    of: 'whoAmI',
    remedy: SIGN_IN,
    judge: ({ fresh_sign_in }, say) =>
      fresh_sign_in
        ? say.ok('The sign-in is recent enough to declare an emergency.')
        : say.ok('To declare an emergency you would have to sign in again: `maintenance login`.'),
  }),
  direct_identity: check({
    of: 'iamIdentity',
    remedy: 'Check the AWS credentials: `aws sts get-caller-identity`.',
    judge: (arn, say) => say.ok(`The direct way acts as ${arn}.`),
  }),
  /** One way is enough to end a maintenance; without any, nobody could. */
  admin_path: check({
    of: 'adminPath',
    component: 'control',
    remedy: ADMIN_PATH['An admin'],
    judge: ({ who, ways }, say) => {
      const open = ways.filter(({ isOpen }) => isOpen).map(({ name }) => name);
      if (open.length > 0) return say.ok(`${who} can act by ${open.join(' and by ')}.`);
      const remedy = ADMIN_PATH[who];
      if (ways.every(({ isOpen }) => isOpen === null)) {
        return say.unknown(
          'No way to act was tried: you are not signed in, and there are no AWS credentials.',
          remedy,
        );
      }
      const obstacles = ways.flatMap(({ obstacle }) => obstacle ?? []);
      const why = obstacles.length === 0 ? '' : `: ${obstacles.join(', ')}`;
      const names = ways.map(({ name }) => name);
      const text =
        names.length === 1 ? `can't act by ${names[0]}` : `can act neither by ${names.join(' nor by ')}`;
      return say.failed(`${who} ${text}${why}.`, remedy);
    },
  }),
};
