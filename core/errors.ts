/** An error that callers may act on: a stable code, and the evidence as fields. */
export abstract class MaintenanceError extends Error {
  abstract readonly code: string;
  override get name(): string {
    return this.constructor.name;
  }
}

/** The state store did not answer, or not in time; nothing is known to have been written. */
export class StoreUnavailableError extends MaintenanceError {
  readonly code = 'state_store_unavailable';
}

/** A stored item is not what was written: the log has been damaged. */
export class CorruptLogError extends MaintenanceError {
  readonly code = 'corrupt_log';
  readonly number: number;
  constructor(number: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.number = number;
  }
}
