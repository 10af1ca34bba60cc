import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MovableClock } from '../../clock.ts';
import type { FunctionInvoker, RunningCloud } from '../../local-services.ts';
import { EventSourceMapping, mappingSettings } from '../../services/event-source-mapping.ts';
import { MappingSwitch } from '../../services/mapping-switch.ts';
import { type StreamRecord, sequenceNumber, TableStream } from '../../services/table-stream.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const STREAM_ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/2026';
const QUEUE_ARN = 'arn:aws:sqs:us-east-1:000000000000:dead';

let folder: string;
let mapping: EventSourceMapping | undefined;
let power: MappingSwitch | undefined;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'stream-'));
});
afterEach(async () => {
  await power?.close();
  mapping = undefined;
  power = undefined;
  rmSync(folder, { recursive: true });
});

const record = (
  number: number,
  eventName: StreamRecord['eventName'] = 'INSERT',
  at = Date.now(),
): StreamRecord => ({
  eventID: String(number),
  eventName,
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'us-east-1',
  eventSourceARN: STREAM_ARN,
  dynamodb: {
    ApproximateCreationDateTime: Math.floor(at / 1000),
    Keys: { pk: { S: 'EVENTS#x' } },
    NewImage: { n: { N: String(number) } },
    SequenceNumber: sequenceNumber(number),
    SizeBytes: 1,
    StreamViewType: 'NEW_IMAGE',
  },
});

const openStream = () => new TableStream(path.join(folder, 'stream.ndjson'));
const numberOf = ({ dynamodb }: StreamRecord) => Number((dynamodb.NewImage as { n: { N: string } }).n.N);

/** A mapping whose function does what the test says, and what it was handed. */
function startMapping(
  stream: TableStream,
  properties: object,
  handle: (numbers: number[], records: StreamRecord[]) => unknown,
) {
  const stack = handmadeStack({
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: 'publisher',
        EventSourceArn: STREAM_ARN,
        StartingPosition: 'TRIM_HORIZON',
        ...properties,
      },
    },
  });
  const batches: number[][] = [];
  const dead: Record<string, unknown>[] = [];
  const functions: FunctionInvoker = {
    names: () => ['publisher'],
    invokeAsync: () => undefined,
    invoke: async (_name, payload) => {
      const { Records } = JSON.parse(payload) as { Records: StreamRecord[] };
      const numbers = Records.map(numberOf);
      batches.push(numbers);
      try {
        return { requestId: 'r', payload: JSON.stringify((await handle(numbers, Records)) ?? null) };
      } catch {
        return { requestId: 'r', payload: '{"errorMessage":"no"}', functionError: 'Unhandled' };
      }
    },
  };
  const clock = new MovableClock();
  const cloud = { stack, clock, functions } as unknown as RunningCloud;
  const settings = mappingSettings(stack, stack.resource('Mapping'));
  const file = path.join(folder, 'position');
  const made = new EventSourceMapping(settings, stream, file, cloud, async (_arn, payload) => {
    dead.push(JSON.parse(payload));
  });
  mapping = made;
  power = new MappingSwitch((signal) => made.run(signal));
  power.enable();
  return { batches, dead, clock, mapping };
}

/** Waits until the mapping is done with a number of records. */
async function doneWith(count: number): Promise<void> {
  while ((mapping?.position ?? 0) <= count) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a table stream', () => {
  test('numbers its records without gaps, across a restart too', () => {
    const stream = openStream();
    stream.append(record(stream.nextNumber));
    stream.append(record(stream.nextNumber));
    const again = openStream();
    expect(again.nextNumber).toBe(3);
    expect(again.from(1, 10).map(numberOf)).toEqual([1, 2]);
    expect(again.from(2, 10).map(numberOf)).toEqual([2]);
  });

  test('knows after a crash which write it can not tell the outcome of', () => {
    const stream = openStream();
    const intent = [{ key: { pk: { S: 'a' } }, old: undefined }];
    stream.announce(intent);
    stream.append(record(1));
    expect(openStream().unsettled).toEqual([]);
    stream.announce(intent);
    expect(openStream().unsettled).toEqual([{ key: { pk: { S: 'a' } } }]);
  });

  test('survives a line that a crash cut short', () => {
    openStream().append(record(1));
    appendFileSync(path.join(folder, 'stream.ndjson'), '{"record":{"eve');
    expect(openStream().nextNumber).toBe(2);
  });

  test('forgets what everybody has read, and goes on counting', () => {
    const stream = openStream();
    for (const number of [1, 2, 3]) stream.append(record(number));
    stream.forgetBefore(4);
    expect(stream.nextNumber).toBe(4);
    expect(openStream().nextNumber).toBe(4);
    expect(readFileSync(path.join(folder, 'stream.ndjson'), 'utf8').trim().split('\n')).toHaveLength(1);
  });
});

describe('an event source mapping', () => {
  test('hands over the records that match, in their order, in batches', async () => {
    const stream = openStream();
    for (const number of [1, 2, 3, 4, 5]) stream.append(record(number, number === 3 ? 'MODIFY' : 'INSERT'));
    const filter = { eventName: ['INSERT'], dynamodb: { Keys: { pk: { S: [{ prefix: 'EVENTS#' }] } } } };
    const { batches } = startMapping(
      stream,
      { BatchSize: 2, FilterCriteria: { Filters: [{ Pattern: JSON.stringify(filter) }] } },
      () => undefined,
    );
    await doneWith(5);
    expect(batches).toEqual([[1, 2], [4], [5]]);
  });

  test('tries a failed batch again, later records after it', async () => {
    const stream = openStream();
    let failures = 2;
    const { batches } = startMapping(stream, { BatchSize: 1 }, ([number]) => {
      if (number === 1 && failures-- > 0) throw new Error('no');
    });
    stream.append(record(1));
    stream.append(record(2));
    await doneWith(2);
    expect(batches).toEqual([[1], [1], [1], [2]]);
  });

  test('gives up after its retries, tells the queue where, and goes on', async () => {
    const stream = openStream();
    stream.append(record(1));
    stream.append(record(2));
    const { batches, dead } = startMapping(
      stream,
      { BatchSize: 1, MaximumRetryAttempts: 1, DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } } },
      ([number]) => {
        if (number === 1) throw new Error('no');
      },
    );
    await doneWith(2);
    expect(batches).toEqual([[1], [1], [2]]);
    expect(dead).toMatchObject([
      {
        requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
        DDBStreamBatchInfo: { startSequenceNumber: sequenceNumber(1), batchSize: 1, streamArn: STREAM_ARN },
      },
    ]);
  });

  test('halves a failing batch until the poisonous record stands alone', async () => {
    const stream = openStream();
    for (const number of [1, 2, 3, 4]) stream.append(record(number));
    const done: number[] = [];
    const { dead } = startMapping(
      stream,
      {
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 1,
        DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } },
      },
      (numbers) => {
        if (numbers.includes(3)) throw new Error('no');
        done.push(...numbers);
      },
    );
    await doneWith(4);
    expect(done).toEqual([1, 2, 4]);
    expect(dead).toMatchObject([
      { DDBStreamBatchInfo: { startSequenceNumber: sequenceNumber(3), batchSize: 1 } },
    ]);
  });

  test('goes on from the record that the function says it stopped at', async () => {
    const stream = openStream();
    for (const number of [1, 2, 3]) stream.append(record(number));
    let first = true;
    const { batches } = startMapping(
      stream,
      { FunctionResponseTypes: ['ReportBatchItemFailures'] },
      (_numbers, records) => {
        const failed = first ? [{ itemIdentifier: records[1]?.dynamodb.SequenceNumber }] : [];
        first = false;
        return { batchItemFailures: failed };
      },
    );
    await doneWith(3);
    expect(batches).toEqual([
      [1, 2, 3],
      [2, 3],
    ]);
  });

  test('fails the whole batch for a report that makes no sense', async () => {
    const stream = openStream();
    for (const number of [1, 2]) stream.append(record(number));
    let first = true;
    const { batches } = startMapping(stream, { FunctionResponseTypes: ['ReportBatchItemFailures'] }, () => {
      const failed = first ? [{ itemIdentifier: 'nonsense' }] : [];
      first = false;
      return { batchItemFailures: failed };
    });
    await doneWith(2);
    expect(batches).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  test('leaves out records that have grown too old', async () => {
    const stream = openStream();
    stream.append(record(1, 'INSERT', Date.now() - 120_000));
    stream.append(record(2));
    const { batches, dead } = startMapping(
      stream,
      { MaximumRecordAgeInSeconds: 60, DestinationConfig: { OnFailure: { Destination: QUEUE_ARN } } },
      () => undefined,
    );
    await doneWith(2);
    expect(batches).toEqual([[2]]);
    expect(dead).toMatchObject([{ requestContext: { condition: 'RecordAgeExceeded' } }]);
  });

  test('goes on after a restart where it was, with what came meanwhile', async () => {
    const stream = openStream();
    stream.append(record(1));
    startMapping(stream, {}, () => undefined);
    await doneWith(1);
    await power?.close();
    stream.append(record(2));
    const { batches } = startMapping(openStream(), {}, () => undefined);
    await doneWith(2);
    expect(batches).toEqual([[2]]);
  });

  test('that is paused delivers nothing, and goes on where it was when it is turned on again', async () => {
    const stream = openStream();
    stream.append(record(1));
    const { batches } = startMapping(stream, {}, () => undefined);
    await doneWith(1);
    power?.disable();
    expect(power?.state).toBe('Disabling');
    while (power?.state !== 'Disabled') await new Promise((resolve) => setImmediate(resolve));
    stream.append(record(2));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(batches).toEqual([[1]]);
    power?.enable();
    expect(power?.state).toBe('Enabling');
    await doneWith(2);
    expect(power?.state).toBe('Enabled');
    expect(batches).toEqual([[1], [2]]);
  });

  test('that is paused in the middle of a batch is off once the function has ended, and does not repeat it', async () => {
    const stream = openStream();
    stream.append(record(1));
    let finish: () => void = () => undefined;
    const { batches } = startMapping(
      stream,
      {},
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
    power?.disable();
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(power?.state).toBe('Disabling');
    finish();
    while (power?.state !== 'Disabled') await new Promise((resolve) => setImmediate(resolve));
    expect(mapping?.position).toBe(2);
  });

  test('that is paused while a batch fails tries it again when it is turned on', async () => {
    const stream = openStream();
    stream.append(record(1));
    let broken = true;
    const { batches } = startMapping(stream, {}, () => {
      if (broken) throw new Error('no');
    });
    while (batches.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
    power?.disable();
    while (power?.state !== 'Disabled') await new Promise((resolve) => setImmediate(resolve));
    expect(mapping?.position).toBe(1);
    broken = false;
    power?.enable();
    await doneWith(1);
  });

  test('that begins with the latest skips what is there', async () => {
    const stream = openStream();
    stream.append(record(1));
    const { batches } = startMapping(stream, { StartingPosition: 'LATEST' }, () => undefined);
    stream.append(record(2));
    await doneWith(2);
    expect(batches).toEqual([[2]]);
  });

  test.each([
    ['a source', { EventSourceArn: QUEUE_ARN }, QUEUE_ARN],
    [
      'a pattern',
      { FilterCriteria: { Filters: [{ Pattern: '{"eventName":[{"cidr":"10.0.0.0/8"}]}' }] } },
      'cidr',
    ],
  ])('with %s that it does not know is refused by name', (_what, properties, name) => {
    expect(() => startMapping(openStream(), properties, () => undefined)).toThrow(name);
  });
});
