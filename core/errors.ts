/** An error that callers may act on: a stable code, and the evidence as fields. */
export abstract class MaintenanceError extends Error {
  abstract readonly code: string;
}

/** The state store did not answer, or not in time; nothing is known to have been written. */
export class StoreUnavailableError extends MaintenanceError {
  override readonly name: string = 'StoreUnavailableError';
  readonly code = 'state_store_unavailable';
}

/**
 * An append was sent and nothing tells whether it was, or still will be, written: neither the store's answer nor a
 * look at the log. Whoever asked looks at the state again, or repeats the request with its idempotency key.
 */
export class OutcomeUnknownError extends StoreUnavailableError {
  override readonly name: string = 'OutcomeUnknownError';
  readonly number: number;
  /** The id of the event that may turn up under `number`. */
  readonly eventId: string;
  constructor(number: number, eventId: string, options?: ErrorOptions) {
    super(`It is not known whether event ${number} (${eventId}) was written; look at the state.`, options);
    this.number = number;
    this.eventId = eventId;
  }
}

/** A state would take more room than an event has for it; nothing was sent to the store. */
export class StateTooLargeError extends MaintenanceError {
  override readonly name: string = 'StateTooLargeError';
  readonly code = 'state_too_large';
  /** Bytes of the state as JSON in UTF-8. */
  readonly actual: number;
  readonly limit: number;
  constructor(actual: number, limit: number) {
    super(`The state takes ${actual} bytes, and an event has room for ${limit}.`);
    this.actual = actual;
    this.limit = limit;
  }
}

/** A stored item is not what was written: the log has been damaged. */
export class CorruptLogError extends MaintenanceError {
  override readonly name: string = 'CorruptLogError';
  readonly code = 'corrupt_log';
  readonly number: number;
  constructor(number: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.number = number;
  }
}

/** Redis did not answer, or not in time, or did not let us in: who is signed in by a cookie can't be told. */
export class SessionStoreUnavailableError extends MaintenanceError {
  override readonly name = 'SessionStoreUnavailableError';
  readonly code = 'session_store_unavailable';
}
