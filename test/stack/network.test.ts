import { describe, expect, test } from '@jest/globals';
import { functionOf, onlyId, resourcesOf, synthesise, tableId } from './synthesise.ts';

const template = synthesise();
const of = (type: string) => resourcesOf(template, `AWS::EC2::${type}`);
const vpc = { Ref: onlyId(template, 'AWS::EC2::VPC') };

/** The id of the security group with a description. */
const groupOf = (description: RegExp): string =>
  Object.entries(of('SecurityGroup')).find(([, { Properties }]) =>
    description.test(String(Properties.GroupDescription)),
  )?.[0] ?? '';
const functions = groupOf(/^Functions/);
const cache = groupOf(/cache/);
const idOf = (group: string) => ({ 'Fn::GetAtt': [group, 'GroupId'] });

describe('the network', () => {
  test('has two isolated subnets, in two zones, and no way out of them', () => {
    template.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '10.71.0.0/24' });
    const subnets = Object.values(of('Subnet')).map(({ Properties }) => Properties);
    expect(subnets.map(({ CidrBlock }) => CidrBlock)).toEqual(['10.71.0.0/25', '10.71.0.128/25']);
    expect(new Set(subnets.map(({ AvailabilityZone }) => JSON.stringify(AvailabilityZone))).size).toBe(2);
    expect(subnets.filter(({ MapPublicIpOnLaunch }) => MapPublicIpOnLaunch !== false)).toEqual([]);
    for (const type of ['InternetGateway', 'EgressOnlyInternetGateway', 'NatGateway', 'Route', 'EIP']) {
      expect(of(type)).toEqual({});
    }
  });

  test('leads to DynamoDB, to the tables of the stack and to what functions do there, and to no other service', () => {
    const [endpoint, ...others] = Object.values(of('VPCEndpoint'));
    expect(others).toEqual([]);
    expect(endpoint?.Properties).toEqual({
      VpcEndpointType: 'Gateway',
      ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, '.dynamodb']] },
      VpcId: vpc,
      RouteTableIds: Object.keys(of('RouteTable')).map((Ref) => ({ Ref })),
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: '*' },
            Action: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'],
            Resource: [tableId(template, 'Activity'), tableId(template, 'EventLog')].map((id) => ({
              'Fn::GetAtt': [id, 'Arn'],
            })),
          },
        ],
      },
    });
  });

  test('logs what it refuses, for as long as other logs are kept', () => {
    const [log] = Object.values(of('FlowLog'));
    expect(log?.Properties).toMatchObject({ ResourceId: vpc, ResourceType: 'VPC', TrafficType: 'REJECT' });
    const group = log?.Properties.LogGroupName as { Ref: string };
    expect(resourcesOf(template, 'AWS::Logs::LogGroup')[group.Ref]?.Properties).toEqual({
      RetentionInDays: 90,
    });
  });

  test('brings no function of the CDK with it', () => {
    expect(Object.keys(template.findResources('Custom::VpcRestrictDefaultSG'))).toEqual([]);
  });

  test('is as large as it is told to be, and in the zones that it is told', () => {
    const zones = ['us-east-1b', 'us-east-1c', 'us-east-1d'];
    const other = synthesise({ cache: { vpcCidr: '172.20.0.0/22', availabilityZones: zones } });
    other.hasResourceProperties('AWS::EC2::VPC', { CidrBlock: '172.20.0.0/22' });
    const subnets = Object.values(resourcesOf(other, 'AWS::EC2::Subnet'));
    expect(subnets.map(({ Properties }) => Properties.AvailabilityZone)).toEqual(zones);
  });
});

describe('what may talk to what', () => {
  test('functions may call HTTPS and the cache, and nobody may call them', () => {
    expect(of('SecurityGroup')[functions]?.Properties).toEqual({
      GroupDescription: expect.any(String),
      VpcId: vpc,
      SecurityGroupEgress: [
        {
          CidrIp: '0.0.0.0/0',
          Description: expect.stringContaining('DynamoDB'),
          FromPort: 443,
          IpProtocol: 'tcp',
          ToPort: 443,
        },
      ],
    });
    expect(Object.values(of('SecurityGroupEgress')).map(({ Properties }) => Properties)).toEqual([
      {
        GroupId: idOf(functions),
        DestinationSecurityGroupId: idOf(cache),
        Description: expect.any(String),
        FromPort: 6379,
        IpProtocol: 'tcp',
        ToPort: 6380,
      },
    ]);
  });

  test('the cache lets the functions in, and calls nobody', () => {
    expect(Object.values(of('SecurityGroupIngress')).map(({ Properties }) => Properties)).toEqual([
      {
        GroupId: idOf(cache),
        SourceSecurityGroupId: idOf(functions),
        Description: expect.any(String),
        FromPort: 6379,
        IpProtocol: 'tcp',
        ToPort: 6380,
      },
    ]);
    const group = of('SecurityGroup')[cache]?.Properties;
    expect(group).not.toHaveProperty('SecurityGroupIngress');
    expect(group?.SecurityGroupEgress).toMatchObject([{ CidrIp: '255.255.255.255/32' }]);
  });

  test('in the network are the functions that need Redis, and nothing else', () => {
    const inside = Object.values(resourcesOf(template, 'AWS::Lambda::Function'))
      .filter(({ Properties }) => Properties.VpcConfig !== undefined)
      .map(({ Metadata }) => String(Metadata?.['maintenance:function']));
    expect(inside.sort()).toEqual(['authorizer', 'health', 'mirror', 'purge', 'redis-probe', 'sessions']);
    for (const folder of inside) {
      expect(functionOf(template, folder)[1].Properties.VpcConfig).toEqual({
        SecurityGroupIds: [idOf(functions)],
        SubnetIds: Object.keys(of('Subnet')).map((Ref) => ({ Ref })),
      });
    }
  });

  test('a function waits for the permission that attaches it', () => {
    const [, purge] = functionOf(template, 'purge');
    const policies = Object.entries(resourcesOf(template, 'AWS::IAM::Policy')).filter(([, policy]) =>
      JSON.stringify(policy).includes('"Effect":"Allow","Resource":"*"'),
    );
    expect(purge.DependsOn?.filter((id) => policies.some(([policy]) => policy === id))).toHaveLength(1);
  });
});
