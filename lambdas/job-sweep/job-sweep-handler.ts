import type { JobRegistry } from '../../core/jobs/job-registry.ts';
import { persistJobStates } from '../../core/jobs/stop-jobs.ts';
import { logActiveJobs, logLoss, logTermination } from '../aws/job-lines.ts';
import type { Log } from '../aws/log.ts';

interface JobSweepParts {
  readonly registry: Pick<JobRegistry, 'active' | 'change'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds in which jobs' states are written down; the next minute goes on. */
  readonly timeLimit: number;
}

/**
 * Writes down, every minute, which jobs have been lost or have passed their deadline, tells of each once, and says how
 * many are left. All of it can be repeated without harm. Rejects with StoreUnavailableError.
 */
export function createJobSweepHandler({ registry, log, now, timeLimit }: JobSweepParts) {
  return async (_event: unknown, { awsRequestId }: { readonly awsRequestId: string }): Promise<void> => {
    const begun = now();
    const counts = await persistJobStates(
      {
        registry,
        now,
        until: begun + timeLimit,
        onTerminated: (job) => logTermination(log, job, awsRequestId),
      },
      (job) => logLoss(log, job, awsRequestId),
    );
    logActiveJobs(log, counts, begun, awsRequestId);
  };
}
