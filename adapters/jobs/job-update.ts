import { isDeepStrictEqual } from 'node:util';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { JobAction } from '../../core/jobs/change-job.ts';
import { type Job, LOST_AFTER } from '../../core/jobs/job.ts';
import { JOB_TABLE } from '../../core/jobs/job-table.ts';
import { attributesOf, expiry, type JobItem } from './job-item.ts';

/** What an UpdateItem does, and on which condition. */
export interface JobUpdate {
  /** Undefined where nothing is to change. */
  readonly UpdateExpression: string | undefined;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: JobItem;
}

const { byStart, active, troubled } = JOB_TABLE.indexes;

/**
 * The actions that jobs take themselves, as one write without a read before it: null for the others. The condition
 * holds only where `changeJob` would come to the very same; where it does not, the job has to be read.
 */
export function blindUpdate(action: JobAction, now: number): JobUpdate | null {
  const beforeDeadline = '(attribute_not_exists(#deadline) OR #deadline > :now)';
  switch (action.type) {
    case 'heartbeat':
      return update(
        {
          last_seen_at: { N: String(now) },
          ...(action.progress === undefined ? {} : { progress: { N: String(action.progress) } }),
          ...(action.step === undefined ? {} : { step: { S: action.step } }),
        },
        {},
        `#status IN (:running, :cancelling) AND #last_seen_at BETWEEN :alive AND :now AND ${beforeDeadline}`,
        { running: 'running', cancelling: 'cancelling', alive: now - LOST_AFTER + 1, now },
      );
    case 'complete':
    case 'fail': {
      const status = action.type === 'complete' ? 'completed' : 'failed';
      const told: JobItem =
        action.type === 'fail'
          ? { error: { S: action.error } }
          : action.result === null
            ? {}
            : { result: { S: JSON.stringify(action.result) } };
      return update(
        {
          status: { S: status },
          ended_at: { N: String(now) },
          [JOB_TABLE.timeToLive]: expiry(now),
          ...told,
        },
        { [active]: null, [troubled]: status === 'failed' ? byStart : null },
        `#status IN (:running, :cancelling, :lost) AND ${beforeDeadline}`,
        { running: 'running', cancelling: 'cancelling', lost: 'lost', now },
      );
    }
    default:
      return null;
  }
}

/**
 * Puts a job in the place of what it was, where nothing that the change was decided by is different by now. What the
 * change leaves alone stays as it is kept, so a heartbeat in between is not undone.
 */
export function replacement(before: Job, after: Job): JobUpdate {
  const [was, is] = [attributesOf(before), attributesOf(after)];
  const set = Object.fromEntries(
    Object.entries(is).filter(([name, value]) => !isDeepStrictEqual(value, was[name])),
  );
  const removed = Object.keys(was).filter((name) => !(name in is));
  const decisive = ['status', 'deadline', 'requeue_id', ...(after.status === 'lost' ? ['last_seen_at'] : [])];
  const conditions = decisive.map((name) =>
    was[name] === undefined ? `attribute_not_exists(#${name})` : `#${name} = :was_${name}`,
  );
  const values = Object.fromEntries(
    decisive.flatMap((name) => (was[name] === undefined ? [] : [[`was_${name}`, was[name]]])),
  );
  return update(
    set,
    Object.fromEntries(removed.map((name) => [name, null])),
    conditions.join(' AND '),
    values,
  );
}

/**
 * @param set attributes to set
 * @param moved attributes to set to what another holds, or to remove (null)
 */
function update(
  set: JobItem,
  moved: Readonly<Record<string, string | null>>,
  condition: string,
  values: Readonly<Record<string, string | number | AttributeValue>>,
): JobUpdate {
  const copies = Object.entries(moved).filter(([, from]) => from !== null);
  const removed = Object.entries(moved).filter(([, from]) => from === null);
  const sets = [
    ...Object.keys(set).map((name) => `#${name} = :${name}`),
    ...copies.map(([name, from]) => `#${name} = #${from}`),
  ];
  const expression = [
    ...(sets.length === 0 ? [] : [`SET ${sets.join(', ')}`]),
    ...(removed.length === 0 ? [] : [`REMOVE ${removed.map(([name]) => `#${name}`).join(', ')}`]),
  ].join(' ');
  const names = new Set([...`${expression} ${condition}`.matchAll(/#(\w+)/g)].map(([, name = '']) => name));
  return {
    UpdateExpression: expression || undefined,
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
      ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, attribute(value)])),
    },
  };
}

function attribute(value: string | number | AttributeValue): AttributeValue {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : value;
}
