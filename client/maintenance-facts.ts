import type { MaintenanceFacts } from './errors.ts';

/** What the `maintenance` of a refusal says; null where it says nothing of the kind. */
export function factsOf(value: unknown): MaintenanceFacts | null {
  const { mode, reason, estimated_completion: end } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof mode !== 'string' || typeof reason !== 'string') return null;
  return { mode, reason, estimatedCompletion: typeof end === 'string' ? end : null };
}
