import { createHash } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from './account.ts';
import type { Resource } from './template.ts';

/** What names are made from beside the resource itself. */
export interface NamedStack {
  readonly name: string;
  functionName(logicalId: string): string;
  property(resource: Resource, name: string): unknown;
}

/** What the local cloud makes of a type of resource. Each service declares its own beside it. */
export interface ResourceType {
  /** Properties that have their effect here. `A.B` is the property B within A, or within each entry of the list A. */
  readonly honoured: readonly string[];
  /** Properties that are accepted without effect, with the reason. */
  readonly accepted?: Readonly<Record<string, string>>;
  /** Property that names the resource; without one, or when it is absent, the name is made up from the logical id. */
  readonly nameProperty?: string;
  /** The name when no property gives one. */
  readonly defaultName?: (stack: NamedStack, resource: Resource) => string;
  /** What `Ref` gives; default: the name. */
  readonly reference?: (name: string, stack: NamedStack, resource: Resource) => string;
  /** What `Fn::GetAtt` gives, by attribute. */
  readonly attributes?: Readonly<
    Record<string, (name: string, stack: NamedStack, resource: Resource) => string>
  >;
}

export const DESCRIPTION = 'says what the resource is for';
export const TAGS = 'nothing here is billed or searched by tag';
export const ENCRYPTION = 'data stays on this machine';
export const RESOURCE_POLICY = 'calls are judged by identity policies only';
export const MACHINE = 'everything runs on this machine';
export const BACKUPS = 'there are no backups here';

/** Several properties that are accepted for the same reason. */
export const acceptAll = (properties: readonly string[], reason: string): Record<string, string> =>
  Object.fromEntries(properties.map((property) => [property, reason]));

/** The ARN of something in the region and account of the local cloud. */
export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;

/** An identifier of lower-case letters and digits that is the same at every start. */
export function identifier(resource: Resource, length: number): string {
  const digest = createHash('sha256').update(resource.logicalId).digest('hex');
  return BigInt(`0x${digest}`).toString(36).slice(0, length);
}

/** An identifier of the form 8-4-4-4-12 that is the same at every start. */
export function uuid(resource: Resource): string {
  const digits = createHash('sha256').update(resource.logicalId).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ].join('-');
}
