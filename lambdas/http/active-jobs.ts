import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbJobRegistry } from '../../adapters/jobs/dynamodb-job-registry.ts';
import type { JobRegistry } from '../../core/jobs/job-registry.ts';
import type { Log } from '../aws/log.ts';
import { withTimeLimit } from '../aws/time-limit.ts';
import { keptFor } from './kept-for.ts';

interface ActiveJobsParts {
  readonly registry: Pick<JobRegistry, 'countActive'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Tells how many jobs are active; null where that can't be told. */
export type ActiveJobs = () => Promise<number | null>;

/** Milliseconds for which a count is used without being made again: everybody may ask for it. */
const KEPT = 1000;
/** Longest time for a count, ms. */
const TIME_LIMIT_MS = 500;

/** Counts the active jobs. A count is never worth an error, nor a wait: where it can't be had in time, it is none. */
export function activeJobs({ registry, log, now }: ActiveJobsParts): ActiveJobs {
  return keptFor(KEPT, now, async () => {
    try {
      return await withTimeLimit(TIME_LIMIT_MS, registry.countActive());
    } catch (error) {
      log.warn('Jobs could not be counted.', { event: 'jobs_count_failed', error });
      return null;
    }
  });
}

/** Counts the active jobs of a deployment. Where jobs are no part of it, there is no table, and nobody counts any. */
export function activeJobsIn(
  table: string | undefined,
  { client, scope, log }: { readonly client: DynamoDBClient; readonly scope: string; readonly log: Log },
): ActiveJobs {
  if (table === undefined) return async () => null;
  const registry = new DynamoDbJobRegistry({ client, table, scope });
  return activeJobs({ registry, log, now: () => Date.now() });
}
