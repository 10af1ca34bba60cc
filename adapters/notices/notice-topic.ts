import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { NoticeBoard } from '../../core/notices/give-notice.ts';

/** Longest time for a publication, retries included, ms. */
const CALL_DEADLINE = 8000;

/** A topic of Amazon SNS whose subscribers are told. */
export function noticeTopic(client: Pick<SNSClient, 'send'>, topicArn: string): NoticeBoard {
  return {
    publish: async ({ subject, body }) => {
      await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: body }), {
        abortSignal: AbortSignal.timeout(CALL_DEADLINE),
      });
    },
  };
}
