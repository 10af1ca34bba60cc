/** The names of the table of jobs, its keys and its indexes: shared by whoever makes it and whoever uses it. */
export const JOB_TABLE = {
  partitionKey: 'pk',
  /** A job's id. */
  sortKey: 'id',
  /** Local indexes: their sort keys are a job's place in the order of lists, in those that it belongs to. */
  indexes: {
    /** Every job. */
    byStart: 'start_key',
    /** Jobs that are kept as running or cancelling. */
    active: 'active_key',
    /** Jobs that failed, were terminated or got lost. */
    troubled: 'troubled_key',
  },
  /** Seconds since the epoch, only in jobs that have ended. */
  timeToLive: 'expires_at',
} as const;

export type JobIndex = keyof typeof JOB_TABLE.indexes;

/** Where the jobs of a deployment begin in the table. */
export function jobPartitions(scope: string): string {
  return `JOBS#${scope}#`;
}
