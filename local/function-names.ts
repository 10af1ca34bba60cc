import type { Resource } from './template.ts';

/**
 * Names the functions of a stack as their folders under lambdas/ are named. A function says its name
 * in the metadata `maintenance:function` of its resource; without it, the last part of its construct path
 * (`aws:cdk:path`) that says more than "Resource" does, in kebab case: `App/Maintenance/PreToken/Resource`
 * is `pre-token`. Two functions with the same name are told apart by their logical ids.
 *
 * @returns names by logical id
 */
export function functionNames(functions: readonly Resource[]): Map<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const resource of functions) {
    const wanted = wantedName(resource);
    const name = taken.has(wanted) ? resource.logicalId : wanted;
    taken.add(name);
    names.set(resource.logicalId, name);
  }
  return names;
}

/** Parts of a construct path that name no function: the resource itself, and what holds handlers of CDK's own. */
const SILENT_PARTS = new Set(['Resource', 'Handler', 'Function', 'Default']);

function wantedName(resource: Resource): string {
  const given = resource.metadata['maintenance:function'];
  if (typeof given === 'string') return given;
  const path = resource.metadata['aws:cdk:path'];
  const parts = typeof path === 'string' ? path.split('/') : [];
  return kebabCase(parts.findLast((part) => !SILENT_PARTS.has(part)) ?? resource.logicalId);
}

function kebabCase(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
}
