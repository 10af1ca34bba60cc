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
  return dynamoDbOverHttps({ endpoint: dynamoDbEndpoint(env, region), region, timeout, credentials });
}

/** Where DynamoDB is: as the environment says, or at its address in the region. Regions of China have a suffix of their own. */
export function dynamoDbEndpoint(env: NodeJS.ProcessEnv, region: string): string {
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return env.AWS_ENDPOINT_URL_DYNAMODB ?? env.AWS_ENDPOINT_URL ?? `https://dynamodb.${region}.${suffix}`;
}
