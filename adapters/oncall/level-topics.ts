import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { EscalationNotice } from '../../core/oncall/escalation.ts';

/** Longest time for a publication, retries included, ms. */
const DEADLINE = 6000;

/** Tells those of a level. */
export interface LevelTopics {
  /** Resolves with the id of the message once it is accepted; rejects when that is not certain. */
  publish(level: number, notice: EscalationNotice): Promise<string>;
}

/**
 * The topics of the levels of escalation, in Amazon SNS.
 *
 * @param arns the topics by level, as JSON: `{"1": …, "2": …, "3": …}`
 */
export function levelTopics(client: Pick<SNSClient, 'send'>, arns: string): LevelTopics {
  const topics = JSON.parse(arns) as Readonly<Record<string, string>>;
  return {
    publish: async (level, { subject, body }) => {
      const TopicArn = topics[level];
      if (TopicArn === undefined) throw new Error(`Level ${level} has no topic.`);
      const command = new PublishCommand({ TopicArn, Subject: subject, Message: body });
      const { MessageId } = await client.send(command, { abortSignal: AbortSignal.timeout(DEADLINE) });
      if (MessageId === undefined) throw new Error(`The topic of level ${level} gave no message id.`);
      return MessageId;
    },
  };
}
