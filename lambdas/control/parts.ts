import type { AttemptStore } from '../../core/attempts/store.ts';
import type { DeployedParts } from '../../core/deployed-parts.ts';
import type { DrainRecords } from '../../core/drain/record.ts';
import type { EventLog } from '../../core/events/event-log.ts';
import type { WatchRecords } from '../../core/health/enforcement-record.ts';
import type { NoticeRecords } from '../../core/notices/record.ts';
import type { PurgeRecord } from '../../core/purge/record.ts';
import type { RuleStore } from '../../core/rules/rule-set.ts';
import type { WindowStore } from '../../core/windows/window.ts';
import type { Log } from '../aws/log.ts';
import type { ActiveJobs } from '../http/active-jobs.ts';

export interface ControlParts {
  readonly events: EventLog;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly rules: RuleStore;
  readonly windows: WindowStore;
  readonly activeJobs: ActiveJobs;
  /** What is deployed beside it. */
  readonly deployed: DeployedParts;
  /** What was counted during each maintenance. */
  readonly attempts: Pick<AttemptStore, 'totals' | 'record'>;
  /** What became of jobs during each maintenance. */
  readonly drains: DrainRecords;
  /** What the health check saw during each maintenance. */
  readonly watched: WatchRecords;
  /** What became of telling people. */
  readonly notices: NoticeRecords;
  /** What is known of the purging of sessions. */
  readonly purging: () => Promise<PurgeRecord | null>;
  /** Path templates that maintenance never blocks. */
  readonly alwaysAllowed: readonly string[];
  readonly allowedOrigins: readonly string[];
  /** Seconds since sign-in up to which an emergency may be declared. */
  readonly freshSignIn: number;
}
