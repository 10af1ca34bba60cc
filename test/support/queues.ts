import { GetQueueUrlCommand, PurgeQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Cloud } from './cloud.ts';

/** The queues of a local cloud, as somebody with AWS credentials has them. */
export class CloudQueues {
  readonly #cloud: Cloud;
  readonly #client: SQSClient;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
    this.#client = new SQSClient({
      endpoint: cloud.local.dynamodb,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
  }

  /** Bodies of up to ten messages of the dead-letter queue, which stay where they are. */
  async deadLetters(): Promise<string[]> {
    const bodies: string[] = [];
    for (const QueueUrl of await this.#urls('DeadLetter')) {
      const ask = { QueueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 0 };
      const { Messages = [] } = await this.#client.send(new ReceiveMessageCommand(ask));
      bodies.push(...Messages.map(({ Body = '' }) => Body));
    }
    return bodies;
  }

  /** Deletes all messages of all queues, as somebody does who has read them. */
  async empty(): Promise<void> {
    for (const QueueUrl of await this.#urls()) await this.#client.send(new PurgeQueueCommand({ QueueUrl }));
  }

  async #urls(part = ''): Promise<string[]> {
    const { json } = await this.#cloud.call('GET', '/_local/notices');
    const names: string[] = json.queues.map(({ name }: { name: string }) => name);
    const wanted = names.filter((name) => name.includes(part));
    return await Promise.all(
      wanted.map(async (QueueName) => {
        const { QueueUrl = '' } = await this.#client.send(new GetQueueUrlCommand({ QueueName }));
        return QueueUrl;
      }),
    );
  }
}
