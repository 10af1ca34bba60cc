import type { ResourceType } from './resource-type.ts';
import { RESOURCE_TYPES } from './resource-types.ts';
import type { Stack } from './stack.ts';
import type { Resource } from './template.ts';

/** Thrown when a stack holds what the local cloud does not know. */
export class UnsupportedTemplate extends Error {
  override readonly name = 'UnsupportedTemplate';
  /** One sentence for each thing that is not known. */
  readonly findings: readonly string[];

  constructor(findings: readonly string[]) {
    super(`The local cloud cannot run this stack:\n${findings.map((finding) => `- ${finding}`).join('\n')}`);
    this.findings = findings;
  }
}

/**
 * Throws UnsupportedTemplate unless every type of resource and every property is one that the local cloud
 * honours or knowingly ignores, so that a stack never seems to work here that means something else on AWS.
 */
export function refuseUnsupported(stack: Stack): void {
  const findings = stack.resources().flatMap((resource) => unknownParts(resource));
  if (findings.length > 0) throw new UnsupportedTemplate(findings);
}

function unknownParts(resource: Resource): string[] {
  const type = RESOURCE_TYPES[resource.type];
  if (!type) {
    return [`It does not know the resource type ${resource.type} (resource ${resource.logicalId}).`];
  }
  return unknownProperties(type, resource.properties, '').map(
    (property) =>
      `It does not know the property ${property} of ${resource.type} (resource ${resource.logicalId}).`,
  );
}

/** Names of the properties below a path that the type's table does not hold. */
function unknownProperties(type: ResourceType, properties: object, path: string): string[] {
  return Object.entries(properties).flatMap(([name, value]) => {
    const property = path === '' ? name : `${path}.${name}`;
    if (isKnown(type, property)) return [];
    if (!hasKnownBelow(type, property) || typeof value !== 'object' || value === null) return [property];
    return [value].flat().flatMap((part) => unknownProperties(type, part as object, property));
  });
}

function isKnown(type: ResourceType, property: string): boolean {
  return type.honoured.includes(property) || Object.hasOwn(type.accepted ?? {}, property);
}

/** Whether the table lists properties inside this one, which are then looked at one by one. */
function hasKnownBelow(type: ResourceType, property: string): boolean {
  return [...type.honoured, ...Object.keys(type.accepted ?? {})].some((known) =>
    known.startsWith(`${property}.`),
  );
}
