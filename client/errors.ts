/** What a maintenance says to whoever it keeps from starting a job. */
export interface MaintenanceFacts {
  readonly mode: string;
  /** Why, in the admin's words: escape it wherever it is shown. */
  readonly reason: string;
  /** RFC 3339; null when no end is known. */
  readonly estimatedCompletion: string | null;
}

/** Maintenance keeps jobs from being started. */
export class MaintenanceError extends Error {
  override readonly name = 'MaintenanceError';
  /** Seconds after which to try again. */
  readonly retryAfter: number;
  readonly maintenance: MaintenanceFacts | null;
  constructor(message: string, retryAfter: number, maintenance: MaintenanceFacts | null) {
    super(message);
    this.retryAfter = retryAfter;
    this.maintenance = maintenance;
  }
}

/** The API refused a call, and would refuse it again. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  /** The stable code of the API's problem, such as `job_ended`; null where the answer was no problem of the API. */
  readonly code: string | null;
  constructor(status: number, code: string | null, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The API gave no good answer, however often it was asked. */
export class UnreachableError extends Error {
  override readonly name = 'UnreachableError';
}

/** The reason that a job's signal is aborted with: the job has been asked to stop, or has been ended from outside. */
export class JobStoppedError extends Error {
  override readonly name = 'JobStoppedError';
  /** `cancelled`: there is time to stop until `deadline`. `ended`: whatever the job does now counts no more. */
  readonly why: 'cancelled' | 'ended';
  readonly deadline: Date | null;
  constructor(why: JobStoppedError['why'], deadline: Date | null) {
    super(
      why === 'ended'
        ? 'The job has been ended from outside; what it does now counts no more.'
        : `The job has been asked to stop${deadline === null ? '' : ` by ${deadline.toISOString()}`}.`,
    );
    this.why = why;
    this.deadline = deadline;
  }
}
