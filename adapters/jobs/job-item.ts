import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { isActive, type Job, type JobStatus, type StopReason } from '../../core/jobs/job.ts';
import { placeOf } from '../../core/jobs/job-registry.ts';
import { JOB_TABLE, jobPartitions } from '../../core/jobs/job-table.ts';

export type JobItem = Record<string, AttributeValue>;

/** Seconds for which a job is kept after its end: 30 days. */
export const RETENTION = 30 * 86_400;

const { byStart, active, troubled } = JOB_TABLE.indexes;

/** Which statuses put a job into the index of the troubled. */
const TROUBLED: readonly JobStatus[] = ['failed', 'terminated', 'lost'];

/** The shards by their names: the first digit of a job's id, which is random, says in which it is. */
export const SHARDS: readonly string[] = [...'0123456789abcdef'];

export function partitionOf(scope: string, shard: string): AttributeValue {
  return { S: `${jobPartitions(scope)}${shard}` };
}

/** The key of a job in the table. */
export function keyOf(scope: string, id: string): JobItem {
  return { [JOB_TABLE.partitionKey]: partitionOf(scope, id.slice(0, 1)), [JOB_TABLE.sortKey]: { S: id } };
}

/** A job as attributes, without its key. About 600 bytes where nothing is long: heartbeats write one unit. */
export function attributesOf(job: Job): JobItem {
  const { cancellation, requeue } = job;
  const place = { S: placeOf(job) };
  return withoutNothing({
    [byStart]: place,
    [active]: isActive(job) ? place : null,
    [troubled]: TROUBLED.includes(job.status) ? place : null,
    job_type: { S: job.type },
    owner: { S: job.owner },
    status: { S: job.status },
    registered_by: { S: job.registeredBy },
    started_at: number(job.startedAt),
    last_seen_at: number(job.lastSeenAt),
    progress: numberOrNull(job.progress),
    step: textOrNull(job.step),
    asked_at: numberOrNull(cancellation?.askedAt),
    deadline: numberOrNull(cancellation?.deadline),
    stop_reason: textOrNull(cancellation?.reason),
    ended_at: numberOrNull(job.endedAt),
    result: job.result === null ? null : { S: JSON.stringify(job.result) },
    error: textOrNull(job.error),
    requeue_id: textOrNull(requeue?.id),
    requeued_at: numberOrNull(requeue?.at),
    requeued_by: textOrNull(requeue?.by),
    request_hash: textOrNull(job.requestHash),
    [JOB_TABLE.timeToLive]: job.endedAt === null ? null : expiry(job.endedAt),
  });
}

/** When a job that ended at an instant is removed. */
export function expiry(endedAt: number): AttributeValue {
  return { N: String(Math.floor(endedAt / 1000) + RETENTION) };
}

export function jobOf(item: JobItem): Job {
  return {
    id: textIn(item.id) ?? '',
    type: textIn(item.job_type) ?? '',
    owner: textIn(item.owner) ?? '',
    status: textIn(item.status) as JobStatus,
    registeredBy: textIn(item.registered_by) ?? '',
    startedAt: numberIn(item.started_at) ?? 0,
    lastSeenAt: numberIn(item.last_seen_at) ?? 0,
    progress: numberIn(item.progress),
    step: textIn(item.step),
    cancellation:
      item.deadline === undefined
        ? null
        : {
            askedAt: numberIn(item.asked_at) ?? 0,
            deadline: numberIn(item.deadline) ?? 0,
            reason: textIn(item.stop_reason) as StopReason,
          },
    endedAt: numberIn(item.ended_at),
    result: JSON.parse(textIn(item.result) ?? 'null'),
    error: textIn(item.error),
    requeue:
      item.requeue_id === undefined
        ? null
        : {
            id: textIn(item.requeue_id) ?? '',
            at: numberIn(item.requeued_at) ?? 0,
            by: textIn(item.requeued_by) ?? '',
          },
    requestHash: textIn(item.request_hash),
  };
}

function withoutNothing(attributes: Record<string, AttributeValue | null>): JobItem {
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, AttributeValue] => entry[1] !== null),
  );
}

function number(value: number): AttributeValue {
  return { N: String(value) };
}

function numberOrNull(value: number | null | undefined): AttributeValue | null {
  return value === null || value === undefined ? null : number(value);
}

function textOrNull(value: string | null | undefined): AttributeValue | null {
  return value === null || value === undefined ? null : { S: value };
}

function textIn(value: AttributeValue | undefined): string | null {
  return value?.S ?? null;
}

function numberIn(value: AttributeValue | undefined): number | null {
  return value?.N === undefined ? null : Number(value.N);
}
