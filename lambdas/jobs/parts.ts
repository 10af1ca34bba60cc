import type { Job } from '../../core/jobs/job.ts';
import type { JobRegistry } from '../../core/jobs/job-registry.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import type { RefuseRegistration } from './refuse-registration.ts';

export interface JobsParts {
  readonly registry: JobRegistry;
  /** The newest state, at most a second old; rejects with StoreUnavailableError. */
  readonly state: () => Promise<State>;
  readonly refuseRegistration: RefuseRegistration;
  /** Tells over the event bus that a job is to be done again. Rejects when that can't be told. */
  readonly publishRequeued: (job: Job) => Promise<void>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly allowedOrigins: readonly string[];
  /** Milliseconds in which a call stops jobs; what it doesn't get to is told. */
  readonly stopTime: number;
  /** Seconds since sign-in up to which it counts as fresh. */
  readonly freshSignIn: number;
}
