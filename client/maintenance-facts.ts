import type { MaintenanceFacts } from './errors.ts';

/** What the `maintenance` of a refusal says; null where it says nothing of the kind. */
export function factsOf(value: unknown): MaintenanceFacts | null {
  const { mode, reason, estimated_completion: end } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof mode !== 'string' || typeof reason !== 'string') return null;
  return { mode, reason, estimatedCompletion: typeof end === 'string' ? end : null };
}

/** The type that the `operation` of a refusal names; null where it names none. */
export function operationOf(value: unknown): string | null {
  const { type } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof type === 'string' ? type : null;
}
