import { jest } from '@jest/globals';
import type { AuthorizerEvent } from '../../lambdas/authorizer/authorizer-event.ts';
import type { AuthorizerResult } from '../../lambdas/authorizer/respond.ts';
import type { TestIssuer } from './tokens.ts';

export type AuthorizerHandler = (event: AuthorizerEvent) => Promise<AuthorizerResult>;

/**
 * A new instance of the authorizer, as Lambda would start it.
 *
 * @param dynamoDb where DynamoDB is
 * @param variables of its environment, beside the usual ones
 */
export async function startAuthorizer(
  issuer: TestIssuer,
  dynamoDb: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<AuthorizerHandler> {
  const before = process.env;
  process.env = {
    ...before,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb,
    STATE_TABLE: 'table',
    SCOPE: 'default',
    ISSUER: issuer.issuer,
    CLIENT_ID: issuer.clientId,
    ADMIN_GROUPS: 'admins',
    WORKER_GROUPS: 'workers',
    ALWAYS_ALLOWED: '/health',
    STATE_UNKNOWN: 'closed',
    ALLOWED_ORIGINS: '*',
    REFUSAL_FORM: 'negotiated',
    OFFENDER_THRESHOLD: '30',
    ...variables,
  };
  try {
    jest.resetModules();
    return (await import('../../lambdas/authorizer/index.ts')).handler;
  } finally {
    process.env = before;
  }
}

export const effectOf = ({ policyDocument }: AuthorizerResult): 'Allow' | 'Deny' =>
  policyDocument.Statement[0].Effect;
