import { type DynamoDbReads, dynamoDbOverHttps } from '../../adapters/lean/dynamodb-over-https.ts';
import type { AwsIdentity } from './aws-identity.ts';

/**
 * Reads from DynamoDB as the function's environment says, for functions that must start lean.
 *
 * @param timeout milliseconds for one read
 */
export function leanReads(
  env: NodeJS.ProcessEnv,
  { region, credentials }: AwsIdentity,
  timeout: number,
): DynamoDbReads {
  const endpoint =
    env.AWS_ENDPOINT_URL_DYNAMODB ?? env.AWS_ENDPOINT_URL ?? `https://dynamodb.${region}.amazonaws.com`;
  return dynamoDbOverHttps({ endpoint, region, timeout, credentials });
}
