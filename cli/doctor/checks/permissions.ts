import type { Finding } from '../../../core/health/finding.ts';
import type { Look } from '../observation.ts';
import { judged, sayOf } from './doctor-checks.ts';
import type { WhoAmIFacts } from './facts.ts';

export interface PermissionsLooks {
  readonly whoAmI: Look<WhoAmIFacts>;
  /** ARN of the IAM identity. */
  readonly iam: Look<string>;
  /** A write that its condition refuses. */
  readonly write: Look<null>;
}

/** Whether somebody can still act: an admin by the API, or IAM past it. */
export function judgePermissions({ whoAmI, iam, write }: PermissionsLooks): readonly Finding[] {
  return [
    judged('identity', whoAmI, 'Sign in: `maintenance login`.', ({ id, role }, say) =>
      role === 'admin'
        ? say.ok(`Signed in as ${id}, an admin.`)
        : say.warning(
            `Signed in as ${id}, who is no admin but a ${role}.`,
            `\`maintenance users promote ${id}\` makes an admin of them, with AWS credentials.`,
          ),
    ),
    judged('sign_in_freshness', whoAmI, 'Sign in: `maintenance login`.', ({ fresh_sign_in }, say) =>
      fresh_sign_in
        ? say.ok('The sign-in is recent enough to declare an emergency.')
        : say.ok('To declare an emergency you would have to sign in again: `maintenance login`.'),
    ),
    judged('direct_identity', iam, 'Check the AWS credentials: `aws sts get-caller-identity`.', (arn, say) =>
      say.ok(`The direct way acts as ${arn}.`),
    ),
    judgeAdminPath(whoAmI, write),
  ];
}

/** One way is enough to end a maintenance; without any, nobody could. */
function judgeAdminPath(whoAmI: Look<WhoAmIFacts>, write: Look<null>): Finding {
  const say = sayOf('admin_path');
  const ways = [
    ...(whoAmI.outcome === 'seen' && whoAmI.value.role === 'admin' ? ['the API'] : []),
    ...(write.outcome === 'seen' ? ['the direct way'] : []),
  ];
  if (ways.length > 0) return say.ok(`You can act by ${ways.join(' and by ')}.`);
  const remedy =
    'Sign in as an admin (`maintenance login`), or get AWS credentials that may write the state table, for `--direct`.';
  const isTried = whoAmI.outcome !== 'unable' || write.outcome === 'failed';
  return isTried
    ? say.failed('You can act neither by the API nor by the direct way.', remedy)
    : say.unknown(
        'No way to act was tried: you are not signed in, and there are no AWS credentials.',
        remedy,
      );
}
