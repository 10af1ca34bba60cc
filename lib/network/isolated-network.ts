import { Fn } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import {
  FlowLogDestination,
  FlowLogMaxAggregationInterval,
  FlowLogTrafficType,
  GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  IpAddresses,
  type SecurityGroup,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { AnyPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { removalPolicyFor } from '../removal-policy.ts';
import type { FunctionNetwork } from './function-network.ts';
import { functionsSecurityGroup } from './functions-security-group.ts';

/** All that a function in this network may ask DynamoDB for. */
const TABLE_ACTIONS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'];

const ANY_TWO = [0, 1].map((index) => Fn.select(index, Fn.getAzs()));

/**
 * The network of the cache and of the functions that talk to it: isolated subnets in two zones, from which nothing
 * can be reached but each other and, through a gateway endpoint that costs nothing, the tables of this stack. No
 * internet gateway, no NAT. What is refused is logged.
 *
 * The VPC's default security group stays as AWS makes it, open among its own members: it has none, and closing it
 * would take a custom resource with a function and a role of its own.
 */
export class IsolatedNetwork extends Construct implements FunctionNetwork {
  readonly vpc: Vpc;
  readonly vpcSubnets = { subnetType: SubnetType.PRIVATE_ISOLATED };
  readonly securityGroups: SecurityGroup[];

  constructor(
    scope: Construct,
    id: string,
    options: {
      cidr: string;
      /** Their names. @default the first two of the region */
      availabilityZones: readonly string[] | undefined;
      tables: readonly ITable[];
      logRetention: RetentionDays;
      deletionProtection: boolean;
    },
  ) {
    super(scope, id);
    this.vpc = new Vpc(this, 'Vpc', {
      ipAddresses: IpAddresses.cidr(options.cidr),
      availabilityZones: [...(options.availabilityZones ?? ANY_TWO)],
      natGateways: 0,
      createInternetGateway: false,
      subnetConfiguration: [{ name: 'Isolated', subnetType: SubnetType.PRIVATE_ISOLATED }],
      restrictDefaultSecurityGroup: false,
    });
    this.securityGroups = [functionsSecurityGroup(this, 'Functions', this.vpc)];
    this.#admitTables(options.tables);
    const logs = new LogGroup(this, 'RefusedTraffic', {
      retention: options.logRetention,
      removalPolicy: removalPolicyFor(options.deletionProtection),
    });
    this.vpc.addFlowLog('Refused', {
      destination: FlowLogDestination.toCloudWatchLogs(logs),
      trafficType: FlowLogTrafficType.REJECT,
      maxAggregationInterval: FlowLogMaxAggregationInterval.TEN_MINUTES,
    });
  }

  #admitTables(tables: readonly ITable[]): void {
    const endpoint = new GatewayVpcEndpoint(this, 'DynamoDb', {
      vpc: this.vpc,
      service: GatewayVpcEndpointAwsService.DYNAMODB,
    });
    endpoint.addToPolicy(
      new PolicyStatement({
        principals: [new AnyPrincipal()],
        actions: TABLE_ACTIONS,
        resources: tables.map(({ tableArn }) => tableArn),
      }),
    );
  }
}
