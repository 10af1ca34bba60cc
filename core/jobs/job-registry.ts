import type { JobAction, JobChange } from './change-job.ts';
import type { Job, JobStatus } from './job.ts';

/**
 * Where jobs are kept. Implementations pass test/contract/job-registry.
 * Every method rejects with StoreUnavailableError when the store gives no good answer.
 */
export interface JobRegistry {
  /** Keeps a new job; where one of its id is known, that one stays as it is. */
  register(job: Job): Promise<Registered>;
  /** The job as it is kept, null where there is none of that id. */
  find(id: string): Promise<Job | null>;
  /**
   * Changes a job as `changeJob` says; null where there is none of that id. Of two that change it at once, the second
   * sees what the first has made of it.
   *
   * @param known the job as it was read a moment ago, which saves reading it again
   */
  change(id: string, action: JobAction, now: number, known?: Job): Promise<JobChange | null>;
  /**
   * The jobs that are kept as running or cancelling, in portions, none left out: what was registered before the call
   * is there. Some may be lost by now, or past their deadline.
   */
  active(): AsyncIterable<readonly Job[]>;
  /** How many jobs are kept as running or cancelling. It may lag a little behind. */
  countActive(): Promise<number>;
  /** A page of jobs as they are seen at `query.now`, newest first. */
  list(query: JobQuery): Promise<JobPage>;
}

export interface Registered {
  /** `known`: a job of this id was there before, and `job` is that one. */
  readonly outcome: 'registered' | 'known';
  readonly job: Job;
}

export interface JobQuery {
  /** Undefined for any. */
  readonly status?: JobStatus | undefined;
  readonly limit: number;
  /** Where the page before ended, see `JobPage.next`. */
  readonly after?: string | undefined;
  readonly now: number;
}

export interface JobPage {
  readonly items: readonly Job[];
  /** The place in the order at which the next page goes on, see `placeOf`; null on the last. */
  readonly next: string | null;
}

/** The place of a job in the order of lists: by its start, and by its id where two started at once. */
export function placeOf({ startedAt, id }: Pick<Job, 'startedAt' | 'id'>): string {
  return `${new Date(startedAt).toISOString()}#${id}`;
}
