import { BUILT_IN_OPERATIONS, isBuiltInOperation } from '../decision/operations.ts';
import type { OperationTexts } from './messages.ts';
import { type Language, OPERATION_MESSAGES } from './registry.ts';

/** An operation type with what people are told about it. */
export interface OperationType extends OperationTexts {
  readonly name: string;
}

/** The operation types that are built in, with what is said about them in English. */
export const OPERATION_TYPES: readonly OperationType[] = BUILT_IN_OPERATIONS.map((name) =>
  describeOperation(name),
);

/** The texts of an operation type; general ones for a type that the owner has added. */
export function describeOperation(name: string, language: Language = 'en'): OperationType {
  const { builtIn, ownDescription } = OPERATION_MESSAGES[language];
  if (isBuiltInOperation(name)) return { name, ...builtIn[name] };
  const { userMessage, suggestion } = builtIn.unknown;
  return { name, description: ownDescription(name), userMessage, suggestion };
}
