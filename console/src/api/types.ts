/**
 * The answers of the HTTP API, by the types of their schemas. The console knows the API only, and nothing of what makes
 * it: this file alone may name what belongs to core, schemas only, and of those nothing but types.
 */

export type {
  DisableAnswer as Disabled,
  EnableAnswer as Enabled,
  Validation,
} from '../../../core/commands/schemas.ts';
export type { Health } from '../../../core/health/schemas.ts';
export type { EventView as HistoryEvent } from '../../../core/history/schemas.ts';
export type { WhoAmI } from '../../../core/identity/schemas.ts';
export type { JobView as Job, TerminateJobsAnswer as TerminatedJobs } from '../../../core/jobs/schemas.ts';
export type { Diagnostics } from '../../../core/oncall/schemas.ts';
export type { PurgeView as SessionPurge } from '../../../core/purge/schemas.ts';
export type {
  ReportSummary,
  ReportView as Report,
  TestRunView as TestRun,
} from '../../../core/reports/schemas.ts';
export type { ClassificationView as Classification, RuleView as Rule } from '../../../core/rules/schemas.ts';
export type { SessionItem as Session, SessionStatistics } from '../../../core/sessions/schemas.ts';
export type {
  BlockedOperationsView as BlockedOperations,
  SignIn,
  StatusView as Status,
} from '../../../core/status/schemas.ts';
export type { WindowView as MaintenanceWindow } from '../../../core/windows/schemas.ts';

import type { WhoAmI } from '../../../core/identity/schemas.ts';
import type { StatusView } from '../../../core/status/schemas.ts';

export type Mode = StatusView['mode'];
export type Role = WhoAmI['role'];

export interface Page<T> {
  readonly items: readonly T[];
  readonly next_cursor: string | null;
}
