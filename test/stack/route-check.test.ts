import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import {
  AuthorizationType,
  CfnMethod,
  MockIntegration,
  RequestAuthorizer,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { testStack } from './synthesise.ts';

/** A method made by hand, as an include of a template would. */
const bareMethod = (
  scope: Stack,
  api: RestApi,
  properties: { httpMethod: string; authorizationType: string },
) =>
  new CfnMethod(scope, 'Bare', {
    restApiId: api.restApiId,
    resourceId: api.restApiRootResourceId,
    ...properties,
  });

const strangeAuthorizer = (scope: Stack) =>
  new RequestAuthorizer(scope, 'Strange', {
    handler: new LambdaFunction(scope, 'Handler', {
      runtime: Runtime.NODEJS_24_X,
      handler: 'index.handler',
      code: Code.fromInline('exports.handler = async () => ({});'),
    }),
    identitySources: ['method.request.header.Authorization'],
  });

describe('a method that goes round the gate', () => {
  test.each<[what: string, add: (api: RestApi, stack: Stack) => void, name: RegExp]>([
    [
      'a preflight',
      (api) =>
        api.root
          .addResource('open')
          .addResource('door')
          .addCorsPreflight({ allowOrigins: ['*'] }),
      /OPTIONS \/open\/door is not guarded by the maintenance authorizer/,
    ],
    [
      'a method without authorization',
      (api, stack) =>
        bareMethod(stack, api, { httpMethod: 'GET', authorizationType: AuthorizationType.NONE }),
      /GET \/ is not guarded/,
    ],
    [
      'a method with IAM in place of the authorizer',
      (api, stack) => bareMethod(stack, api, { httpMethod: 'PUT', authorizationType: AuthorizationType.IAM }),
      /PUT \/ is not guarded/,
    ],
    [
      'a method that names no authorizer',
      (api, stack) =>
        bareMethod(stack, api, { httpMethod: 'PATCH', authorizationType: AuthorizationType.CUSTOM }),
      /PATCH \/ is not guarded/,
    ],
    [
      'a method with another authorizer',
      (api, stack) =>
        api.root
          .addResource('other')
          .addMethod('POST', new MockIntegration(), { authorizer: strangeAuthorizer(stack) }),
      /POST \/other is not guarded/,
    ],
    [
      'a method in another stack',
      (api, stack) =>
        bareMethod(new Stack(stack.node.scope, 'Other'), api, {
          httpMethod: 'DELETE',
          authorizationType: AuthorizationType.NONE,
        }),
      /DELETE \/ is not guarded/,
    ],
  ])('fails the synthesis by name: %s', (_what, add, name) => {
    const stack = testStack();
    add(stack.maintenance.api, stack);
    expect(() => Template.fromStack(stack)).toThrow(name);
  });

  test("passes when it keeps the API's defaults", () => {
    const stack = testStack();
    stack.maintenance.api.root.addResource('extra').addMethod('GET', new MockIntegration());
    expect(() => Template.fromStack(stack)).not.toThrow();
  });
});

describe('the routes of the origin', () => {
  let printed: ReturnType<typeof jest.spyOn>;
  beforeEach(() => {
    printed = jest.spyOn(console, 'error').mockReturnValue();
  });
  afterEach(() => printed.mockRestore());

  const warnings = (routes: { method: string; path: string }[]) =>
    Annotations.fromStack(testStack({ routes }))
      .findWarning('*', Match.anyValue())
      .map(({ entry }) => String(entry.data));

  test('a write that no rule covers is a warning that names it', () => {
    expect(warnings([{ method: 'PATCH', path: '/nobody/knows/{id}' }])).toEqual([
      expect.stringContaining('No rule says what PATCH /nobody/knows/{id} does'),
    ]);
  });

  test('a route of every verb is as unknown as its writes', () => {
    expect(warnings([{ method: 'ANY', path: '/nobody/knows' }])).toHaveLength(1);
  });

  test('reads, and writes that a rule covers, are none', () => {
    expect(
      warnings([
        { method: 'POST', path: '/start_caption_generation' },
        { method: 'GET', path: '/nobody/knows' },
        { method: 'HEAD', path: '/nobody/knows' },
        { method: 'OPTIONS', path: '/nobody/knows' },
      ]),
    ).toEqual([]);
  });
});
