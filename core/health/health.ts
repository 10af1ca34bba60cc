import type { Health, HealthStatus } from './schemas.ts';

const GRAVITY: readonly HealthStatus[] = ['healthy', 'degraded', 'unhealthy'];

/** The parts that are checked. */
export type Component = keyof Health['components'];

/** The gravest of some findings. */
export function worstOf(findings: readonly HealthStatus[]): HealthStatus {
  return GRAVITY[Math.max(0, ...findings.map((status) => GRAVITY.indexOf(status)))] ?? 'healthy';
}
