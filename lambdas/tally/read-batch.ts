import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/**
 * What CloudWatch Logs sends to a function that subscribes to a log group.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html, "Lambda".
 */
export interface LogsEvent {
  readonly awslogs: { readonly data: string };
}

/** Log lines of one stream. */
interface LogBatch {
  /** Names the stream; a line is in one stream only, and stays there. */
  readonly stream: string;
  readonly lines: readonly string[];
}

/** A batch is at most 1 MB compressed. */
const MAX_BYTES = 64 * 1024 * 1024;

const batch = z.object({
  messageType: z.enum(['DATA_MESSAGE', 'CONTROL_MESSAGE']),
  logGroup: z.string(),
  logStream: z.string(),
  logEvents: z.array(z.object({ message: z.string() })),
});

/** Unpacks a batch; one that checks whether the subscription can be reached has no lines. Throws for anything else. */
export function readBatch({ awslogs }: LogsEvent): LogBatch {
  const json = gunzipSync(Buffer.from(awslogs.data, 'base64'), { maxOutputLength: MAX_BYTES });
  const { messageType, logGroup, logStream, logEvents } = batch.parse(JSON.parse(json.toString('utf8')));
  return {
    stream: `${logGroup}:${logStream}`,
    lines: messageType === 'DATA_MESSAGE' ? logEvents.map(({ message }) => message) : [],
  };
}
