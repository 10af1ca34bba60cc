import { Annotations, Reference, Tokenization } from 'aws-cdk-lib';
import {
  CfnResource as CfnApiResource,
  CfnMethod,
  type RequestAuthorizer,
  type RestApi,
} from 'aws-cdk-lib/aws-apigateway';
import type { Construct } from 'constructs';
import { classify } from '../../core/decision/classify.ts';
import type { OriginRoute } from '../configuration/maintenance-mode-props.ts';

const READING = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Checks at synthesis that nothing goes round the gate. A method of the API without the authorizer is an error,
 * OPTIONS included, wherever in the app it was added; a write of the origin that no rule classifies is a warning,
 * for such a write is blocked as `unknown` and nobody is told what it is.
 */
export function checkRoutes(
  scope: Construct,
  options: { api: RestApi; authorizer: RequestAuthorizer; routes: readonly OriginRoute[] },
): void {
  scope.node.addValidation({ validate: () => unguardedMethods(options.api, options.authorizer) });
  for (const route of options.routes) {
    if (READING.includes(route.method) || isClassified(route)) continue;
    const name = `${route.method} ${route.path}`;
    Annotations.of(scope).addWarningV2(
      `maintenance-mode:unclassified-write:${name}`,
      `No rule says what ${name} does: maintenance blocks it as "unknown". Add a classification rule for it.`,
    );
  }
}

function isClassified({ method, path }: OriginRoute): boolean {
  const sample = path.replaceAll(/\{[^}]*\}/g, 'x');
  const verbs = method === 'ANY' ? ['POST', 'PUT', 'PATCH', 'DELETE'] : [method];
  return verbs.every((verb) => classify(verb, sample).operation !== 'unknown');
}

function unguardedMethods(api: RestApi, authorizer: RequestAuthorizer): string[] {
  const gate = authorizer.node.defaultChild;
  return api.node.root.node
    .findAll()
    .filter((construct) => construct instanceof CfnMethod)
    .filter((method) => targetOf(method.restApiId) === api.node.defaultChild)
    .filter((method) => method.authorizationType !== 'CUSTOM' || targetOf(method.authorizerId) !== gate)
    .map(
      (method) =>
        `${method.httpMethod} ${pathOf(method.resourceId)} is not guarded by the maintenance authorizer. ` +
        'Add it with the default method options of the API, or remove it.',
    );
}

/** The construct that a token refers to. */
function targetOf(token: string | undefined): unknown {
  if (token === undefined) return undefined;
  const reference = Tokenization.reverse(token);
  return reference instanceof Reference ? reference.target : undefined;
}

/** The path of the resource that a method belongs to; the root when it is none of the resources. */
function pathOf(resourceId: string): string {
  const resource = targetOf(resourceId);
  if (!(resource instanceof CfnApiResource)) return '/';
  const parent = pathOf(resource.parentId);
  return `${parent === '/' ? '' : parent}/${resource.pathPart}`;
}
