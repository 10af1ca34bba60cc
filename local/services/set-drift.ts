import type { MethodName } from '../drift.ts';
import { resourcePaths } from '../gateway/rest-api.ts';
import type { RunningCloud } from '../local-services.ts';
import type { Stack } from '../stack.ts';
import { BadRequest, none } from './admin-body.ts';

/** Takes the authorizer of a method away, or gives it back, as a request says. @throws BadRequest */
export function setDrift({ stack, drift }: RunningCloud, request: Readonly<Record<string, unknown>>): void {
  const { method, path, authorizer, ...others } = request;
  none(others, ['method', 'path', 'authorizer']);
  if (typeof authorizer !== 'boolean') throw new BadRequest('authorizer must be true or false.');
  const guarded = guardedMethods(stack);
  const found = guarded.find((candidate) => candidate.method === method && candidate.path === path);
  if (!found) {
    const list = guarded.map((candidate) => `${candidate.method} ${candidate.path}`).join(', ');
    throw new BadRequest(`method and path must be those of a method with an authorizer: ${list}.`);
  }
  if (authorizer) drift.guard(found);
  else drift.unguard(found);
}

/** The methods of the template that have an authorizer. */
function guardedMethods(stack: Stack): MethodName[] {
  const paths = new Map(
    stack.resources('AWS::ApiGateway::RestApi').flatMap((api) => [...resourcePaths(stack, api)]),
  );
  return stack
    .resources('AWS::ApiGateway::Method')
    .map((resource) => stack.properties(resource))
    .filter(({ AuthorizationType }) => (AuthorizationType ?? 'NONE') !== 'NONE')
    .map(({ HttpMethod, ResourceId }) => ({
      method: String(HttpMethod),
      path: paths.get(String(ResourceId)) ?? '',
    }));
}
