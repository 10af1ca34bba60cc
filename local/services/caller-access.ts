import { LOCAL_ACCOUNT } from '../account.ts';
import { accessDeniedMessage, type RoleAccess } from '../iam.ts';
import type { Stack } from '../stack.ts';
import { type AwsCall, AwsError } from './aws-call.ts';

/** Refuses calls that the caller's role does not allow, as AWS does. */
export class CallerAccess {
  readonly #stack: Stack;
  readonly #access: RoleAccess;

  constructor(stack: Stack, access: RoleAccess) {
    this.#stack = stack;
    this.#access = access;
  }

  /** @throws AwsError AccessDeniedException */
  authorise({ accessKeyId }: AwsCall, action: string, resourceArn: string): void {
    if (this.#access.isCallerAllowed(accessKeyId, action, resourceArn)) return;
    throw new AwsError(
      'AccessDeniedException',
      accessDeniedMessage(this.principalArn(accessKeyId), action, resourceArn),
    );
  }

  /** ARN of the role's session; of a user for a key of no role. */
  principalArn(accessKeyId: string): string {
    const role = this.#access.roleOfAccessKey(accessKeyId);
    if (role === undefined) return `arn:aws:iam::${LOCAL_ACCOUNT}:user/local-administrator`;
    const name = this.#stack.attribute(this.#stack.resource(role), 'Ref');
    return `arn:aws:sts::${LOCAL_ACCOUNT}:assumed-role/${name}/local`;
  }
}
