import { describe, expect, test } from '@jest/globals';
import { readRestApi } from '../../gateway/rest-api.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const arn = 'arn:aws:lambda:us-east-1:000000000000:function:guard';
const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${arn}/invocations`;
const mock = { Type: 'MOCK', RequestTemplates: { 'application/json': '{"statusCode": 200}' } };

/** An API with one method and its authorizer, and what a test changes in it. */
function api(changes: { authorizer?: object; method?: object; permission?: object } = {}) {
  return handmadeStack({
    Api: { Type: 'AWS::ApiGateway::RestApi' },
    Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { StageName: 'live', RestApiId: { Ref: 'Api' } } },
    Guard: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'guard' } },
    Allowed: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: arn,
        Principal: 'apigateway.amazonaws.com',
        ...changes.permission,
      },
    },
    Authorizer: {
      Type: 'AWS::ApiGateway::Authorizer',
      Properties: {
        Type: 'REQUEST',
        AuthorizerUri: uri,
        AuthorizerResultTtlInSeconds: 0,
        IdentitySource: 'method.request.header.Authorization, context.stage',
        ...changes.authorizer,
      },
    },
    Things: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] }, PathPart: 'things' },
    },
    Thing: {
      Type: 'AWS::ApiGateway::Resource',
      Properties: { ParentId: { Ref: 'Things' }, PathPart: '{id}' },
    },
    Method: {
      Type: 'AWS::ApiGateway::Method',
      Properties: {
        HttpMethod: 'GET',
        ResourceId: { Ref: 'Thing' },
        AuthorizationType: 'CUSTOM',
        AuthorizerId: { Ref: 'Authorizer' },
        Integration: mock,
        ...changes.method,
      },
    },
  });
}

describe('the REST API of a template', () => {
  test('has its methods at their full paths, each with its authorizer', () => {
    const found = readRestApi(api()).routes.find('GET', '/things/7');
    expect(found).toMatchObject({
      resourcePath: '/things/{id}',
      pathParameters: { id: '7' },
      method: {
        authorizer: {
          functionArn: arn,
          identitySources: ['method.request.header.Authorization', 'context.stage'],
        },
      },
    });
  });

  test.each([
    [
      'an authorizer that caches its results',
      { authorizer: { AuthorizerResultTtlInSeconds: 300 } },
      /Authorizer caches/,
    ],
    ['an authorizer of another kind', { authorizer: { Type: 'TOKEN' } }, /Method has no REQUEST authorizer/],
    [
      'a function that API Gateway may not invoke',
      { permission: { Principal: 'sns.amazonaws.com' } },
      /No AWS::Lambda::Permission/,
    ],
    [
      'a permission for another method',
      { permission: { SourceArn: 'arn:aws:execute-api:*:*:other/*' } },
      /No AWS::Lambda::Permission/,
    ],
    [
      'an integration of another kind',
      { method: { Integration: { Type: 'AWS', Uri: 'x' } } },
      /Method .* type AWS;/,
    ],
    ['a method of no resource', { method: { ResourceId: 'nowhere' } }, /Method belongs to no resource/],
  ])('is refused by name with %s', (_what, changes, message) => {
    expect(() => readRestApi(api(changes))).toThrow(message);
  });

  test('has one stage', () => {
    expect(() => readRestApi(handmadeStack({ Api: { Type: 'AWS::ApiGateway::RestApi' } }))).toThrow(
      /one AWS::ApiGateway::Stage; this one has 0/,
    );
  });
});
