import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * A name for what CloudFront keeps: such names are unique in the account across its regions, so a stack of the same name
 * in another region must have others.
 */
export function globalName(scope: Construct, what: string): string {
  const { stackName, region } = Stack.of(scope);
  return `${stackName}-${region}-${what}`;
}
