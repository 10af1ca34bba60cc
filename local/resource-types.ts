import { GATEWAY_TYPES } from './gateway/resource-types.ts';
import { IAM_TYPES } from './iam-types.ts';
import { IGNORED_TYPES } from './ignored-types.ts';
import { LAMBDA_TYPES } from './lambda-types.ts';
import { NETWORK_TYPES } from './network-types.ts';
import type { NamedStack, ResourceType } from './resource-type.ts';
import { CACHE_TYPES } from './services/cache/resource-types.ts';
import { CLOUDWATCH_TYPES } from './services/cloudwatch-types.ts';
import { DYNAMODB_TYPES } from './services/dynamodb-types.ts';
import { EVENTS_TYPES } from './services/events-types.ts';
import { LOGS_TYPES } from './services/logs-types.ts';
import { SECRETS_TYPES } from './services/secrets-types.ts';
import { SNS_TYPES } from './services/sns-types.ts';
import { SQS_TYPES } from './services/sqs-types.ts';
import { STATES_TYPES } from './services/states/resource-types.ts';
import { USER_POOL_TYPES } from './services/user-pool/resource-types.ts';
import type { Resource } from './template.ts';

/** Every type of resource that the local cloud knows. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  ...GATEWAY_TYPES,
  ...CLOUDWATCH_TYPES,
  ...USER_POOL_TYPES,
  ...DYNAMODB_TYPES,
  ...NETWORK_TYPES,
  ...CACHE_TYPES,
  ...EVENTS_TYPES,
  ...IAM_TYPES,
  ...LAMBDA_TYPES,
  ...LOGS_TYPES,
  ...SNS_TYPES,
  ...SQS_TYPES,
  ...SECRETS_TYPES,
  ...STATES_TYPES,
  ...IGNORED_TYPES,
};

/** The name by which AWS would know the resource: the one the template gives, else one made from the logical id. */
function physicalName(stack: NamedStack, resource: Resource): string {
  const type = RESOURCE_TYPES[resource.type];
  const given = type?.nameProperty ? stack.property(resource, type.nameProperty) : undefined;
  if (given !== undefined) return String(given);
  return type?.defaultName?.(stack, resource) ?? `${stack.name}-${resource.logicalId}`;
}

/**
 * What `Ref` (attribute `Ref`) or `Fn::GetAtt` gives for a resource, made from its name alone so that
 * it is the same at every start; undefined for an attribute that is not known.
 */
export function deterministicAttribute(
  stack: NamedStack,
  resource: Resource,
  attribute: string,
): string | undefined {
  const type = RESOURCE_TYPES[resource.type];
  const name = physicalName(stack, resource);
  if (attribute === 'Ref') return type?.reference?.(name, stack, resource) ?? name;
  return type?.attributes?.[attribute]?.(name, stack, resource);
}

/** All of them as a table, as it stands in docs/local-cloud.md. */
export function resourceTypesAsMarkdown(): string {
  const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || '–';
  const rows = Object.entries(RESOURCE_TYPES).map(([type, { honoured, accepted = {} }]) => {
    const reasons = Map.groupBy(Object.entries(accepted), ([, reason]) => reason);
    const ignored = [...reasons].map(
      ([reason, properties]) => `${code(properties.map(([property]) => property))}: ${reason}`,
    );
    return `| \`${type}\` | ${code(honoured)} | ${ignored.join('; ') || '–'} |`;
  });
  return ['| type | honoured | accepted without effect |', '|---|---|---|', ...rows].join('\n');
}
