import {
  ContentHandling,
  type IResource,
  LambdaIntegration,
  MockIntegration,
  PassthroughBehavior,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { API } from '../../core/api.ts';

/**
 * Serves the control API below `/api`: the status function what everybody may read, the control function the rest.
 * The canary answers by itself, so that whether it can be reached is the authorizer's decision alone.
 */
export function serveControlApi(
  branch: IResource,
  functions: { control: IFunction; status: IFunction },
): void {
  const control = integration(functions.control);
  const status = integration(functions.status);

  const base = branch.addResource('maintenance');
  base.addMethod('ANY', control);
  base.addResource('{proxy+}').addMethod('ANY', control);
  for (const path of pathsServedByStatus()) base.addResource(path).addMethod('ANY', status);
  base.addResource('canary').addMethod('ANY', canary(), {
    methodResponses: [
      { statusCode: '200', responseParameters: { 'method.response.header.Cache-Control': true } },
    ],
  });
}

/** One segment each, below the base. */
function pathsServedByStatus(): Set<string> {
  const calls = Object.values(API).filter(({ servedBy }) => servedBy === 'status');
  return new Set(calls.map(({ path }) => path.slice(1)));
}

function integration(handler: IFunction): LambdaIntegration {
  return new LambdaIntegration(handler, { proxy: true, allowTestInvoke: false });
}

/** CONVERT_TO_TEXT, because the API takes every media type for binary and a mapping template needs text. */
function canary(): MockIntegration {
  return new MockIntegration({
    contentHandling: ContentHandling.CONVERT_TO_TEXT,
    passthroughBehavior: PassthroughBehavior.NEVER,
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    integrationResponses: [
      {
        statusCode: '200',
        responseParameters: { 'method.response.header.Cache-Control': "'no-store'" },
        responseTemplates: { 'application/json': '{"canary": "passed"}' },
      },
    ],
  });
}
