import { createHash, randomUUID } from 'node:crypto';
import type { CloudContext } from '../local-services.ts';
import { LOCAL_ACCOUNT } from '../stack.ts';
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

  /** Puts a message into the queue with this ARN. */
  send(arn: string, body: string, attributes: unknown = {}): QueuedMessage {
    const queue = this.#queues.find((candidate) => candidate.arn === arn);
    if (!queue) throw new AwsError('QueueDoesNotExist', `There is no queue ${arn}.`);
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
        return jsonAnswer({ Messages: this.#receive(queue, Number(input.MaxNumberOfMessages ?? 1)) });
      case 'DeleteMessage':
        queue.messages = queue.messages.filter(({ receipt }) => receipt !== input.ReceiptHandle);
        return jsonAnswer({});
      case 'PurgeQueue':
        queue.messages = [];
        return jsonAnswer({});
      case 'GetQueueAttributes':
        return jsonAnswer({ Attributes: this.#attributes(queue) });
      default:
        throw unknownOperation('SQS', call.operation);
    }
  }

  #receive(queue: Queue, limit: number): object[] {
    const now = this.#context.clock.now();
    const found = queue.messages.filter(({ visibleAt }) => visibleAt <= now).slice(0, limit);
    return found.map((message) => {
      message.receiveCount++;
      message.visibleAt = now + queue.visibilityTimeoutMs;
      message.receipt = randomUUID();
      return {
        MessageId: message.id,
        ReceiptHandle: message.receipt,
        Body: message.body,
        MD5OfBody: md5(message.body),
        Attributes: {
          SentTimestamp: String(message.sentAt),
          ApproximateReceiveCount: String(message.receiveCount),
        },
      };
    });
  }

  #attributes(queue: Queue): Record<string, string> {
    const now = this.#context.clock.now();
    const visible = queue.messages.filter(({ visibleAt }) => visibleAt <= now).length;
    return {
      QueueArn: queue.arn,
      ApproximateNumberOfMessages: String(visible),
      ApproximateNumberOfMessagesNotVisible: String(queue.messages.length - visible),
    };
  }
}

/** Where a queue is to be found at an endpoint. */
export const queueUrl = (endpoint: string, name: string): string => `${endpoint}/${LOCAL_ACCOUNT}/${name}`;

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
