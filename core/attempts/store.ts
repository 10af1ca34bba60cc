import type { Attempt } from './attempt.ts';
import type { TestRecord } from './test-record.ts';
import type { AttemptTotals, Counted } from './totals.ts';

/** How long counts outlive the last attempt, seconds: 400 days, so that a year can be compared with the one before. */
export const COUNTS_KEPT = 400 * 86_400;

/**
 * Where attempts are counted. Implementations pass test/contract/attempt-store.
 * Every method rejects with StoreUnavailableError when the store gives no good answer.
 */
export interface AttemptStore {
  /**
   * Counts attempts, each once however often it comes by the same source. When it rejects, some may be counted; they
   * are recognised when all are offered again.
   *
   * @param source the way they came, such as a log stream: an attempt never comes by two
   */
  add(source: string, attempts: readonly Attempt[]): Promise<Omit<Counted, 'shard'>>;
  /** What has been counted during a maintenance. */
  totals(maintenanceId: string): Promise<AttemptTotals>;
  /** What a test run has recorded. */
  record(maintenanceId: string): Promise<TestRecord>;
}
