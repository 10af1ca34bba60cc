import type { Attempt } from '../../core/attempts/attempt.ts';
import type { AttemptStore } from '../../core/attempts/store.ts';
import { mergedRecords, type TestRecord } from '../../core/attempts/test-record.ts';
import {
  type AttemptShard,
  type AttemptTotals,
  countAttempts,
  EMPTY_SHARD,
  totalsOf,
} from '../../core/attempts/totals.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { fingerprintOf } from './attempts.ts';

/** Counts attempts in memory, as the store in DynamoDB does. */
export class InMemoryAttemptStore implements AttemptStore {
  /** While true, nothing can be read or written. */
  isDown = false;
  readonly #shards = new Map<string, Map<string, AttemptShard>>();

  async add(source: string, attempts: readonly Attempt[]) {
    this.#mustBeUp();
    const total = { added: 0, repeated: 0, late: 0 };
    for (const [maintenanceId, those] of Map.groupBy(attempts, (attempt) => attempt.maintenanceId)) {
      const shards = this.#shards.get(maintenanceId) ?? new Map<string, AttemptShard>();
      const counted = countAttempts(shards.get(source) ?? EMPTY_SHARD, those, fingerprintOf);
      shards.set(source, counted.shard);
      this.#shards.set(maintenanceId, shards);
      total.added += counted.added;
      total.repeated += counted.repeated;
      total.late += counted.late;
    }
    return total;
  }

  async totals(maintenanceId: string): Promise<AttemptTotals> {
    return totalsOf(this.#of(maintenanceId));
  }

  async record(maintenanceId: string): Promise<TestRecord> {
    return mergedRecords(this.#of(maintenanceId).map(({ record }) => record));
  }

  #of(maintenanceId: string): AttemptShard[] {
    this.#mustBeUp();
    return [...(this.#shards.get(maintenanceId)?.values() ?? [])];
  }

  #mustBeUp(): void {
    if (this.isDown) throw new StoreUnavailableError('down');
  }
}
