import type { Finding } from './finding.ts';

/** How grave it is when an alarm is raised; `info` never escalates. */
export type Severity = 'info' | 'warning' | 'high' | 'critical';

/** One alarm as the health check observed it. */
export interface ObservedAlarm {
  readonly name: string;
  readonly state: 'ok' | 'alarm' | 'insufficient_data';
  readonly severity: Severity;
  /** When it came into this state, ms since the epoch; null when that is not known. */
  readonly since: number | null;
  /** Link to its heading in the troubleshooting guide. */
  readonly runbook: string;
}

/** What the newest run of the scheduled health check found. */
export interface HealthRecord {
  /** When the run began, ms since the epoch. */
  readonly checkedAt: number;
  readonly findings: readonly Finding[];
  /** Null when they could not be asked for. */
  readonly alarms: readonly ObservedAlarm[] | null;
}

/** Keeps the newest record. Both methods reject with StoreUnavailableError when the store gives no good answer. */
export interface HealthRecordStore {
  /** Null when no check has run yet. */
  read(): Promise<HealthRecord | null>;
  /** Never puts an older record in the place of a newer one. */
  write(record: HealthRecord): Promise<void>;
}
