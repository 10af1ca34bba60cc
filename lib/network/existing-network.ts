import { Fn, Validations } from 'aws-cdk-lib';
import { type ISubnet, type IVpc, type SecurityGroup, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Construct } from 'constructs';
import type { FunctionNetwork } from './function-network.ts';
import { functionsSecurityGroup } from './functions-security-group.ts';

/** Subnets of a network that exists already. Nothing is added to it but a security group. */
export class ExistingNetwork extends Construct implements FunctionNetwork {
  readonly vpc: IVpc;
  readonly vpcSubnets: { readonly subnets: ISubnet[] };
  readonly securityGroups: SecurityGroup[];

  constructor(scope: Construct, id: string, options: { vpcId: string; subnetIds: readonly string[] }) {
    super(scope, id);
    // A function needs to know no zone, but the CDK one at least.
    const availabilityZones = [Fn.select(0, Fn.getAzs())];
    this.vpc = Vpc.fromVpcAttributes(this, 'Vpc', { vpcId: options.vpcId, availabilityZones });
    this.vpcSubnets = {
      subnets: options.subnetIds.map((subnetId, index) =>
        Subnet.fromSubnetId(this, `Subnet${index + 1}`, subnetId),
      ),
    };
    Validations.of(this).acknowledge({
      id: 'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId',
      reason: "Routes are the network owner's; nothing here reads or changes them.",
    });
    this.securityGroups = [functionsSecurityGroup(this, 'Functions', this.vpc)];
  }
}
