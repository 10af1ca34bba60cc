import { randomUUID } from 'node:crypto';
import type { CloudContext } from '../local-services.ts';
import type { Resource } from '../template.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import type { Delivery, Sender } from './delivery.ts';
import { letsService } from './resource-policy.ts';
import { suffer } from './service-fault.ts';
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

/** What a publisher to an encrypted topic needs. Source: "Key management" of the SNS developer guide. */
const KEY_ACTIONS = ['kms:GenerateDataKey', 'kms:Decrypt'];

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

  /**
   * Publishes for a service of AWS, such as an alarm's action: the topic's policy has to let it, and so has the policy
   * of the topic's key, if it has one of the template.
   */
  async publishFor({ service, source, subject }: Sender, topicArn: string, message: string): Promise<string> {
    await suffer(this.#context.faults, 'sns');
    const { stack } = this.#context;
    const topic = this.#topic(topicArn);
    const policies = stack
      .resources('AWS::SNS::TopicPolicy')
      .filter((policy) => (stack.property(policy, 'Topics') as unknown[]).map(String).includes(topicArn));
    const call = { service, action: 'sns:Publish', resource: topicArn, source };
    if (!policies.some((policy) => letsService(stack.property(policy, 'PolicyDocument'), call))) {
      throw new AwsError(
        'AuthorizationError',
        `${service} is not authorized to perform: SNS:Publish on resource: ${topicArn}`,
        403,
      );
    }
    const key = this.#keyOf(topic);
    for (const action of key === undefined ? [] : KEY_ACTIONS) {
      const resource = String(key && stack.attribute(key, 'Arn'));
      if (key && letsService(stack.property(key, 'KeyPolicy'), { service, action, resource, source }))
        continue;
      throw new AwsError(
        'KMSAccessDenied',
        `${service} is not authorized to perform: ${action} on resource: ${resource}`,
        403,
      );
    }
    return await this.publish(topicArn, message, subject);
  }

  /** What went to the topics, oldest first. */
  notices(): readonly Notice[] {
    return this.#notices;
  }

  /** Publishes a message to the topic with this ARN. @returns the message's id */
  async publish(topicArn: string, message: string, subject?: string): Promise<string> {
    const { stack, clock } = this.#context;
    const topic = this.#topic(topicArn);
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
    const key = this.#keyOf(this.#topic(topicArn));
    for (const action of key === undefined ? [] : KEY_ACTIONS) {
      this.#caller.authorise(call, action, String(key && this.#context.stack.attribute(key, 'Arn')));
    }
    const id = await this.publish(topicArn, input.get('Message') ?? '', input.get('Subject') ?? undefined);
    return {
      headers: { 'Content-Type': 'text/xml' },
      body: `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>${id}</MessageId></PublishResult></PublishResponse>`,
    };
  }

  #topic(topicArn: string): Resource {
    const { stack } = this.#context;
    const topics = stack.resources('AWS::SNS::Topic');
    const topic = topics.find((each) => stack.attribute(each, 'Ref') === topicArn);
    if (!topic) throw new AwsError('NotFound', 'Topic does not exist', 404);
    return topic;
  }

  /** The key of the template that encrypts the topic; undefined where there is none. */
  #keyOf(topic: Resource): Resource | undefined {
    const key = this.#context.stack.property(topic, 'KmsMasterKeyId');
    return key === undefined ? undefined : this.#context.stack.find('AWS::KMS::Key', String(key));
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
