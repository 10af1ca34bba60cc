import type { OperationTexts } from '../messages/messages.ts';
import { type Language, OPERATION_MESSAGES } from '../messages/registry.ts';

/**
 * The operation types: what a request does, as far as maintenance cares, and what people are told about it.
 */
export interface OperationType extends OperationTexts {
  readonly name: string;
}

/** Operation types that write, and that a maintenance may name in `blocked_operations`. */
export const WRITE_OPERATIONS = [
  'caption_generation',
  'job_creation',
  'platform_operations',
  'batch_operations',
  'user_data_modification',
  'image_processing',
] as const;

/** What `blocked_operations` may hold: the write types, and writes that no rule covers. */
export const BLOCKABLE_OPERATIONS: readonly string[] = [...WRITE_OPERATIONS, 'unknown'];

/** The operation types that are built in, in the order in which they are shown. */
const BUILT_IN = [
  ...WRITE_OPERATIONS,
  'admin_operations',
  'read_operations',
  'authentication',
  'unknown',
  'canary',
] as const;

export type BuiltInOperation = (typeof BUILT_IN)[number];

/** With what is said about them in English. */
export const OPERATION_TYPES: readonly OperationType[] = BUILT_IN.map((name) => describeOperation(name));

/** How the owner may name operation types. */
export const OWN_OPERATION_NAME = /^[a-z][a-z0-9_]{0,39}$/;

/** Operation types that the owner may add, at most: their names are part of the state, which has little room. */
export const MOST_OWN_OPERATIONS = 10;

/** The texts of an operation type; general ones for a type that the owner has added. */
export function describeOperation(name: string, language: Language = 'en'): OperationType {
  const { builtIn, ownDescription } = OPERATION_MESSAGES[language];
  if (isBuiltInOperation(name)) return { name, ...builtIn[name] };
  const { userMessage, suggestion } = builtIn.unknown;
  return { name, description: ownDescription(name), userMessage, suggestion };
}

export function isBuiltInOperation(name: string): name is BuiltInOperation {
  return (BUILT_IN as readonly string[]).includes(name);
}
