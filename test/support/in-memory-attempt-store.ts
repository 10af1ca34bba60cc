import type { Attempt } from '../../core/attempts/attempt.ts';
import type { AttemptStore } from '../../core/attempts/store.ts';
import { mergedRecords, type TestRecord } from '../../core/attempts/test-record.ts';
import {
  type AttemptLedger,
  countAttempts,
  EMPTY_LEDGER,
  type Tally,
  tallyOf,
} from '../../core/attempts/totals.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { fingerprintOf } from './attempts.ts';

/** Counts attempts in memory, as the store in DynamoDB does. */
export class InMemoryAttemptStore implements AttemptStore {
  /** While true, nothing can be read or written. */
  isDown = false;
  readonly #ledgers = new Map<string, Map<string, AttemptLedger>>();

  async add(source: string, attempts: readonly Attempt[]) {
    this.#mustBeUp();
    const total = { added: 0, repeated: 0, late: 0 };
    for (const [maintenanceId, those] of Map.groupBy(attempts, (attempt) => attempt.maintenanceId)) {
      const ledgers = this.#ledgers.get(maintenanceId) ?? new Map<string, AttemptLedger>();
      const counted = countAttempts(ledgers.get(source) ?? EMPTY_LEDGER, those, fingerprintOf);
      ledgers.set(source, counted.ledger);
      this.#ledgers.set(maintenanceId, ledgers);
      total.added += counted.added;
      total.repeated += counted.repeated;
      total.late += counted.late;
    }
    return total;
  }

  async tally(maintenanceId: string): Promise<Tally> {
    return tallyOf(this.#of(maintenanceId));
  }

  async record(maintenanceId: string): Promise<TestRecord> {
    return mergedRecords(this.#of(maintenanceId).map(({ record }) => record));
  }

  #of(maintenanceId: string): AttemptLedger[] {
    this.#mustBeUp();
    return [...(this.#ledgers.get(maintenanceId)?.values() ?? [])];
  }

  #mustBeUp(): void {
    if (this.isDown) throw new StoreUnavailableError('down');
  }
}
