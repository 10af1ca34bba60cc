import { describe, expect, test } from '@jest/globals';
import { accessDeniedMessage, accessKeyOf, RoleAccess, wildcard } from '../../iam.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Test-Table';
const OTHER = 'arn:aws:dynamodb:us-east-1:000000000000:table/Other';

const stack = handmadeStack({
  Table: { Type: 'AWS::DynamoDB::Table' },
  Reader: {
    Type: 'AWS::IAM::Role',
    Properties: { ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'] },
  },
  ReaderPolicy: {
    Type: 'AWS::IAM::Policy',
    Properties: {
      PolicyName: 'p',
      Roles: [{ Ref: 'Reader' }],
      PolicyDocument: {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['dynamodb:Query', 'dynamodb:Get*'],
            Resource: { 'Fn::GetAtt': ['Table', 'Arn'] },
            Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['EVENTS#*'] } },
          },
        ],
      },
    },
  },
  Writer: {
    Type: 'AWS::IAM::Role',
    Properties: {
      Policies: [
        {
          PolicyName: 'inline',
          PolicyDocument: {
            Statement: [
              { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' },
              { Effect: 'Deny', Action: 'dynamodb:DeleteItem', Resource: { 'Fn::GetAtt': ['Table', 'Arn'] } },
              { Effect: 'Deny', Action: 'dynamodb:UpdateItem', Resource: '*', Condition: { Null: {} } },
              { Effect: 'Deny', NotAction: 'dynamodb:*', Resource: '*' },
            ],
          },
        },
      ],
    },
  },
  Idle: { Type: 'AWS::IAM::Role' },
  Job: { Type: 'AWS::Lambda::Function', Properties: { Role: { 'Fn::GetAtt': ['Reader', 'Arn'] } } },
});
const access = new RoleAccess(stack);

describe('what a role may do', () => {
  test.each([
    ['Reader', 'dynamodb:Query', TABLE, true],
    ['Reader', 'dynamodb:GetItem', TABLE, true],
    ['Reader', 'dynamodb:getitem', TABLE, true],
    ['Reader', 'dynamodb:Query', OTHER, false],
    ['Reader', 'dynamodb:PutItem', TABLE, false],
    ['Reader', 'logs:PutLogEvents', 'arn:aws:logs:us-east-1:000000000000:log-group:x', true],
    ['Writer', 'dynamodb:PutItem', TABLE, true],
    ['Writer', 'dynamodb:DeleteItem', TABLE, false],
    ['Writer', 'dynamodb:DeleteItem', OTHER, true],
    ['Writer', 'dynamodb:UpdateItem', TABLE, true],
    ['Writer', 'events:PutEvents', '*', false],
    ['Idle', 'dynamodb:Query', TABLE, false],
  ])('%s, %s on %s: %s', (role, action, resource, allowed) => {
    expect(access.isAllowed(role, action, resource)).toBe(allowed);
  });

  test('a caller is known by its access key, and one without a role may do everything', () => {
    const role = access.roleOf('Job');
    expect(role).toBe('Reader');
    expect(access.roleOfAccessKey(accessKeyOf(role))).toBe('Reader');
    expect(access.roleOfAccessKey('LOCALNobody')).toBeUndefined();
    expect(access.isCallerAllowed(accessKeyOf(role), 'dynamodb:PutItem', TABLE)).toBe(false);
    expect(access.isCallerAllowed('AKIAIOSFODNN7EXAMPLE', 'dynamodb:PutItem', TABLE)).toBe(true);
  });

  test('a refusal names who, what and on what', () => {
    expect(accessDeniedMessage('arn:aws:sts::0:assumed-role/R/f', 'dynamodb:PutItem', TABLE)).toBe(
      `User: arn:aws:sts::0:assumed-role/R/f is not authorized to perform: dynamodb:PutItem on resource: ${TABLE} because no identity-based policy allows the dynamodb:PutItem action`,
    );
  });
});

describe('a pattern of a policy', () => {
  test.each([
    ['*', '', true],
    ['*', 'anything', true],
    ['a*c', 'abbc', true],
    ['a*c', 'abbd', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a.c', 'abc', false],
    ['', 'a', false],
  ])('%j matches %j: %s', (pattern, text, matches) => {
    expect(wildcard(pattern, text)).toBe(matches);
  });
});
