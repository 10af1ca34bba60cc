import { afterEach, describe, expect, test } from '@jest/globals';
import { MovableClock } from '../../clock.ts';
import { RoleAccess } from '../../iam.ts';
import type { FunctionInvoker, RunningCloud } from '../../local-services.ts';
import { CallerAccess } from '../../services/caller-access.ts';
import { MappingSwitch } from '../../services/mapping-switch.ts';
import { QueueMapping } from '../../services/queue-mapping.ts';
import { Queues } from '../../services/sqs.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:Jobs';
const VISIBILITY_MS = 60_000;

interface SqsRecord {
  readonly messageId: string;
  readonly body: string;
  readonly eventSourceARN: string;
  readonly attributes: { readonly ApproximateReceiveCount: string };
}

let power: MappingSwitch | undefined;
afterEach(async () => {
  await power?.close();
  power = undefined;
});

/** A queue with a mapping whose function does what the test says. */
function start(properties: object, handle: (records: readonly SqsRecord[]) => unknown) {
  const stack = handmadeStack({
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: {
        QueueName: 'Jobs',
        VisibilityTimeout: VISIBILITY_MS / 1000,
        RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
      },
    },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'Dead' } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { EventSourceArn: QUEUE, FunctionName: 'worker', ...properties },
    },
  });
  const batches: (readonly string[])[] = [];
  const records: SqsRecord[] = [];
  const functions: FunctionInvoker = {
    names: () => ['worker'],
    invokeAsync: () => undefined,
    invoke: async (_name, payload) => {
      const { Records } = JSON.parse(payload) as { Records: SqsRecord[] };
      batches.push(Records.map(({ body }) => body));
      records.push(...Records);
      try {
        return { requestId: 'r', payload: JSON.stringify((await handle(Records)) ?? null) };
      } catch {
        return { requestId: 'r', payload: '{"errorMessage":"no"}', functionError: 'Unhandled' };
      }
    },
  };
  const clock = new MovableClock();
  const cloud = { stack, clock, functions } as unknown as RunningCloud;
  const queues = new Queues(cloud, new CallerAccess(stack, new RoleAccess(stack)));
  const mapping = new QueueMapping(stack, stack.resource('Mapping'), cloud, queues);
  power = new MappingSwitch((signal) => mapping.run(signal));
  const bodies = (name: string) =>
    queues
      .list()
      .find((queue) => queue.name === name)
      ?.messages.map(({ body }) => body);
  return { queues, clock, batches, records, bodies };
}

const until = async (condition: () => boolean) => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

describe('the mapping of a queue', () => {
  test('hands messages over in batches, and removes them', async () => {
    const { queues, batches, records, bodies } = start({ BatchSize: 2 }, () => undefined);
    for (const body of ['1', '2', '3']) queues.send(QUEUE, body);
    power?.enable();
    await until(() => bodies('Jobs')?.length === 0);
    expect(batches).toEqual([['1', '2'], ['3']]);
    expect(records[0]).toMatchObject({
      eventSourceARN: QUEUE,
      attributes: { ApproximateReceiveCount: '1' },
    });
  });

  test('gathers a batch for as long as its window is open', async () => {
    const { queues, batches } = start({ MaximumBatchingWindowInSeconds: 1 }, () => undefined);
    queues.send(QUEUE, '1');
    power?.enable();
    await new Promise((resolve) => setImmediate(resolve));
    queues.send(QUEUE, '2');
    await until(() => batches.length > 0);
    expect(batches).toEqual([['1', '2']]);
  });

  test('hands over again what failed, after the visibility timeout, until the dead-letter queue gets it', async () => {
    const { queues, clock, batches, bodies } = start({}, () => {
      throw new Error('no');
    });
    queues.send(QUEUE, '1');
    power?.enable();
    await until(() => batches.length === 1);
    expect(bodies('Jobs')).toEqual(['1']);
    await until(() => {
      clock.advance(VISIBILITY_MS);
      return bodies('Dead')?.length === 1;
    });
    expect(batches).toEqual([['1'], ['1']]);
    expect([bodies('Jobs'), bodies('Dead')]).toEqual([[], ['1']]);
  });

  test.each([
    ['the one that failed', (records: readonly SqsRecord[]) => records[1]?.messageId, ['2']],
    ['all when the report makes no sense', () => 'nonsense', ['1', '2']],
  ])('with a report of failures keeps %s', async (_what, failed, left) => {
    let finished = false;
    const { queues, bodies } = start({ FunctionResponseTypes: ['ReportBatchItemFailures'] }, (records) => {
      finished = true;
      return { batchItemFailures: [{ itemIdentifier: failed(records) }] };
    });
    for (const body of ['1', '2']) queues.send(QUEUE, body);
    power?.enable();
    await until(() => finished);
    await power?.close();
    expect(bodies('Jobs')).toEqual(left);
  });

  test('drops what its filter does not want', async () => {
    const FilterCriteria = { Filters: [{ Pattern: '{"body":{"kind":["wanted"]}}' }] };
    const { queues, batches, bodies } = start({ FilterCriteria }, () => undefined);
    for (const body of ['no JSON', '{"kind":"other"}', '{"kind":"wanted"}']) queues.send(QUEUE, body);
    power?.enable();
    await until(() => bodies('Jobs')?.length === 0);
    expect(batches).toEqual([['{"kind":"wanted"}']]);
  });

  test('takes nothing from the queue while it is paused', async () => {
    const { queues, batches, bodies } = start({}, () => undefined);
    power?.enable();
    await until(() => power?.state === 'Enabled');
    power?.disable();
    await until(() => power?.state === 'Disabled');
    queues.send(QUEUE, '1');
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect([batches, bodies('Jobs')]).toEqual([[], ['1']]);
    power?.enable();
    await until(() => batches.length === 1);
  });
});
