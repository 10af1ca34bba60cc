/** How well a part of the system works: `degraded` works with something missing, `unhealthy` does not work. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

const GRAVITY: readonly HealthStatus[] = ['healthy', 'degraded', 'unhealthy'];

/** One part of the system, as everybody may see it: nothing of what is behind it. */
export interface ComponentHealth {
  readonly status: HealthStatus;
  readonly message: string;
  /** Milliseconds that the check took. */
  readonly latency_ms: number;
  /** Milliseconds since what the component holds was read or fetched; null where it holds nothing. */
  readonly age_ms: number | null;
  /** Of the state: where it was read. */
  readonly source?: 'event_log' | 'last_known';
}

/** The parts that are checked. */
export type Component = 'event_log' | 'issuer_keys' | 'state' | 'session_store' | 'health_check';

/** What `GET /api/maintenance/health` answers. */
export interface Health {
  /** That of the component which is worst. */
  readonly status: HealthStatus;
  readonly components: Readonly<Record<Component, ComponentHealth>>;
  readonly as_of: string;
}

/** The gravest of some findings. */
export function worstOf(findings: readonly HealthStatus[]): HealthStatus {
  return GRAVITY[Math.max(0, ...findings.map((status) => GRAVITY.indexOf(status)))] ?? 'healthy';
}
