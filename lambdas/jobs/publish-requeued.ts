import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE, JOB_REQUEUED } from '../../core/environment.ts';
import type { Job } from '../../core/jobs/job.ts';
import { rfc3339 } from '../../core/text.ts';
import type { Destination } from '../aws/destination.ts';

/**
 * Tells over the event bus that a job is to be done again (docs/events.md). `detail.id` is the same however often the
 * event arrives. Rejects when the bus doesn't take it.
 */
export async function publishRequeued(
  eventBridge: Pick<EventBridgeClient, 'send'>,
  { bus, scope }: Destination,
  job: Job,
): Promise<void> {
  const { requeue, cancellation } = job;
  if (requeue === null) return;
  const { FailedEntryCount, Entries = [] } = await eventBridge.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: bus,
          Source: EVENT_SOURCE,
          DetailType: JOB_REQUEUED,
          Time: new Date(requeue.at),
          Detail: JSON.stringify({
            type: 'job_requeued',
            id: requeue.id,
            at: rfc3339(requeue.at),
            actor: { id: requeue.by, role: 'admin', via: 'api' },
            scope,
            job: {
              id: job.id,
              type: job.type,
              owner: job.owner,
              status: job.status,
              started_at: rfc3339(job.startedAt),
              stopped_because: cancellation?.reason ?? null,
            },
          }),
        },
      ],
    }),
  );
  if (FailedEntryCount) throw new Error(`The event bus refused the event: ${Entries[0]?.ErrorCode}.`);
}
