import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { LOCAL_REGION } from '../account.ts';
import type { RunningCloud } from '../local-services.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { type EventPattern, filterPatterns, matchesPattern } from './event-pattern.ts';
import type { QueuedMessage, Queues } from './sqs.ts';

/** Milliseconds between two looks into a queue that was empty. */
const POLL_MS = 100;

/**
 * Hands a queue's messages to a function, one batch at a time. What the function fails at comes again after the
 * queue's visibility timeout. Source: "Using Lambda with Amazon SQS" of the Lambda developer guide.
 */
export class QueueMapping {
  readonly #cloud: RunningCloud;
  readonly #queues: Queues;
  readonly #queueArn: string;
  readonly #functionName: string;
  readonly #batchSize: number;
  readonly #windowMs: number;
  readonly #reportsFailures: boolean;
  readonly #patterns: readonly EventPattern[];

  constructor(stack: Stack, resource: Resource, cloud: RunningCloud, queues: Queues) {
    const properties = stack.properties(resource);
    this.#cloud = cloud;
    this.#queues = queues;
    this.#queueArn = String(properties.EventSourceArn);
    this.#functionName = String(properties.FunctionName);
    this.#batchSize = Number(properties.BatchSize ?? 10);
    this.#windowMs = Number(properties.MaximumBatchingWindowInSeconds ?? 0) * 1000;
    this.#reportsFailures = ((properties.FunctionResponseTypes ?? []) as string[]).includes(
      'ReportBatchItemFailures',
    );
    this.#patterns = filterPatterns(properties.FilterCriteria);
  }

  /** Delivers until the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const wait = (milliseconds: number) => delay(milliseconds, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      const batch = this.#queues.receive(this.#queueArn, this.#batchSize);
      if (batch.length === 0) {
        await wait(POLL_MS);
        continue;
      }
      if (this.#windowMs > 0 && batch.length < this.#batchSize) {
        await wait(this.#windowMs);
        batch.push(...this.#queues.receive(this.#queueArn, this.#batchSize - batch.length));
      }
      await this.#process(batch);
    }
  }

  async #process(batch: readonly QueuedMessage[]): Promise<void> {
    const wanted = batch.filter((message) => this.#wants(message));
    const remove = (messages: readonly QueuedMessage[]) =>
      this.#queues.remove(this.#queueArn, new Set(messages.map(({ receipt }) => receipt)));
    remove(batch.filter((message) => !wanted.includes(message)));
    if (wanted.length === 0) return;
    const failed = await this.#invoke(wanted);
    remove(wanted.filter(({ id }) => !failed.has(id)));
  }

  /** Ids of the messages that are not done with. */
  async #invoke(batch: readonly QueuedMessage[]): Promise<ReadonlySet<string>> {
    const all = new Set(batch.map(({ id }) => id));
    const event = JSON.stringify({ Records: batch.map((message) => record(message, this.#queueArn)) });
    const result = await this.#cloud.functions.invoke(this.#functionName, event).catch(() => undefined);
    if (!result || result.functionError) return all;
    if (!this.#reportsFailures) return new Set();
    const response = JSON.parse(result.payload) as {
      batchItemFailures?: { itemIdentifier?: string }[] | null;
    } | null;
    const failed = (response?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier ?? '');
    // A report that makes no sense fails the whole batch.
    return failed.every((id) => all.has(id)) ? new Set(failed) : all;
  }

  #wants(message: QueuedMessage): boolean {
    if (this.#patterns.length === 0) return true;
    const seen = { ...record(message, this.#queueArn), body: parsed(message.body) };
    return this.#patterns.some((pattern) => matchesPattern(pattern, seen));
  }
}

function record({ id, receipt, body, sentAt, receiveCount }: QueuedMessage, queueArn: string): object {
  return {
    messageId: id,
    receiptHandle: receipt,
    body,
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: String(sentAt),
    },
    messageAttributes: {},
    md5OfBody: createHash('md5').update(body).digest('hex'),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: LOCAL_REGION,
  };
}

/** Patterns look into a body that is JSON. */
function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
