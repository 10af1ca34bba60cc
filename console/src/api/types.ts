/**
 * The answers of the HTTP API, as far as the console shows them. Written by hand, for the console knows the API only;
 * a test holds them to the API's own types.
 */

export type Mode = 'normal' | 'emergency' | 'test';
export type Role = 'admin' | 'worker' | 'member' | 'anonymous';

export interface SessionPurge {
  readonly id: string;
  readonly status: 'pending' | 'running' | 'completed' | 'failed';
  readonly scope: 'members' | 'everybody' | 'named';
  readonly scanned: number;
  readonly deleted: number;
  readonly kept: number;
  readonly unparsable: number;
  /** 0 to 1; null where nobody knows how much there is to do. */
  readonly progress: number | null;
  readonly started_at: string | null;
  readonly finished_at: string | null;
  readonly error: string | null;
}

export interface NextWindow {
  readonly id: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly reason: string;
  readonly mode: 'normal' | 'test';
}

export interface Status {
  readonly is_active: boolean;
  /** `normal` while nothing is active. */
  readonly mode: Mode;
  readonly reason: string | null;
  readonly started_at: string | null;
  readonly estimated_completion: string | null;
  readonly blocked_operations: readonly string[];
  readonly simulated_operations: readonly string[];
  readonly active_jobs_count: number | null;
  readonly message: string;
  readonly enabled_by: string | null;
  readonly invalidated_sessions: number | null;
  readonly session_purge: SessionPurge | null;
  readonly next_window: NextWindow | null;
  readonly version: number;
  readonly state_source: 'event_log' | 'last_known';
  readonly as_of: string;
}

export interface Enabled extends Status {
  readonly warnings: readonly string[];
}

export interface Disabled extends Status {
  /** Seconds. */
  readonly duration: number;
  readonly operations_resumed: readonly string[];
  readonly report_id: string | null;
}

export interface SignIn {
  readonly issuer: string;
  readonly client_id: string;
  readonly openid_configuration: string;
}

export interface WhoAmI {
  readonly id: string;
  readonly role: Role;
  readonly fresh_sign_in: boolean;
  readonly fresh_until: string | null;
}

export interface BlockedOperations {
  readonly items: readonly {
    readonly operation_type: string;
    readonly endpoint_patterns: readonly string[];
    readonly description: string;
    readonly attempt_count: number | null;
    readonly last_attempt: string | null;
  }[];
  readonly totals: { readonly attempt_count: number | null; readonly client_count: number | null };
  readonly counts_source: 'activity_table' | 'last_known' | 'unavailable';
}

export interface Validation {
  readonly valid: boolean;
  readonly errors: readonly {
    readonly field: string | null;
    readonly code: string;
    readonly message: string;
    readonly remedy: string | null;
  }[];
  readonly warnings: readonly string[];
  readonly impact: {
    readonly score: number;
    readonly level: 'low' | 'medium' | 'high';
    readonly blocked_operations: readonly string[];
    readonly simulated_operations: readonly string[];
    readonly open_operations: readonly string[];
    readonly ends_sessions: boolean;
    readonly duration: number | null;
    readonly factors: readonly {
      readonly factor: string;
      readonly points: number;
      readonly most: number;
      readonly explanation: string;
    }[];
  } | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}

export interface HistoryEvent {
  readonly number: number;
  readonly type: string;
  readonly at: string;
  readonly actor: { readonly id: string; readonly role: string; readonly via: 'api' | 'direct' | 'clock' };
  readonly reason: string | null;
  readonly maintenance_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly hash: string;
}

export interface Job {
  readonly id: string;
  readonly type: string;
  readonly owner: string;
  readonly status: 'running' | 'cancelling' | 'completed' | 'failed' | 'terminated' | 'lost';
  readonly started_at: string;
  /** Percent; null while unknown. */
  readonly progress: number | null;
  readonly step: string | null;
  readonly last_seen_at: string;
  readonly deadline: string | null;
  readonly ended_at: string | null;
  readonly error: string | null;
  readonly requeued_at: string | null;
}

export interface TerminatedJobs {
  readonly asked: number;
  readonly terminated: number;
  readonly ended: number;
  readonly failed_count: number;
}

export interface Session {
  /** The first 8 characters. */
  readonly id: string;
  readonly role: 'admin' | 'worker' | 'member';
  readonly user: string | null;
  readonly created_at: string | null;
  readonly age_seconds: number | null;
  readonly expires_in_seconds: number | null;
  readonly readable: boolean;
}

export interface SessionStatistics {
  readonly total: number;
  readonly by_role: Readonly<Record<'admin' | 'worker' | 'member', number>>;
  readonly by_age: Readonly<Record<'under_1h' | 'under_1d' | 'under_7d' | 'older' | 'unknown', number>>;
  readonly unreadable: number;
  readonly without_role: number;
  readonly exact: boolean;
  readonly sampled: number;
}

export interface MaintenanceWindow {
  readonly id: string;
  readonly reason: string;
  readonly starts_at: string;
  readonly ends_at: string;
  /** Seconds. */
  readonly duration: number;
  readonly mode: 'normal' | 'test';
  readonly auto_end: boolean;
  readonly blocked_operations: readonly string[] | null;
  readonly rrule: string | null;
  readonly timezone: string;
  readonly status: 'scheduled' | 'running' | 'cancelled';
  /** The next five times, at most. */
  readonly next: readonly { readonly starts_at: string; readonly ends_at: string }[];
  readonly scheduled_by: string;
}

export interface Rule {
  readonly id: string;
  readonly method: string | readonly string[];
  readonly path: string;
  readonly operation: string;
  readonly added_at: string;
  readonly added_by: string;
}

type Decision = 'allow' | 'block';
type DecisionsByRole = Readonly<Record<Role, Decision>>;

export interface Classification {
  readonly canonical_path: string | null;
  readonly rule: {
    readonly method: string | readonly string[];
    readonly path: string;
    readonly operation: string;
    readonly source: 'owner' | 'built_in';
  } | null;
  readonly operation_type: string;
  readonly decisions: Readonly<Record<Mode, DecisionsByRole>>;
  readonly current: DecisionsByRole;
}

export interface ReportSummary {
  readonly id: string;
  readonly kind: 'maintenance' | 'emergency' | 'test_run';
  readonly status: 'in_progress' | 'completed';
  readonly reason: string;
  readonly started_by: string;
  readonly started_at: string;
  readonly ended_by: string | null;
  readonly ended_at: string | null;
  readonly ended_how: 'disabled' | 'auto_ended' | 'window_ended' | 'replaced' | 'reset' | null;
  /** Seconds, until now where it goes on. */
  readonly duration: number;
}

interface CountsByType {
  readonly total: number;
  readonly by_type: readonly {
    readonly operation_type: string;
    readonly calls: number;
    readonly last_call: string;
  }[];
}

export interface TestRun {
  readonly verdict: { readonly result: 'pass' | 'incomplete'; readonly reasons: readonly string[] };
  readonly calls: { readonly total: number; readonly would_block: number; readonly would_allow: number };
  readonly by_type: readonly {
    readonly operation_type: string;
    readonly would_block: number;
    readonly would_allow: number;
  }[];
  readonly coverage: {
    readonly types: { readonly exercised: readonly string[]; readonly never: readonly string[] };
    readonly rules: {
      readonly total: number;
      readonly exercised: number;
      readonly never: readonly {
        readonly method: string | readonly string[];
        readonly path: string;
        readonly operation_type: string;
      }[];
    };
  };
  readonly unclassified: {
    readonly paths: readonly { readonly method: string; readonly path: string; readonly calls: number }[];
  };
}

export interface Report extends ReportSummary {
  readonly plan: {
    readonly final: { readonly ends_at: string | null; readonly duration: number | null };
    /** Seconds that it took longer than planned, negative where shorter. */
    readonly overrun: number | null;
  };
  readonly timeline: readonly {
    readonly number: number;
    readonly type: string;
    readonly at: string;
    readonly by: string;
    readonly reason: string | null;
  }[];
  readonly attempts: {
    readonly blocked: CountsByType & { readonly clients: number; readonly clients_exact: boolean };
    readonly bypasses: CountsByType;
  } | null;
  readonly sessions: { readonly ended: number; readonly kept: number | null; readonly pending: boolean };
  readonly jobs: {
    readonly status: string;
    readonly found: number;
    readonly drained: number;
    readonly terminated: number;
    readonly lost: number;
    readonly left: number;
  } | null;
  readonly emergencies: readonly {
    readonly trigger: 'declared' | 'escalated';
    readonly reason: string;
    readonly declared_by: string;
    readonly declared_at: string;
    /** Seconds. */
    readonly duration: number;
    readonly steps: readonly {
      readonly step: string;
      readonly outcome: string;
      readonly at: string | null;
      readonly error: string | null;
    }[];
    readonly recovery: string;
  }[];
  readonly test_run: TestRun | null;
}

export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy';

export interface Health {
  readonly status: HealthStatus;
  readonly components: Readonly<
    Record<
      string,
      {
        readonly status: HealthStatus;
        readonly message: string;
        readonly latency_ms: number;
        readonly age_ms: number | null;
      }
    >
  >;
  readonly as_of: string;
}

/** What the health check found; a deployment may not have it yet. */
export interface Diagnostics {
  readonly status: string;
  /** Null when nothing is known of any check. */
  readonly as_of: string | null;
  readonly age_seconds: number | null;
  readonly findings: readonly {
    readonly section: string;
    readonly check: string;
    readonly status: string;
    readonly seen: string;
    readonly remedy: string | null;
  }[];
  /** Null when they could not be asked for. */
  readonly alarms:
    | readonly { readonly name: string; readonly state: string; readonly severity: string }[]
    | null;
}
