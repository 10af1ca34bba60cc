import type { Stack } from '../../stack.ts';
import type { Resource } from '../../template.ts';
import { AwsError } from '../aws-call.ts';
import type { PasswordPolicy } from './password-policy.ts';
import type { PreTokenFunction } from './pre-token-trigger.ts';

/** What the template says of a user pool. */
export interface PoolSettings {
  readonly id: string;
  readonly arn: string;
  readonly caseSensitive: boolean;
  readonly mfa: boolean;
  readonly passwordPolicy: PasswordPolicy;
  readonly groups: readonly string[];
  readonly preToken: PreTokenFunction | undefined;
}

/** What the template says of an application that signs people in. */
export interface AppClient {
  readonly ClientId: string;
  readonly UserPoolId: string;
  readonly ExplicitAuthFlows?: readonly string[];
  readonly PreventUserExistenceErrors?: string;
  readonly AccessTokenValidity?: number;
  readonly IdTokenValidity?: number;
  readonly RefreshTokenValidity?: number;
  readonly TokenValidityUnits?: {
    readonly AccessToken?: string;
    readonly IdToken?: string;
    readonly RefreshToken?: string;
  };
}

/** The settings of a pool by its id. @throws AwsError ResourceNotFoundException */
export function poolSettings(stack: Stack, id: unknown): PoolSettings {
  const resource = typeof id === 'string' ? stack.find('AWS::Cognito::UserPool', id) : undefined;
  if (!resource) throw new AwsError('ResourceNotFoundException', `User pool ${id} does not exist.`);
  const { MfaConfiguration, Policies, UsernameConfiguration, LambdaConfig } = stack.properties(resource) as {
    MfaConfiguration?: string;
    Policies?: { PasswordPolicy?: PasswordPolicy };
    UsernameConfiguration?: { CaseSensitive?: boolean };
    LambdaConfig?: object;
  };
  return {
    id: String(id),
    arn: stack.attribute(resource, 'Arn'),
    caseSensitive: UsernameConfiguration?.CaseSensitive === true,
    mfa: (MfaConfiguration ?? 'OFF') !== 'OFF',
    passwordPolicy: Policies?.PasswordPolicy ?? {},
    groups: stack
      .resources('AWS::Cognito::UserPoolGroup')
      .map((group) => stack.properties(group))
      .filter(({ UserPoolId }) => UserPoolId === id)
      .map(({ GroupName }) => String(GroupName)),
    preToken: preTokenFunction(resource, LambdaConfig),
  };
}

/** An application by its id. @throws AwsError ResourceNotFoundException */
export function appClient(stack: Stack, id: unknown): AppClient {
  const resource = typeof id === 'string' ? stack.find('AWS::Cognito::UserPoolClient', id) : undefined;
  if (!resource) throw new AwsError('ResourceNotFoundException', `User pool client ${id} does not exist.`);
  return { ...stack.properties(resource), ClientId: String(id) } as unknown as AppClient;
}

/** The trigger that a pool has; any other kind of trigger is refused by name. */
function preTokenFunction(resource: Resource, lambdaConfig: object = {}): PreTokenFunction | undefined {
  const { PreTokenGeneration, PreTokenGenerationConfig, ...others } = lambdaConfig as {
    PreTokenGeneration?: string;
    PreTokenGenerationConfig?: { LambdaArn: string; LambdaVersion: PreTokenFunction['version'] };
  };
  const [unknown] = Object.keys(others);
  if (unknown)
    throw new Error(`The local cloud does not know the trigger ${unknown} of ${resource.logicalId}.`);
  if (PreTokenGenerationConfig) {
    return { arn: PreTokenGenerationConfig.LambdaArn, version: PreTokenGenerationConfig.LambdaVersion };
  }
  return PreTokenGeneration === undefined ? undefined : { arn: PreTokenGeneration, version: 'V1_0' };
}
