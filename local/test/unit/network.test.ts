import { describe, expect, test } from '@jest/globals';
import { accessKeyOf, RoleAccess } from '../../iam.ts';
import { Network, UnsupportedNetwork } from '../../network.ts';
import { contains } from '../../security-groups.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

type Resources = Parameters<typeof handmadeStack>[0];

const ref = (name: string) => ({ Ref: name });
const groupId = (name: string) => ({ 'Fn::GetAtt': [name, 'GroupId'] });
const tcp = (port: number, rest: object) => ({ IpProtocol: 'tcp', FromPort: port, ToPort: port, ...rest });

const role = (actions: readonly string[]) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] } }],
  },
});
const lambda = (name: string, vpcConfig?: object) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { Role: { 'Fn::GetAtt': [name, 'Arn'] }, ...(vpcConfig && { VpcConfig: vpcConfig }) },
});

/** A function in a VPC that reaches DynamoDB and a cache, and one outside. */
const NETWORK: Resources = {
  Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
  Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: ref('Vpc'), CidrBlock: '10.0.0.0/17' } },
  Routes: { Type: 'AWS::EC2::RouteTable', Properties: { VpcId: ref('Vpc') } },
  Association: {
    Type: 'AWS::EC2::SubnetRouteTableAssociation',
    Properties: { SubnetId: ref('Subnet'), RouteTableId: ref('Routes') },
  },
  Gateway: {
    Type: 'AWS::EC2::VPCEndpoint',
    Properties: {
      VpcId: ref('Vpc'),
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', ref('AWS::Region'), '.dynamodb']] },
      RouteTableIds: [ref('Routes')],
    },
  },
  Clients: {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      SecurityGroupEgress: [
        tcp(443, { CidrIp: '0.0.0.0/0' }),
        tcp(6379, { DestinationSecurityGroupId: groupId('Servers') }),
      ],
    },
  },
  Servers: { Type: 'AWS::EC2::SecurityGroup', Properties: { SecurityGroupEgress: [] } },
  FromClients: {
    Type: 'AWS::EC2::SecurityGroupIngress',
    Properties: { GroupId: groupId('Servers'), ...tcp(6379, { SourceSecurityGroupId: groupId('Clients') }) },
  },
  Cache: {
    Type: 'AWS::ElastiCache::ServerlessCache',
    Properties: { SubnetIds: [ref('Subnet')], SecurityGroupIds: [groupId('Servers')] },
  },
  InsideRole: role(['ec2:*']),
  Inside: lambda('InsideRole', { SubnetIds: [ref('Subnet')], SecurityGroupIds: [groupId('Clients')] }),
  OutsideRole: role([]),
  Outside: lambda('OutsideRole'),
};

/** The network above with other resources; null takes one away. */
function networkWith(changes: Readonly<Record<string, Resources[string] | null>>) {
  const entries = Object.entries({ ...NETWORK, ...changes }).filter(([, resource]) => resource !== null);
  const stack = handmadeStack(Object.fromEntries(entries) as Resources);
  const network = new Network(stack, new RoleAccess(stack));
  const [inside, outside] = [accessKeyOf('InsideRole'), accessKeyOf('OutsideRole')];
  return {
    api: (service: string, key = inside) => network.reachesApi(key, service),
    cache: (key = inside, port = 30_000) => network.reachesCache(key, stack.resource('Cache'), port),
    outside,
  };
}

const properties = (name: string, changed: object): Resources => ({
  [name]: { Type: NETWORK[name]?.Type ?? '', Properties: { ...NETWORK[name]?.Properties, ...changed } },
});

describe('a function in a VPC', () => {
  test('reaches what has an endpoint there, and the cache', () => {
    const { api, cache } = networkWith({});
    expect([api('dynamodb'), api('events'), cache()]).toEqual([true, false, true]);
  });

  test.each<[string, Parameters<typeof networkWith>[0]]>([
    ['there is no endpoint', { Gateway: null }],
    ['its subnet has no route to it', { Association: null }],
    ['the endpoint is for other route tables', properties('Gateway', { RouteTableIds: [] })],
    ['its security group lets nothing out', properties('Clients', { SecurityGroupEgress: [] })],
    [
      'its security group lets another port out',
      properties('Clients', { SecurityGroupEgress: [tcp(80, { CidrIp: '0.0.0.0/0' })] }),
    ],
    [
      'its security group lets out to its own VPC only',
      properties('Clients', { SecurityGroupEgress: [tcp(443, { CidrIp: '10.0.0.0/16' })] }),
    ],
  ])('does not reach DynamoDB when %s', (_what, changes) => {
    expect(networkWith(changes).api('dynamodb')).toBe(false);
  });

  test.each<[string, object]>([
    ['everything', { IpProtocol: '-1', CidrIp: '0.0.0.0/0' }],
    ['the list of the service', tcp(443, { DestinationPrefixListId: 'pl-02cd2c6b' })],
    ['a range of ports', { IpProtocol: 6, FromPort: 1, ToPort: 1024, CidrIp: '0.0.0.0/0' }],
  ])('reaches DynamoDB when its security group lets out to %s', (_what, rule) => {
    const changes = properties('Clients', { SecurityGroupEgress: [rule] });
    expect(networkWith(changes).api('dynamodb')).toBe(true);
  });

  test.each([
    [true, 'by its name', {}],
    [false, 'that has no name of its own', { PrivateDnsEnabled: false }],
    [false, 'of another VPC', { VpcId: 'vpc-other' }],
    [false, 'that lets nobody in', { SecurityGroupIds: [groupId('Servers')] }],
  ])('%s: reaches a service through an interface endpoint %s', (reached, _what, changed) => {
    const { api } = networkWith({
      Events: {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: {
          VpcId: ref('Vpc'),
          VpcEndpointType: 'Interface',
          ServiceName: 'com.amazonaws.us-east-1.events',
          PrivateDnsEnabled: true,
          SubnetIds: [ref('Subnet')],
          SecurityGroupIds: [groupId('Endpoint')],
          ...changed,
        },
      },
      Endpoint: {
        Type: 'AWS::EC2::SecurityGroup',
        Properties: { SecurityGroupIngress: [tcp(443, { CidrIp: { 'Fn::GetAtt': ['Vpc', 'CidrBlock'] } })] },
      },
    });
    expect(api('events')).toBe(reached);
  });

  test.each<[string, Parameters<typeof networkWith>[0]]>([
    ['lets nobody in', { FromClients: null }],
    [
      'is not let out to',
      properties('Clients', { SecurityGroupEgress: [tcp(443, { CidrIp: '0.0.0.0/0' })] }),
    ],
    ['is in another VPC', { Other: otherSubnet(), ...properties('Cache', { SubnetIds: [ref('Other')] }) }],
  ])('does not reach a cache that %s', (_what, changes) => {
    expect(networkWith(changes).cache()).toBe(false);
  });

  test('reaches a cache by rules that name the port which the template takes from it', () => {
    const changes = {
      ...properties('Clients', { SecurityGroupEgress: [tcp(31_000, { CidrIp: '10.0.0.0/16' })] }),
      ...properties('FromClients', { FromPort: 31_000, ToPort: 31_000 }),
    };
    expect(networkWith(changes).cache(undefined, 31_000)).toBe(true);
    expect(networkWith(changes).cache(undefined, 31_001)).toBe(false);
  });

  test('reaches everything from subnets that the template does not make', () => {
    const { api, cache } = networkWith(
      properties('Inside', { VpcConfig: { SubnetIds: ['subnet-1'], SecurityGroupIds: ['sg-1'] } }),
    );
    expect([api('dynamodb'), api('events'), cache()]).toEqual([true, true, true]);
  });
});

test('a function outside of the VPC reaches every AWS API and no cache', () => {
  const { api, cache, outside } = networkWith({});
  expect([api('dynamodb', outside), api('events', outside), cache(outside)]).toEqual([true, true, false]);
});

test.each(['', 'AKIAIOSFODNN7EXAMPLE'])(
  'the local administrator, key "%s", reaches APIs and no cache',
  (key) => {
    const { api, cache } = networkWith({});
    expect([api('events', key), cache(key)]).toEqual([true, false]);
  },
);

describe('a network is refused at the start', () => {
  test.each<[string, Parameters<typeof networkWith>[0], string]>([
    ['with one role inside and outside', { Outside: lambda('InsideRole') }, 'share the role InsideRole'],
    [
      'with a role that may not make interfaces',
      { InsideRole: role(['ec2:Describe*']) },
      'InsideRole may not call ec2:CreateNetworkInterface',
    ],
  ])('%s', (_what, changes, message) => {
    expect(() => networkWith(changes)).toThrow(UnsupportedNetwork);
    expect(() => networkWith(changes)).toThrow(message);
  });
});

describe('a range of addresses', () => {
  test.each([
    ['0.0.0.0/0', '10.0.0.0/16', true],
    ['10.0.0.0/16', '10.0.128.0/17', true],
    ['10.0.0.0/16', '10.0.0.0/16', true],
    ['10.0.0.0/17', '10.0.128.0/17', false],
    ['10.0.0.0/17', '10.0.0.0/16', false],
    ['255.255.255.255/32', '0.0.0.0/0', false],
    ['192.168.1.7', '192.168.1.7/32', true],
  ])('%s holds %s: %s', (range, other, held) => {
    expect(contains(range, other)).toBe(held);
  });
});

function otherSubnet(): Resources[string] {
  return { Type: 'AWS::EC2::Subnet', Properties: { VpcId: 'vpc-other', CidrBlock: '10.0.0.0/17' } };
}
