import { AwsError } from '../aws-call.ts';

/** What a pool asks of passwords. Source: PasswordPolicy of the CloudFormation reference, with Cognito's defaults. */
export interface PasswordPolicy {
  readonly MinimumLength?: number;
  readonly RequireLowercase?: boolean;
  readonly RequireUppercase?: boolean;
  readonly RequireNumbers?: boolean;
  readonly RequireSymbols?: boolean;
}

/** @throws AwsError InvalidPasswordException */
export function checkPassword(policy: PasswordPolicy, password: string): void {
  const { MinimumLength = 8 } = policy;
  const problems: readonly [boolean, string][] = [
    [[...password].length < MinimumLength, 'Password not long enough'],
    [policy.RequireLowercase === true && !/[a-z]/.test(password), 'Password must have lowercase characters'],
    [policy.RequireUppercase === true && !/[A-Z]/.test(password), 'Password must have uppercase characters'],
    [policy.RequireNumbers === true && !/\d/.test(password), 'Password must have numeric characters'],
    [
      policy.RequireSymbols === true && !/[^A-Za-z0-9\s]/.test(password),
      'Password must have symbol characters',
    ],
  ];
  const [problem] = problems.filter(([wrong]) => wrong);
  if (problem) {
    throw new AwsError('InvalidPasswordException', `Password did not conform with policy: ${problem[1]}`);
  }
}
