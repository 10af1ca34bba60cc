import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../cloud.ts';
import { accessKeyOf, ROLE_CREDENTIALS } from '../../iam.ts';
import { createServices, type Services } from '../../services/create-services.ts';
import { eventually } from '../support/eventually.ts';
import type { TestAssembly } from '../support/gateway-stack.ts';
import { STATES, synthesiseStatesStack } from '../support/states-stack.ts';

const HOUR_MS = 3_600_000;
const MACHINE = `arn:aws:states:us-east-1:000000000000:stateMachine:${STATES.machine}`;
const QUEUE = `arn:aws:sqs:us-east-1:000000000000:${STATES.queue}`;

let assembly: TestAssembly;
let folder: string;
let cloud: Cloud;
let services: Services;

async function start(): Promise<void> {
  cloud = await startCloud({
    assemblyDir: assembly.directory,
    port: 0,
    hosts: {},
    createServices: async (context) => {
      services = await createServices(context, {
        folder,
        redisServer: process.env.REDIS_SERVER ?? 'redis-server',
        ports: { aws: 0, redis: 0 },
      });
      return services;
    },
  });
}

beforeAll(async () => {
  assembly = synthesiseStatesStack();
  folder = mkdtempSync(path.join(tmpdir(), 'local-states-'));
  await start();
}, 120_000);

afterAll(async () => {
  await cloud?.close();
  assembly?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Settings of an SDK client: the administrator's, or those of a function. */
const as = (functionName?: string) => {
  const lambda = cloud.stack
    .resources('AWS::Lambda::Function')
    .find(({ logicalId }) => cloud.stack.functionName(logicalId) === functionName);
  const accessKeyId = lambda ? accessKeyOf(cloud.access.roleOf(lambda.logicalId)) : 'administrator';
  return {
    endpoint: services.awsEndpointUrl,
    region: 'us-east-1',
    credentials: { accessKeyId, ...ROLE_CREDENTIALS },
    maxAttempts: 1,
  };
};

/** Asks until the answer is as it should be. */
async function until<T>(ask: () => Promise<T>, wanted: (answer: T) => boolean): Promise<T> {
  let answer = await ask();
  await eventually(async () => {
    if (!wanted(answer)) answer = await ask();
    return wanted(answer);
  });
  return answer;
}

describe('a state machine', () => {
  const run = async (input: object) => {
    const { executionArn } = await new SFNClient(as('operator')).send(
      new StartExecutionCommand({ stateMachineArn: MACHINE, input: JSON.stringify(input) }),
    );
    return executionArn ?? '';
  };
  const describeExecution = (executionArn: string) =>
    new SFNClient(as()).send(new DescribeExecutionCommand({ executionArn }));
  /** Its end, with hours passing meanwhile. */
  const end = (executionArn: string) =>
    until(
      async () => {
        cloud.clock.advance(HOUR_MS);
        return await describeExecution(executionArn);
      },
      ({ status }) => status !== 'RUNNING',
    );

  test('runs the stack’s functions as its definition says, hours in a moment', async () => {
    const { status, output, startDate, stopDate } = await end(await run({ left: 4 }));
    expect([status, JSON.parse(output ?? '')]).toEqual(['SUCCEEDED', { left: 0 }]);
    expect(Number(stopDate) - Number(startDate)).toBeGreaterThanOrEqual(3 * HOUR_MS);
  });

  test('catches a function’s error by its name', async () => {
    const { status, output } = await end(await run({ fail: 'Broken' }));
    const { failure } = JSON.parse(output ?? '');
    expect([status, failure.Error, JSON.parse(failure.Cause).errorMessage]).toEqual([
      'SUCCEEDED',
      'Broken',
      'told to',
    ]);
  });

  test('is stopped in a wait, and stays so', async () => {
    const sfn = new SFNClient(as());
    const executionArn = await run({ left: 9 });
    await sfn.send(new StopExecutionCommand({ executionArn, cause: 'enough' }));
    cloud.clock.advance(24 * HOUR_MS);
    expect(await describeExecution(executionArn)).toMatchObject({ status: 'ABORTED', cause: 'enough' });
    const stopped = await sfn.send(
      new ListExecutionsCommand({ stateMachineArn: MACHINE, statusFilter: 'ABORTED' }),
    );
    expect(stopped.executions?.map((execution) => execution.executionArn)).toEqual([executionArn]);
  });

  test('is stopped only by who may', async () => {
    const executionArn = await run({ left: 9 });
    const stop = new SFNClient(as('operator')).send(new StopExecutionCommand({ executionArn }));
    await expect(stop).rejects.toThrow(/not authorized to perform: states:StopExecution/);
  });

  test('is started by a rule', async () => {
    const before = await list();
    await new EventBridgeClient(as()).send(
      new PutEventsCommand({
        Entries: [{ EventBusName: STATES.bus, Source: 'test', DetailType: 'Go', Detail: '{}' }],
      }),
    );
    const [started] = await until(list, (all) => all.length > before.length);
    expect(await end(started?.executionArn ?? '')).toMatchObject({
      status: 'SUCCEEDED',
      input: '{"left":1}',
    });
  });

  const list = async () => {
    const sfn = new SFNClient(as());
    const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: MACHINE }));
    return executions;
  };
});

describe('an event source mapping', () => {
  let uuid: string;

  beforeEach(async () => {
    const { EventSourceMappings = [] } = await new LambdaClient(as()).send(
      new ListEventSourceMappingsCommand({ EventSourceArn: QUEUE }),
    );
    uuid = EventSourceMappings[0]?.UUID ?? '';
  });

  const got = (what: string) =>
    cloud.logs.entries({ group: 'worker' }).some(({ message }) => message.includes(`got ${what}`));
  const delivered = (what: string) =>
    until(
      async () => got(what),
      (yes) => yes,
    );
  const turn = async (Enabled: boolean) => {
    const lambda = new LambdaClient(as('operator'));
    const { State } = await lambda.send(new UpdateEventSourceMappingCommand({ UUID: uuid, Enabled }));
    const wanted = Enabled ? 'Enabled' : 'Disabled';
    await until(
      () => lambda.send(new GetEventSourceMappingCommand({ UUID: uuid })),
      (mapping) => mapping.State === wanted,
    );
    return State;
  };
  const put = (pk: string) =>
    new DynamoDBClient(as()).send(new PutItemCommand({ TableName: STATES.table, Item: { pk: { S: pk } } }));

  test('delivers what is in the queue and in the stream', async () => {
    services.queues.send(QUEUE, 'job 1');
    await put('item 1');
    await delivered('job 1');
    await delivered('item 1');
    const [queue] = services.queues.list().filter(({ name }) => name === STATES.queue);
    expect(queue?.messages).toEqual([]);
  });

  test('that is paused delivers nothing, the others do, and nothing is lost, across a restart too', async () => {
    expect(await turn(false)).toBe('Disabling');
    services.queues.send(QUEUE, 'job 2');
    await put('item 2');
    await delivered('item 2');
    expect(got('job 2')).toBe(false);
    expect(await turn(true)).toBe('Enabling');
    await delivered('job 2');

    await turn(false);
    await cloud.close();
    await start();
    const { State } = await new LambdaClient(as()).send(new GetEventSourceMappingCommand({ UUID: uuid }));
    expect(State).toBe('Disabled');
    await turn(true);
  }, 60_000);

  test('is paused only by who may', async () => {
    const lambda = new LambdaClient(as('operator'));
    const { EventSourceMappings = [] } = await new LambdaClient(as()).send(
      new ListEventSourceMappingsCommand({ FunctionName: 'worker' }),
    );
    expect(EventSourceMappings).toHaveLength(2);
    const other = EventSourceMappings.find((mapping) => mapping.UUID !== uuid)?.UUID;
    const pause = lambda.send(new UpdateEventSourceMappingCommand({ UUID: other, Enabled: false }));
    await expect(pause).rejects.toThrow(/not authorized to perform: lambda:UpdateEventSourceMapping/);
    const all = lambda.send(new ListEventSourceMappingsCommand({}));
    await expect(all).rejects.toThrow(/not authorized to perform: lambda:ListEventSourceMappings/);
  });

  test('that nobody knows is not found', async () => {
    const get = new LambdaClient(as()).send(new GetEventSourceMappingCommand({ UUID: 'none' }));
    await expect(get).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });
});
