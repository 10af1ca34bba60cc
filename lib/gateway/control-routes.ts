import {
  ContentHandling,
  type IResource,
  LambdaIntegration,
  MockIntegration,
  PassthroughBehavior,
} from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { API } from '../../core/api/api.ts';
import type { ApiCall } from '../../core/http/api-call.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';

/** The function behind each part of the control API. Parts that are not deployed have none: the control function says so. */
export type ServingFunctions = Readonly<
  Record<'control' | 'status' | 'health' | 'operations', MaintenanceFunction> &
    Partial<Record<'sessions' | 'jobs', MaintenanceFunction>>
>;

const CALLS: readonly ApiCall[] = Object.values(API);

/**
 * Serves the control API below `/api`. The control function has whatever is no other's, unknown paths included; the
 * functions for status and health what everybody may read; that for operations what those on call need; the functions
 * for sessions and for jobs what lies below `/sessions` and `/jobs`, but for the calls there that are another's. Where one
 * function serves it all, one greedy path is enough. The canary answers by itself, so that whether it can be reached is
 * the authorizer's decision alone.
 */
export function serveControlApi(branch: IResource, functions: ServingFunctions): void {
  const control = integration(functions.control);

  const base = branch.addResource('maintenance');
  base.addMethod('ANY', control);
  base.addResource('{proxy+}').addMethod('ANY', control);
  for (const part of ['status', 'health', 'operations'] as const) {
    if (functions[part] === functions.control) continue;
    const serving = integration(functions[part]);
    for (const path of pathsOf(part)) base.addResource(path).addMethod('ANY', serving);
  }
  for (const part of ['sessions', 'jobs'] as const) {
    const handler = functions[part];
    if (handler === undefined) continue;
    const serving = integration(handler);
    const below = base.addResource(part);
    below.addMethod('ANY', serving);
    below.addResource('{proxy+}').addMethod('ANY', serving);
    for (const path of pathsOf('control')) {
      const [first, name, ...deeper] = path.split('/');
      if (first === part && name && deeper.length === 0) below.addResource(name).addMethod('ANY', control);
    }
  }
  base.addResource('canary').addMethod('ANY', canary(), {
    methodResponses: [
      { statusCode: '200', responseParameters: { 'method.response.header.Cache-Control': true } },
    ],
  });
}

/** Serves the maintenance page for people by the function that serves the status. */
export function serveMaintenancePage(page: IResource, status: IFunction): void {
  page.addMethod('ANY', integration(status));
}

/** The paths that a function serves, below the base. */
function pathsOf(servedBy: ApiCall['servedBy']): Set<string> {
  return new Set(CALLS.filter((call) => call.servedBy === servedBy).map(({ path }) => path.slice(1)));
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
        responseTemplates: {
          'application/json': '{"canary": "passed", "version": "$context.authorizer.version"}',
        },
      },
    ],
  });
}
