import { Duration } from 'aws-cdk-lib';
import { HttpIntegration, type IResource, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { PAGE_PATH } from '../../core/environment.ts';
import { ORIGIN_SECRET_HEADER, type OriginSecret } from './origin-secret.ts';

/** The longest that API Gateway waits for an integration without a raised quota. */
const TIMEOUT = Duration.seconds(29);

/**
 * Sends every path that isn't the control API's to the origin, as it came. `/api` and `/api/{proxy+}` are needed
 * beside `/{proxy+}`, because a request that has gone down the `/api` branch never comes back to the root's; so is
 * what lies below the maintenance page. Returns the resources of `/api` and of the page, which has no methods yet.
 */
export function proxyToOrigin(
  api: RestApi,
  origin: string,
  secret: OriginSecret,
): { readonly api: IResource; readonly page: IResource } {
  const header = { [`integration.request.header.${ORIGIN_SECRET_HEADER}`]: secret.headerValue };

  const proxy = (resource: IResource, path: string): void => {
    resource.addMethod(
      'ANY',
      new HttpIntegration(`${origin}${path}`, {
        httpMethod: 'ANY',
        proxy: true,
        options: { requestParameters: header, timeout: TIMEOUT },
      }),
    );
    proxyBelow(resource, path === '/' ? '' : path);
  };

  const proxyBelow = (resource: IResource, path: string): void => {
    resource.addResource('{proxy+}').addMethod(
      'ANY',
      new HttpIntegration(`${origin}${path}/{proxy}`, {
        httpMethod: 'ANY',
        proxy: true,
        options: {
          requestParameters: { ...header, 'integration.request.path.proxy': 'method.request.path.proxy' },
          timeout: TIMEOUT,
        },
      }),
      { requestParameters: { 'method.request.path.proxy': true } },
    );
  };

  proxy(api.root, '/');
  const branch = api.root.addResource('api');
  proxy(branch, '/api');
  const page = api.root.addResource(PAGE_PATH.slice(1));
  proxyBelow(page, PAGE_PATH);
  return { api: branch, page };
}
