import { type IVpc, Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';

/**
 * What the functions in a network may call: HTTPS, for DynamoDB, and Redis, which lets them in by a rule of its own.
 * DynamoDB has no fixed addresses, and the id of the list of its networks differs by region, so the rule names any
 * address; where that leads is a matter of routes, and in a network of our own there is one to DynamoDB only.
 */
export function functionsSecurityGroup(scope: Construct, id: string, vpc: IVpc): SecurityGroup {
  const group = new SecurityGroup(scope, id, {
    vpc,
    description: 'Functions of maintenance mode that talk to Redis',
    allowAllOutbound: false,
  });
  group.addEgressRule(Peer.anyIpv4(), Port.HTTPS, 'DynamoDB, through the gateway endpoint');
  return group;
}
