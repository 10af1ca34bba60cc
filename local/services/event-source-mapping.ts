import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { InvocationResult, RunningCloud } from '../local-services.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { type EventPattern, filterPatterns, matchesPattern } from './event-pattern.ts';
import { recordNumber, type StreamRecord, type TableStream } from './table-stream.ts';

/** An event source mapping as the template has it, with Lambda's defaults. */
interface MappingSettings {
  readonly functionName: string;
  readonly streamArn: string;
  readonly patterns: readonly EventPattern[];
  readonly batchSize: number;
  readonly windowMs: number;
  /** Infinity: tried until the record is too old. */
  readonly maximumRetries: number;
  readonly maximumAgeMs: number;
  readonly bisect: boolean;
  readonly reportsFailures: boolean;
  readonly fromBeginning: boolean;
  readonly onFailure?: string;
}

/** Waits before a batch is tried again: doubled each time, up to the last. */
const RETRY_MS = { first: 100, last: 2_000 };

/** Reads a mapping out of the template; refuses by name what the local cloud does not do. */
export function mappingSettings(stack: Stack, resource: Resource): MappingSettings {
  const properties = stack.properties(resource);
  const streamArn = String(properties.EventSourceArn);
  if (!streamArn.startsWith('arn:aws:dynamodb:')) {
    throw new Error(
      `${resource.logicalId}: the local cloud maps streams of DynamoDB and queues only, not ${streamArn}.`,
    );
  }
  const destination = properties.DestinationConfig as { OnFailure?: { Destination?: string } } | undefined;
  return {
    functionName: String(properties.FunctionName),
    streamArn,
    patterns: filterPatterns(properties.FilterCriteria),
    batchSize: Number(properties.BatchSize ?? 100),
    windowMs: Number(properties.MaximumBatchingWindowInSeconds ?? 0) * 1000,
    maximumRetries: unlimited(properties.MaximumRetryAttempts),
    maximumAgeMs: unlimited(properties.MaximumRecordAgeInSeconds) * 1000,
    bisect: properties.BisectBatchOnFunctionError === true,
    reportsFailures: ((properties.FunctionResponseTypes ?? []) as string[]).includes(
      'ReportBatchItemFailures',
    ),
    fromBeginning: properties.StartingPosition === 'TRIM_HORIZON',
    ...(destination?.OnFailure?.Destination ? { onFailure: destination.OnFailure.Destination } : {}),
  };
}

/** Both bounds have -1, and no value, for none. */
const unlimited = (value: unknown): number =>
  value === undefined || Number(value) === -1 ? Number.POSITIVE_INFINITY : Number(value);

/**
 * Hands a table's stream to a function, in order. Where it has got to is kept in a file after each batch, so that a
 * record is delivered at least once, also across restarts.
 * Source: "Using AWS Lambda with Amazon DynamoDB" of the Lambda developer guide.
 */
export class EventSourceMapping {
  readonly #settings: MappingSettings;
  readonly #stream: TableStream;
  readonly #file: string;
  readonly #cloud: RunningCloud;
  readonly #deliver: (targetArn: string, payload: string) => Promise<void>;
  #position: number;
  #stopping: AbortSignal = AbortSignal.abort();
  #wake: () => void = () => undefined;

  /** @param file where the position is kept */
  constructor(
    settings: MappingSettings,
    stream: TableStream,
    file: string,
    cloud: RunningCloud,
    deliver: (targetArn: string, payload: string) => Promise<void>,
  ) {
    this.#settings = settings;
    this.#stream = stream;
    this.#file = file;
    this.#cloud = cloud;
    this.#deliver = deliver;
    this.#position = existsSync(file)
      ? Number(readFileSync(file, 'utf8'))
      : settings.fromBeginning
        ? 1
        : stream.nextNumber;
    this.#moveTo(this.#position);
  }

  /** Number of the first record that is not done with. */
  get position(): number {
    return this.#position;
  }

  /** Delivers until the signal is aborted; a batch that is not done with then is delivered again. */
  async run(signal: AbortSignal): Promise<void> {
    this.#stopping = signal;
    const unsubscribe = this.#stream.onRecord(() => this.#wake());
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      await this.#deliverAll();
    } finally {
      unsubscribe();
      signal.removeEventListener('abort', wake);
    }
  }

  async #deliverAll(): Promise<void> {
    while (!this.#stopping.aborted) {
      if (this.#position >= this.#stream.nextNumber) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
          if (this.#stopping.aborted || this.#position < this.#stream.nextNumber) resolve();
        });
        await this.#wait(this.#settings.windowMs);
        continue;
      }
      const batch = this.#stream.from(this.#position, this.#settings.batchSize);
      const done = await this.#process(batch.filter((record) => this.#wanted(record)));
      const last = batch.at(-1);
      if (last && done) this.#moveTo(recordNumber(last) + 1);
    }
  }

  /** Handed over until it succeeds, is split, or is given up; false when it was left because of a stop. */
  async #process(batch: readonly StreamRecord[]): Promise<boolean> {
    let rest = batch;
    let retries = 0;
    while (rest.length > 0) {
      if (this.#stopping.aborted) return false;
      const { maximumRetries, bisect } = this.#settings;
      const young = rest.filter((record) => !this.#isTooOld(record));
      if (young.length < rest.length) {
        await this.#giveUp(
          rest.slice(0, rest.length - young.length),
          'RecordAgeExceeded',
          retries,
          undefined,
        );
        rest = young;
        continue;
      }
      const outcome = await this.#invoke(rest);
      if (!outcome) continue;
      const { failedFrom, result } = outcome;
      if (failedFrom === undefined) return true;
      rest = rest.slice(failedFrom);
      if (retries >= maximumRetries) {
        await this.#giveUp(rest, 'RetryAttemptsExhausted', retries + 1, result);
        return true;
      }
      if (bisect && rest.length > 1 && failedFrom === 0) {
        // Splitting is no retry: each half gets the attempts that the whole would have had.
        const middle = Math.ceil(rest.length / 2);
        if (!(await this.#process(rest.slice(0, middle)))) return false;
        rest = rest.slice(middle);
        continue;
      }
      retries = failedFrom > 0 ? 0 : retries + 1;
      await this.#wait(Math.min(RETRY_MS.last, RETRY_MS.first * 2 ** (retries - 1)));
    }
    return true;
  }

  /** Index of the first record to be tried again; undefined when all are done; no outcome when throttled. */
  async #invoke(
    batch: readonly StreamRecord[],
  ): Promise<{ failedFrom: number | undefined; result: InvocationResult } | undefined> {
    let result: InvocationResult;
    try {
      result = await this.#cloud.functions.invoke(
        this.#settings.functionName,
        JSON.stringify({ Records: batch }),
      );
    } catch {
      await this.#wait(RETRY_MS.first);
      return undefined;
    }
    if (result.functionError) return { failedFrom: 0, result };
    if (!this.#settings.reportsFailures) return { failedFrom: undefined, result };
    return { failedFrom: firstFailure(batch, result.payload), result };
  }

  async #giveUp(
    batch: readonly StreamRecord[],
    condition: string,
    invokeCount: number,
    result: InvocationResult | undefined,
  ): Promise<void> {
    const { onFailure, functionName, streamArn } = this.#settings;
    const [first, last] = [batch[0], batch.at(-1)];
    if (onFailure === undefined || !first || !last) return;
    const arrival = (record: StreamRecord) =>
      new Date(record.dynamodb.ApproximateCreationDateTime * 1000).toISOString();
    await this.#deliver(
      onFailure,
      JSON.stringify({
        requestContext: {
          requestId: result?.requestId ?? '',
          functionArn: functionName,
          condition,
          approximateInvokeCount: invokeCount,
        },
        responseContext: {
          statusCode: 200,
          executedVersion: '$LATEST',
          functionError: result?.functionError ?? '',
        },
        version: '1.0',
        timestamp: new Date(this.#cloud.clock.now()).toISOString(),
        DDBStreamBatchInfo: {
          shardId: 'shardId-00000000000000000000-00000000',
          startSequenceNumber: first.dynamodb.SequenceNumber,
          endSequenceNumber: last.dynamodb.SequenceNumber,
          approximateArrivalOfFirstRecord: arrival(first),
          approximateArrivalOfLastRecord: arrival(last),
          batchSize: batch.length,
          streamArn,
        },
      }),
    );
  }

  #wanted(record: StreamRecord): boolean {
    const { patterns } = this.#settings;
    return patterns.length === 0 || patterns.some((pattern) => matchesPattern(pattern, record));
  }

  #isTooOld(record: StreamRecord): boolean {
    const age = this.#cloud.clock.now() - record.dynamodb.ApproximateCreationDateTime * 1000;
    return age > this.#settings.maximumAgeMs;
  }

  #moveTo(position: number): void {
    this.#position = position;
    writeFileSync(this.#file, String(position));
  }

  async #wait(milliseconds: number): Promise<void> {
    if (milliseconds <= 0) return;
    await delay(milliseconds, undefined, { signal: this.#stopping }).catch(() => undefined);
  }
}

/**
 * Where a partial batch response says that the function stopped. A response that makes no sense fails the whole batch.
 * Source: "Configuring partial batch response with DynamoDB and Lambda" of the Lambda developer guide.
 */
function firstFailure(batch: readonly StreamRecord[], payload: string): number | undefined {
  const response = JSON.parse(payload) as {
    batchItemFailures?: { itemIdentifier?: unknown }[] | null;
  } | null;
  const failures = response?.batchItemFailures ?? [];
  if (failures.length === 0) return undefined;
  const numbers = failures.map(({ itemIdentifier }) =>
    batch.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === itemIdentifier),
  );
  return Math.max(0, Math.min(...numbers));
}
