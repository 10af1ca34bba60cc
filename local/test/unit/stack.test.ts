// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Fn::Sub writes its placeholders like this.
import { describe, expect, test } from '@jest/globals';
import type { SecretReference } from '../../intrinsics.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const stack = handmadeStack(
  {
    Table: { Type: 'AWS::DynamoDB::Table' },
    Named: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { 'Fn::Sub': 'T-${AWS::Region}' } } },
    Pool: { Type: 'AWS::Cognito::UserPool' },
    Topic: { Type: 'AWS::SNS::Topic', Condition: 'Never' },
    Job: {
      Type: 'AWS::Lambda::Function',
      Metadata: { 'aws:cdk:path': 'App/Maintenance/PreToken/Resource' },
    },
    Other: {
      Type: 'AWS::Lambda::Function',
      Metadata: { 'aws:cdk:path': 'App/Other/Resource', 'maintenance:function': 'tick' },
    },
    Subnet: { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' } } },
    Vpc: { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } },
    Group: { Type: 'AWS::EC2::SecurityGroup' },
    Cache: {
      Type: 'AWS::ElastiCache::ServerlessCache',
      Properties: { ServerlessCacheName: 'sessions' },
    },
    CacheUser: { Type: 'AWS::ElastiCache::User', Properties: { UserId: 'gate', UserName: 'gate' } },
    JobVersion: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Job' } } },
  },
  {
    Parameters: { Size: { Default: 5 }, Missing: {} },
    Conditions: {
      IsLocal: { 'Fn::Equals': [{ Ref: 'AWS::AccountId' }, '000000000000'] },
      Never: { 'Fn::Not': [{ Condition: 'IsLocal' }] },
      Both: {
        'Fn::And': [
          { Condition: 'IsLocal' },
          { 'Fn::Or': [{ Condition: 'Never' }, { Condition: 'IsLocal' }] },
        ],
      },
    },
    Mappings: { Regions: { 'us-east-1': { Name: 'Virginia' } } },
  },
);

describe('a template resolved', () => {
  test.each([
    [{ Ref: 'AWS::Partition' }, 'aws'],
    [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    [{ Ref: 'Size' }, 5],
    [{ Ref: 'Table' }, 'Test-Table'],
    [{ Ref: 'Named' }, 'T-us-east-1'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:us-east-1:000000000000:table/Test-Table'],
    [{ 'Fn::GetAtt': 'Table.Arn' }, 'arn:aws:dynamodb:us-east-1:000000000000:table/Test-Table'],
    [{ 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }]] }, 'a-us-east-1'],
    [{ 'Fn::Sub': '${Table}/${!Kept}/${AWS::AccountId}' }, 'Test-Table/${Kept}/000000000000'],
    [
      { 'Fn::Sub': ['${x}-${Named.Arn}', { x: 'y' }] },
      'y-arn:aws:dynamodb:us-east-1:000000000000:table/T-us-east-1',
    ],
    [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
    [{ 'Fn::Select': [1, { 'Fn::GetAZs': '' }] }, 'us-east-1b'],
    [{ 'Fn::Select': ['0', { 'Fn::GetAZs': { Ref: 'AWS::Region' } }] }, 'us-east-1a'],
    [{ Ref: 'Vpc' }, expect.stringMatching(/^vpc-[a-z0-9]{17}$/)],
    [{ 'Fn::GetAtt': ['Vpc', 'CidrBlock'] }, '10.0.0.0/16'],
    [{ 'Fn::GetAtt': ['Group', 'GroupId'] }, expect.stringMatching(/^sg-/)],
    [{ 'Fn::GetAtt': ['Subnet', 'VpcId'] }, expect.stringMatching(/^vpc-/)],
    [{ Ref: 'Cache' }, 'sessions'],
    [
      { 'Fn::GetAtt': ['Cache', 'ARN'] },
      'arn:aws:elasticache:us-east-1:000000000000:serverlesscache:sessions',
    ],
    [{ Ref: 'CacheUser' }, 'gate'],
    [{ 'Fn::GetAtt': ['CacheUser', 'Arn'] }, 'arn:aws:elasticache:us-east-1:000000000000:user:gate'],
    [{ 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'Name'] }, 'Virginia'],
    [{ 'Fn::If': ['Both', 'yes', 'no'] }, 'yes'],
    [{ 'Fn::If': ['Never', 'yes', 'no'] }, 'no'],
    [
      { kept: 1, gone: { Ref: 'AWS::NoValue' }, list: [{ Ref: 'AWS::NoValue' }, 2] },
      { kept: 1, list: [2] },
    ],
    [{ Ref: 'Job' }, 'pre-token'],
    [{ Ref: 'JobVersion' }, 'arn:aws:lambda:us-east-1:000000000000:function:pre-token:1'],
  ])('%j is %j', (value, resolved) => {
    expect(stack.resolve(value)).toEqual(resolved);
  });

  test.each([
    [{ Ref: 'Nobody' }, 'Nobody'],
    [{ Ref: 'Missing' }, 'Missing'],
    [{ 'Fn::GetAtt': ['Table', 'Colour'] }, 'Colour'],
    [{ 'Fn::GetAtt': ['Cache', 'Endpoint.Address'] }, 'Endpoint.Address'],
    [{ 'Fn::Transform': {} }, 'Fn::Transform'],
    ['{{resolve:ssm:/a}}', 'ssm'],
  ])('%j is refused by name', (value, name) => {
    expect(() => stack.resolve(value)).toThrow(name);
  });

  test('a resource whose condition is false is not there', () => {
    expect(stack.resources('AWS::SNS::Topic')).toEqual([]);
    expect(stack.resources('AWS::DynamoDB::Table')).toHaveLength(2);
  });

  test('what the services know goes before the table of names', () => {
    const secrets: SecretReference[] = [];
    const own = handmadeStack({ Pool: { Type: 'AWS::Cognito::UserPool' } });
    own.useSource({
      attribute: (_resource, attribute) =>
        attribute === 'ProviderURL' ? 'http://127.0.0.1:1/pool' : undefined,
      secret: (reference) => {
        secrets.push(reference);
        return 's3cret';
      },
    });
    expect(own.resolve({ 'Fn::GetAtt': ['Pool', 'ProviderURL'] })).toBe('http://127.0.0.1:1/pool');
    expect(own.resolve({ 'Fn::GetAtt': ['Pool', 'UserPoolId'] })).toMatch(/^us-east-1_/);
    const reference = {
      'Fn::Join': [
        '',
        ["'{{resolve:secretsmanager:", 'arn:aws:secretsmanager:x:y:secret:z', ":SecretString:key::}}'"],
      ],
    };
    expect(own.resolve(reference)).toBe("'s3cret'");
    expect(own.resolve('{{resolve:secretsmanager:name}}')).toBe('s3cret');
    expect(secrets).toEqual([
      { secretId: 'arn:aws:secretsmanager:x:y:secret:z', jsonKey: 'key' },
      { secretId: 'name' },
    ]);
  });

  test('functions are named by their metadata, else by their construct path', () => {
    expect(stack.functionName('Job')).toBe('pre-token');
    expect(stack.functionName('Other')).toBe('tick');
  });
});
