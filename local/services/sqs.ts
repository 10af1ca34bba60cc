import { createHash, randomUUID } from 'node:crypto';
import { LOCAL_ACCOUNT } from '../account.ts';
import type { CloudContext } from '../local-services.ts';
import {
  type AwsAnswer,
  type AwsCall,
  AwsError,
  type AwsService,
  jsonAnswer,
  jsonBody,
  unknownOperation,
} from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';

/** A message that waits in a queue. */
export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  readonly attributes: unknown;
  /** Milliseconds since 1970, by the movable clock. */
  readonly sentAt: number;
  receiveCount: number;
  visibleAt: number;
  receipt: string;
}

interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly visibilityTimeoutMs: number;
  /** Where a message goes after so many receipts. */
  readonly deadLetters?: { readonly arn: string; readonly after: number };
  messages: QueuedMessage[];
}

/** The template's queues, in memory. */
export class Queues implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #queues: readonly Queue[];

  constructor(context: CloudContext, caller: CallerAccess) {
    this.#context = context;
    this.#caller = caller;
    const { stack } = context;
    this.#queues = stack.resources('AWS::SQS::Queue').map((resource) => ({
      name: stack.attribute(resource, 'QueueName'),
      arn: stack.attribute(resource, 'Arn'),
      visibilityTimeoutMs: Number(stack.property(resource, 'VisibilityTimeout') ?? 30) * 1000,
      ...deadLetters(stack.property(resource, 'RedrivePolicy')),
      messages: [],
    }));
  }

  /** Every queue with the messages in it, for those who look. */
  list(): { name: string; arn: string; messages: { id: string; body: string; sent_at: string }[] }[] {
    return this.#queues.map(({ name, arn, messages }) => ({
      name,
      arn,
      messages: messages.map(({ id, body, sentAt }) => ({
        id,
        body,
        sent_at: new Date(sentAt).toISOString(),
      })),
    }));
  }

  /** How many messages each queue has, and the age of its oldest. */
  depths(): { name: string; visible: number; hidden: number; oldestAgeMs: number }[] {
    const now = this.#context.clock.now();
    return this.#queues.map(({ name, messages }) => {
      const visible = messages.filter(({ visibleAt }) => visibleAt <= now).length;
      const oldestAgeMs = Math.max(0, ...messages.map(({ sentAt }) => now - sentAt));
      return { name, visible, hidden: messages.length - visible, oldestAgeMs };
    });
  }

  /** Puts a message into the queue with this ARN. */
  send(arn: string, body: string, attributes: unknown = {}): QueuedMessage {
    const queue = this.#find(arn);
    const now = this.#context.clock.now();
    const message = {
      id: randomUUID(),
      body,
      attributes,
      sentAt: now,
      receiveCount: 0,
      visibleAt: now,
      receipt: '',
    };
    queue.messages.push(message);
    return message;
  }

  /**
   * Takes messages out of sight; one that was taken too often goes to the dead-letter queue.
   *
   * @param timeoutMs for how long; default: the queue's visibility timeout
   */
  receive(arn: string, limit: number, timeoutMs?: number): QueuedMessage[] {
    const queue = this.#find(arn);
    const hiddenMs = timeoutMs ?? queue.visibilityTimeoutMs;
    const now = this.#context.clock.now();
    const { deadLetters } = queue;
    const visible = queue.messages.filter(({ visibleAt }) => visibleAt <= now);
    const dead = deadLetters ? visible.filter(({ receiveCount }) => receiveCount >= deadLetters.after) : [];
    for (const { body, attributes } of dead) this.send(deadLetters?.arn ?? '', body, attributes);
    queue.messages = queue.messages.filter((message) => !dead.includes(message));
    const found = visible.filter((message) => !dead.includes(message)).slice(0, limit);
    for (const message of found) {
      message.receiveCount++;
      message.visibleAt = now + hiddenMs;
      message.receipt = randomUUID();
    }
    return found;
  }

  /** Removes the messages that were received with these receipts. */
  remove(arn: string, receipts: ReadonlySet<string>): void {
    const queue = this.#find(arn);
    queue.messages = queue.messages.filter(({ receipt }) => !receipts.has(receipt));
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    const input = jsonBody(call);
    const wanted =
      call.operation === 'GetQueueUrl' ? input.QueueName : String(input.QueueUrl).split('/').at(-1);
    const queue = this.#queues.find(({ name }) => name === wanted);
    if (!queue)
      throw new AwsError('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.');
    this.#caller.authorise(call, `sqs:${call.operation}`, queue.arn);
    switch (call.operation) {
      case 'GetQueueUrl':
        return jsonAnswer({ QueueUrl: queueUrl(`http://${call.headers.host}`, queue.name) });
      case 'SendMessage': {
        const { id, body } = this.send(queue.arn, String(input.MessageBody), input.MessageAttributes);
        return jsonAnswer({ MessageId: id, MD5OfMessageBody: md5(body) });
      }
      case 'ReceiveMessage':
        return jsonAnswer({
          Messages: this.receive(
            queue.arn,
            Number(input.MaxNumberOfMessages ?? 1),
            input.VisibilityTimeout === undefined ? undefined : Number(input.VisibilityTimeout) * 1000,
          ).map(asReceived),
        });
      case 'DeleteMessage':
        this.remove(queue.arn, new Set([String(input.ReceiptHandle)]));
        return jsonAnswer({});
      case 'PurgeQueue':
        queue.messages = [];
        return jsonAnswer({});
      case 'GetQueueAttributes':
        return jsonAnswer(this.#attributes(queue, (input.AttributeNames ?? []) as readonly string[]));
      default:
        throw unknownOperation('SQS', call.operation);
    }
  }

  #find(arn: string): Queue {
    const queue = this.#queues.find((candidate) => candidate.arn === arn);
    if (!queue) throw new AwsError('QueueDoesNotExist', `There is no queue ${arn}.`);
    return queue;
  }

  /** Those of the attributes that are asked for; none, if there are none, as SQS leaves them out then. */
  #attributes(queue: Queue, wanted: readonly string[]): { Attributes?: Record<string, string> } {
    const now = this.#context.clock.now();
    const visible = queue.messages.filter(({ visibleAt }) => visibleAt <= now).length;
    const { deadLetters } = queue;
    const all = {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(queue.messages.length - visible),
      ApproximateNumberOfMessagesDelayed: '0',
      VisibilityTimeout: String(queue.visibilityTimeoutMs / 1000),
      ...(deadLetters && {
        RedrivePolicy: JSON.stringify({
          deadLetterTargetArn: deadLetters.arn,
          maxReceiveCount: deadLetters.after,
        }),
      }),
    };
    const found = Object.entries(all).filter(([name]) => wanted.includes('All') || wanted.includes(name));
    return found.length > 0 ? { Attributes: Object.fromEntries(found) } : {};
  }
}

/** Where a queue is to be found at an endpoint. */
export const queueUrl = (endpoint: string, name: string): string => `${endpoint}/${LOCAL_ACCOUNT}/${name}`;

function deadLetters(policy: unknown): Pick<Queue, 'deadLetters'> {
  if (policy === undefined) return {};
  const { deadLetterTargetArn, maxReceiveCount } = policy as Record<string, unknown>;
  return { deadLetters: { arn: String(deadLetterTargetArn), after: Number(maxReceiveCount) } };
}

const asReceived = (message: QueuedMessage): object => ({
  MessageId: message.id,
  ReceiptHandle: message.receipt,
  Body: message.body,
  MD5OfBody: md5(message.body),
  Attributes: {
    SentTimestamp: String(message.sentAt),
    ApproximateReceiveCount: String(message.receiveCount),
  },
});

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
