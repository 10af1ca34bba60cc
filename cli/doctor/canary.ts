import type { CanaryAnswer } from '../../core/health/agreement.ts';
import type { StatusFacts } from './api-facts.ts';

/** What an anonymous call of the canary route came to. */
export interface CanaryFacts {
  readonly status: number;
  /** The version that it was decided by; null where the answer does not tell. */
  readonly version: number | null;
  readonly mode: string | null;
}

/** What the canary has to meet: it is blocked in every mode that enforces. */
export function expectedBy({
  is_active,
  mode,
}: Pick<StatusFacts, 'is_active' | 'mode'>): 'allowed' | 'blocked' {
  return is_active && mode !== 'test' ? 'blocked' : 'allowed';
}

/** What was decided. A 503 that names no version was answered by somebody else, or without a decision. */
export function answerOf({ status, version }: CanaryFacts): CanaryAnswer {
  const isBlocked = status === 503 && version !== null;
  return { decision: status === 200 ? 'allowed' : isBlocked ? 'blocked' : 'unavailable', status, version };
}

/** Whether what the canary met is what the state says: the proof that the block blocks. */
export function isAsStated(status: StatusFacts, canary: CanaryFacts): boolean {
  const { decision, version } = answerOf(canary);
  return decision === expectedBy(status) && (version === null || version >= status.version);
}
