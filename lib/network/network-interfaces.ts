import { Effect, Policy, PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { acknowledge } from '../acknowledge.ts';

/** What Lambda does in the role's name to attach a function to a network. */
const ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

/**
 * Lets Lambda attach a function to a network: what the managed policy AWSLambdaVPCAccessExecutionRole allows, without
 * its access to all log groups. The actions take no resource, or one that doesn't exist yet.
 */
export function letLambdaAttach(role: Role): void {
  role.addToPolicy(new PolicyStatement({ actions: ACTIONS, resources: ['*'] }));
  acknowledge(
    role,
    'IAM5[Resource::*]',
    'The network interfaces of a function are made by Lambda in the name of its role, before they have an ARN. The ' +
      "function's own code is denied these actions by another policy of the role.",
  );
}

/**
 * Keeps a function's own code from what Lambda may do in the name of its role. A policy by itself, because it names
 * the function, which waits for the role's others.
 * Source: AWS Lambda, "Using IAM permissions to restrict what a function's code may do" (lambda:SourceFunctionArn).
 */
export function refuseCodeToAttach(code: LambdaFunction): void {
  const { role } = code;
  if (role === undefined) throw new Error('A function in a network has a role.');
  const policy = new Policy(code, 'NoNetworkInterfaces', {
    roles: [role],
    statements: [
      new PolicyStatement({
        effect: Effect.DENY,
        actions: ACTIONS,
        resources: ['*'],
        conditions: { ArnEquals: { 'lambda:SourceFunctionArn': code.functionArn } },
      }),
    ],
  });
  acknowledge(policy, 'IAM5[Resource::*]', 'A denial: the more it covers the better.');
}
