import {
  acceptAll,
  DESCRIPTION,
  identifier,
  MACHINE,
  RESOURCE_POLICY,
  type ResourceType,
  TAGS,
} from './resource-type.ts';

const PACKETS = 'there are no packets to log';
const SUBNETS = 'the subnets say in which VPC something is';

/** A resource of EC2 is named by an id, whatever its tags call it. */
const ec2 = (
  prefix: string,
  attributes: ResourceType['attributes'] = {},
): Pick<ResourceType, 'defaultName' | 'attributes'> => ({
  defaultName: (_stack, resource) => `${prefix}-${identifier(resource, 17)}`,
  attributes: { Id: (name) => name, ...attributes },
});

/** The types of resources of the network. */
export const NETWORK_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::EC2::FlowLog': {
    ...ec2('fl'),
    honoured: [],
    accepted: acceptAll(
      [
        'DeliverLogsPermissionArn',
        'LogDestination',
        'LogDestinationType',
        'LogFormat',
        'LogGroupName',
        'MaxAggregationInterval',
        'ResourceId',
        'ResourceType',
        'Tags',
        'TrafficType',
      ],
      PACKETS,
    ),
  },
  'AWS::EC2::RouteTable': {
    ...ec2('rtb', { RouteTableId: (name) => name }),
    honoured: [],
    accepted: { Tags: TAGS, VpcId: SUBNETS },
  },
  'AWS::EC2::SecurityGroup': {
    ...ec2('sg', {
      GroupId: (name) => name,
      VpcId: (_name, stack, resource) => String(stack.property(resource, 'VpcId')),
    }),
    honoured: [
      ...[
        'CidrIp',
        'DestinationPrefixListId',
        'DestinationSecurityGroupId',
        'FromPort',
        'IpProtocol',
        'ToPort',
      ].map((name) => `SecurityGroupEgress.${name}`),
      ...['CidrIp', 'FromPort', 'IpProtocol', 'SourceSecurityGroupId', 'ToPort'].map(
        (name) => `SecurityGroupIngress.${name}`,
      ),
    ],
    accepted: {
      GroupDescription: DESCRIPTION,
      GroupName: DESCRIPTION,
      'SecurityGroupEgress.Description': DESCRIPTION,
      'SecurityGroupIngress.Description': DESCRIPTION,
      Tags: TAGS,
      VpcId: SUBNETS,
    },
  },
  'AWS::EC2::SecurityGroupEgress': {
    ...ec2('sgr'),
    honoured: [
      'CidrIp',
      'DestinationPrefixListId',
      'DestinationSecurityGroupId',
      'FromPort',
      'GroupId',
      'IpProtocol',
      'ToPort',
    ],
    accepted: { Description: DESCRIPTION },
  },
  'AWS::EC2::SecurityGroupIngress': {
    ...ec2('sgr'),
    honoured: ['CidrIp', 'FromPort', 'GroupId', 'IpProtocol', 'SourceSecurityGroupId', 'ToPort'],
    accepted: { Description: DESCRIPTION },
  },
  'AWS::EC2::Subnet': {
    ...ec2('subnet', {
      AvailabilityZone: (_name, stack, resource) => String(stack.property(resource, 'AvailabilityZone')),
      CidrBlock: (_name, stack, resource) => String(stack.property(resource, 'CidrBlock')),
      SubnetId: (name) => name,
      VpcId: (_name, stack, resource) => String(stack.property(resource, 'VpcId')),
    }),
    honoured: ['CidrBlock', 'VpcId'],
    accepted: { AvailabilityZone: MACHINE, MapPublicIpOnLaunch: MACHINE, Tags: TAGS },
  },
  'AWS::EC2::SubnetRouteTableAssociation': {
    ...ec2('rtbassoc'),
    honoured: ['RouteTableId', 'SubnetId'],
  },
  'AWS::EC2::VPC': {
    ...ec2('vpc', {
      CidrBlock: (_name, stack, resource) => String(stack.property(resource, 'CidrBlock')),
      DefaultNetworkAcl: (_name, _stack, resource) => `acl-${identifier(resource, 17)}`,
      DefaultSecurityGroup: (_name, _stack, resource) => `sg-${identifier(resource, 17)}`,
      VpcId: (name) => name,
    }),
    honoured: ['CidrBlock'],
    accepted: {
      EnableDnsHostnames: MACHINE,
      EnableDnsSupport: MACHINE,
      InstanceTenancy: MACHINE,
      Tags: TAGS,
    },
  },
  'AWS::EC2::VPCEndpoint': {
    ...ec2('vpce'),
    honoured: [
      'PrivateDnsEnabled',
      'RouteTableIds',
      'SecurityGroupIds',
      'ServiceName',
      'SubnetIds',
      'VpcEndpointType',
      'VpcId',
    ],
    accepted: { PolicyDocument: RESOURCE_POLICY, Tags: TAGS },
  },
};
