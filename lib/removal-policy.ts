import { RemovalPolicy } from 'aws-cdk-lib';

/**
 * What becomes of a resource that people would miss when it goes out of the stack. With protection it stays, but for a
 * creation that is rolled back: what would be left of a failed first deployment is empty, and would only be in the way
 * of the next. Source: AWS CloudFormation, "DeletionPolicy attribute" (RetainExceptOnCreate).
 */
export function removalPolicyFor(deletionProtection: boolean): RemovalPolicy {
  return deletionProtection ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
