import { randomUUID } from 'node:crypto';
import type { CloudContext } from '../local-services.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import type { Delivery } from './delivery.ts';
import { describeTopic } from './topic-descriptions.ts';

/** A message that went to a topic. */
export interface Notice {
  readonly topic: string;
  readonly subject?: string;
  readonly message: string;
  readonly message_id: string;
  /** RFC 3339, by the movable clock. */
  readonly timestamp: string;
}

/** Protocols whose subscribers are outside of the cloud: their notices are only kept. */
const OUTSIDE = new Set(['email', 'email-json', 'http', 'https', 'sms']);

/** The template's topics. Every message is kept, and passed on to subscribed functions and queues. */
export class Topics implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #deliver: Delivery;
  readonly #notices: Notice[] = [];

  constructor(context: CloudContext, caller: CallerAccess, deliver: Delivery) {
    this.#context = context;
    this.#caller = caller;
    this.#deliver = deliver;
  }

  /** What went to the topics, oldest first. */
  notices(): readonly Notice[] {
    return this.#notices;
  }

  /** Publishes a message to the topic with this ARN. @returns the message's id */
  async publish(topicArn: string, message: string, subject?: string): Promise<string> {
    const { stack, clock } = this.#context;
    const topic = stack.find('AWS::SNS::Topic', topicArn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    const notice: Notice = {
      topic: stack.attribute(topic, 'TopicName'),
      ...(subject === undefined ? {} : { subject }),
      message,
      message_id: randomUUID(),
      timestamp: new Date(clock.now()).toISOString(),
    };
    this.#notices.push(notice);
    for (const subscription of stack.resources('AWS::SNS::Subscription')) {
      const { TopicArn, Protocol, Endpoint, RawMessageDelivery } = stack.properties(subscription);
      if (TopicArn !== topicArn || OUTSIDE.has(String(Protocol))) continue;
      await this.#deliver(
        String(Endpoint),
        envelope(notice, topicArn, String(Protocol), RawMessageDelivery === true),
      );
    }
    return notice.message_id;
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    if (call.operation !== 'Publish') return describeTopic(this.#context.stack, this.#caller, call);
    const input = new URLSearchParams(call.body.toString('utf8'));
    const topicArn = input.get('TopicArn') ?? '';
    this.#caller.authorise(call, 'sns:Publish', topicArn);
    const id = await this.publish(topicArn, input.get('Message') ?? '', input.get('Subject') ?? undefined);
    return {
      headers: { 'Content-Type': 'text/xml' },
      body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>${id}</MessageId></PublishResult></PublishResponse>`,
    };
  }
}

/** What a subscriber gets. Source: "Fanout Amazon SNS notifications" of the SNS developer guide. */
function envelope(notice: Notice, topicArn: string, protocol: string, raw: boolean): string {
  const { message, subject, message_id: id, timestamp } = notice;
  if (raw) return message;
  const content = {
    Type: 'Notification',
    MessageId: id,
    TopicArn: topicArn,
    Subject: subject ?? null,
    Message: message,
    Timestamp: timestamp,
  };
  return JSON.stringify(
    protocol === 'lambda'
      ? {
          Records: [
            { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: topicArn, Sns: content },
          ],
        }
      : content,
  );
}
