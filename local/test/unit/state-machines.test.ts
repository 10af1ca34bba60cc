import { afterEach, describe, expect, test } from '@jest/globals';
import { MovableClock } from '../../clock.ts';
import { Drift } from '../../drift.ts';
import { FaultRegistry } from '../../faults.ts';
import { accessKeyOf, RoleAccess } from '../../iam.ts';
import type { FunctionInvoker, RunningCloud } from '../../local-services.ts';
import { LogStore } from '../../log-store.ts';
import type { AwsCall } from '../../services/aws-call.ts';
import { CallerAccess } from '../../services/caller-access.ts';
import { StateMachines } from '../../services/states/state-machines.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const FUNCTION = 'arn:aws:lambda:us-east-1:000000000000:function:step';
const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:Loop';
const DAY_MS = 24 * 60 * 60 * 1000;

type States = Record<string, object>;

let machines: StateMachines | undefined;
let clock: MovableClock;
let faults: FaultRegistry;
/** What the function was handed, in order. */
let inputs: unknown[];
/** What was told of executions, in order. */
let observations: string[];

afterEach(async () => {
  await machines?.close();
  machines = undefined;
});

const role = (actions: string[], resource = '*') => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }] } }],
  },
});

/** A service with one machine of these states, whose function does what the test says. */
async function start(
  states: States,
  handle: (input: never, times: number) => unknown = () => null,
  more: { machine?: object; definition?: object; mayInvoke?: string } = {},
): Promise<StateMachines> {
  const [StartAt] = Object.keys(states);
  const stack = handmadeStack({
    Loop: {
      Type: 'AWS::StepFunctions::StateMachine',
      Properties: {
        StateMachineName: 'Loop',
        RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
        DefinitionString: JSON.stringify({ StartAt, States: states, ...more.definition }),
        ...more.machine,
      },
    },
    Role: role(['lambda:InvokeFunction'], more.mayInvoke),
    Starter: role(['states:StartExecution'], MACHINE),
  });
  clock = new MovableClock();
  faults = new FaultRegistry();
  inputs = [];
  const invoke: FunctionInvoker['invoke'] = async (_name, payload) => {
    inputs.push(JSON.parse(payload));
    try {
      const result = await handle(JSON.parse(payload) as never, inputs.length);
      return { requestId: 'r', payload: JSON.stringify(result ?? null) };
    } catch (error) {
      const { name, message } = error as Error;
      const failure = JSON.stringify({ errorType: name, errorMessage: message });
      return { requestId: 'r', payload: failure, functionError: 'Unhandled' };
    }
  };
  const functions: FunctionInvoker = {
    names: () => ['step'],
    invoke,
    invokeAsync: (name, payload) => void invoke(name, payload),
  };
  const access = new RoleAccess(stack);
  const context = { stack, clock, faults, logs: new LogStore(), access, drift: new Drift() };
  observations = [];
  machines = new StateMachines(context, new CallerAccess(stack, access), (observation) => {
    if (observation.kind === 'execution') observations.push(observation.outcome);
  });
  const cloud: RunningCloud = { ...context, functions, url: 'http://localhost' };
  await machines.start(cloud);
  return machines;
}

const task = (more: object = {}) => ({ Type: 'Task', Resource: FUNCTION, ...more });

/** Runs an execution to its end. */
async function run(input: unknown = {}) {
  const execution = machines?.begin(MACHINE, JSON.stringify(input));
  await execution?.ended;
  const { status, output, error, cause } = execution?.ending ?? {};
  return { status, ...(output ? { output: JSON.parse(output) } : {}), ...(error ? { error, cause } : {}) };
}

/** Calls the API; what it answers, or the code of its error. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
async function call(operation: string, input: object, accessKeyId = ''): Promise<any> {
  const request: AwsCall = {
    operation,
    accessKeyId,
    method: 'POST',
    url: '/',
    headers: {},
    body: Buffer.from(JSON.stringify(input)),
  };
  try {
    return JSON.parse(String((await machines?.call(request))?.body));
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

/** Waits until the function has been invoked so often; `meanwhile` is done at each look. */
async function untilInvoked(times: number, meanwhile: () => void = () => undefined): Promise<void> {
  while (inputs.length < times) {
    meanwhile();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Lets everything happen that can happen without the time going on. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe('a task state', () => {
  test('hands its input to the function and goes on with the result', async () => {
    await start({ A: task({ Next: 'B' }), B: task({ End: true }) }, ({ n }: { n: number }) => ({ n: n + 1 }));
    expect(await run({ n: 1 })).toEqual({ status: 'SUCCEEDED', output: { n: 3 } });
    expect(inputs).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('by lambda:invoke gets the payload of its parameters and answers as that integration does', async () => {
    const invoke = {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: FUNCTION, 'Payload.$': '$.asked' },
      End: true,
    };
    await start({ A: invoke }, () => 'done');
    const output = { ExecutedVersion: '$LATEST', StatusCode: 200, Payload: 'done' };
    expect(await run({ asked: [1, 2] })).toEqual({ status: 'SUCCEEDED', output });
    expect(inputs).toEqual([[1, 2]]);
  });

  test('may take longer than the minute that the interpreter would give it', async () => {
    let finish: () => void = () => undefined;
    await start(
      { A: task({ End: true }) },
      () =>
        new Promise<void>((resolve) => {
          finish = resolve;
        }),
    );
    const ending = run();
    await untilInvoked(1);
    clock.advance(DAY_MS);
    finish();
    expect(await ending).toMatchObject({ status: 'SUCCEEDED' });
  });

  test('is retried by the name of the function’s error, and gives up with it', async () => {
    const Retry = [{ ErrorEquals: ['TypeError'], IntervalSeconds: 1, MaxAttempts: 1, MaxDelaySeconds: 1 }];
    await start({ A: task({ Retry, End: true }) }, (_input, times) => {
      throw times < 2 ? new TypeError('first') : new RangeError('second');
    });
    expect(await run()).toEqual({
      status: 'FAILED',
      error: 'RangeError',
      cause: '{"errorType":"RangeError","errorMessage":"second"}',
    });
    expect(inputs).toHaveLength(2);
  });

  test('is caught by the name of the function’s error, with input and error side by side', async () => {
    const Catch = [{ ErrorEquals: ['RangeError'], ResultPath: '$.failure', Next: 'B' }];
    await start({ A: task({ Catch, End: true }), B: { Type: 'Succeed' } }, () => {
      throw new RangeError('no');
    });
    const failure = { Error: 'RangeError', Cause: '{"errorType":"RangeError","errorMessage":"no"}' };
    expect(await run({ kept: 1 })).toEqual({ status: 'SUCCEEDED', output: { kept: 1, failure } });
  });

  test('fails when the machine’s role may not invoke the function', async () => {
    await start({ A: task({ End: true }) }, undefined, { mayInvoke: `${FUNCTION}-of-others` });
    expect(await run()).toMatchObject({ status: 'FAILED', error: 'Lambda.AWSLambdaException' });
    expect(inputs).toEqual([]);
  });

  test('fails when its result is larger than a state may have', async () => {
    await start({ A: task({ End: true }) }, () => 'x'.repeat(256 * 1024));
    expect(await run()).toMatchObject({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });
});

describe('the flow between states', () => {
  test('a loop of task, wait and choice goes round until the choice ends it', async () => {
    await start(
      {
        Ask: task({ Next: 'Done?' }),
        'Done?': {
          Type: 'Choice',
          Choices: [{ Variable: '$.left', NumericEquals: 0, Next: 'End' }],
          Default: 'Wait',
        },
        Wait: { Type: 'Wait', Seconds: 3600, Next: 'Ask' },
        End: { Type: 'Succeed' },
      },
      (_input, times) => ({ left: 3 - times }),
    );
    const ending = run();
    await untilInvoked(3, () => clock.advance(3_600_000));
    expect(await ending).toEqual({ status: 'SUCCEEDED', output: { left: 0 } });
  });

  test.each([
    ['seconds', { Seconds: 60 }, {}],
    ['seconds of the input', { SecondsPath: '$.after' }, { after: 60 }],
    ['an instant', { Timestamp: '2100-01-01T00:00:00Z' }, {}],
    ['an instant of the input', { TimestampPath: '$.at' }, { at: '2100-01-01T00:00:00Z' }],
  ])('a wait for %s ends when the clock has got there, with its input', async (_what, wait, input) => {
    await start({ A: { Type: 'Wait', ...wait, End: true } });
    const execution = machines?.begin(MACHINE, JSON.stringify(input));
    await settle();
    clock.advance(59_000);
    await settle();
    expect(execution?.status).toBe('RUNNING');
    clock.advance(100 * 366 * DAY_MS);
    await execution?.ended;
    expect(execution?.ending).toMatchObject({ status: 'SUCCEEDED', output: JSON.stringify(input) });
  });

  test('a wait ends by itself too', async () => {
    await start({ A: { Type: 'Wait', Seconds: 1, End: true } });
    expect(await run()).toMatchObject({ status: 'SUCCEEDED' });
  });

  test.each([
    ['is there', { here: 1 }, 'yes'],
    ['is not there', {}, 'no'],
  ])('a choice by absence tells when something %s', async (_what, input, output) => {
    await start({
      A: {
        Type: 'Choice',
        Choices: [{ Variable: '$.here', IsPresent: false, Next: 'No' }],
        Default: 'Yes',
      },
      Yes: { Type: 'Pass', Result: 'yes', End: true },
      No: { Type: 'Pass', Result: 'no', End: true },
    });
    expect(await run(input)).toEqual({ status: 'SUCCEEDED', output });
  });

  test('branches and items run side by side, each with waits and tasks of its own', async () => {
    await start(
      {
        Both: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'One', States: { One: task({ End: true }) } },
            { StartAt: 'Rest', States: { Rest: { Type: 'Wait', Seconds: 0, End: true } } },
          ],
          ResultPath: '$.both',
          Next: 'Each',
        },
        Each: {
          Type: 'Map',
          ItemsPath: '$.items',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'INLINE' },
            StartAt: 'Item',
            States: { Item: task({ End: true }) },
          },
          End: true,
        },
      },
      (input) => (typeof input === 'number' ? input * 2 : 'one'),
    );
    expect(await run({ items: [1, 2] })).toEqual({ status: 'SUCCEEDED', output: [2, 4] });
  });

  test('a failure state gives its error and cause', async () => {
    await start({ A: { Type: 'Fail', Error: 'Broken', Cause: 'on purpose' } });
    expect(await run()).toEqual({ status: 'FAILED', error: 'Broken', cause: 'on purpose' });
    expect(observations).toEqual(['started', 'failed']);
  });

  test('the context tells of the execution and the machine', async () => {
    await start({
      A: {
        Type: 'Pass',
        Parameters: {
          'name.$': '$$.Execution.Name',
          'input.$': '$$.Execution.Input.a',
          'at.$': '$$.Execution.StartTime',
          'machine.$': '$$.StateMachine.Id',
        },
        End: true,
      },
    });
    clock.advance(DAY_MS);
    const at = Date.now() + DAY_MS;
    const execution = machines?.begin(MACHINE, '{"a":1}', 'one');
    await execution?.ended;
    const output = JSON.parse(execution?.ending?.output ?? '');
    expect(output).toMatchObject({ name: 'one', input: 1, machine: MACHINE });
    expect(Math.abs(Date.parse(output.at) - at)).toBeLessThan(10_000);
  });

  test('the time limit of the whole goes by the clock', async () => {
    await start({ A: { Type: 'Wait', Seconds: 7200, End: true } }, undefined, {
      definition: { TimeoutSeconds: 3600 },
    });
    const execution = machines?.begin(MACHINE, '{}');
    clock.advance(3_600_000);
    await execution?.ended;
    expect(execution?.ending).toMatchObject({ status: 'TIMED_OUT', error: 'States.Timeout' });
  });
});

describe('an execution’s name', () => {
  const waiting = { A: { Type: 'Wait', Seconds: 3600, End: true } };

  test('with the same input stands for the one that runs', async () => {
    await start(waiting);
    const first = await call('StartExecution', { stateMachineArn: MACHINE, name: 'n', input: '{"a":1}' });
    expect(first.executionArn).toBe('arn:aws:states:us-east-1:000000000000:execution:Loop:n');
    const again = await call('StartExecution', { stateMachineArn: MACHINE, name: 'n', input: '{"a":1}' });
    expect(again).toEqual(first);
    expect((await call('ListExecutions', { stateMachineArn: MACHINE })).executions).toHaveLength(1);
  });

  test('is taken for other input, and for any once it has ended', async () => {
    await start(waiting);
    const { executionArn } = await call('StartExecution', { stateMachineArn: MACHINE, name: 'n' });
    const other = { stateMachineArn: MACHINE, name: 'n', input: '{"a":2}' };
    expect(await call('StartExecution', other)).toBe('ExecutionAlreadyExists');
    await call('StopExecution', { executionArn });
    expect(await call('StartExecution', { stateMachineArn: MACHINE, name: 'n' })).toBe(
      'ExecutionAlreadyExists',
    );
  });

  test('is free again after ninety days', async () => {
    await start(waiting);
    const { executionArn } = await call('StartExecution', { stateMachineArn: MACHINE, name: 'n' });
    await call('StopExecution', { executionArn });
    clock.advance(90 * DAY_MS);
    expect(await call('DescribeExecution', { executionArn })).toBe('ExecutionDoesNotExist');
    expect(await call('StartExecution', { stateMachineArn: MACHINE, name: 'n' })).toMatchObject({
      executionArn,
    });
  });

  test.each(['', 'a b', 'a/b', 'x'.repeat(81)])('%j is refused', async (name) => {
    await start(waiting);
    expect(await call('StartExecution', { stateMachineArn: MACHINE, name })).toBe('InvalidName');
  });
});

describe('the API', () => {
  const waiting = { A: { Type: 'Wait', Seconds: 3600, Next: 'B' }, B: task({ End: true }) };

  test('a stopped execution has stopped: nothing of it runs any more', async () => {
    await start(waiting);
    const { executionArn } = await call('StartExecution', { stateMachineArn: MACHINE });
    await settle();
    const { stopDate } = await call('StopExecution', { executionArn, error: 'Ended', cause: 'by me' });
    clock.advance(DAY_MS);
    await settle();
    expect(inputs).toEqual([]);
    const described = { status: 'ABORTED', error: 'Ended', cause: 'by me', stopDate };
    expect(await call('DescribeExecution', { executionArn })).toMatchObject(described);
    expect(await call('StopExecution', { executionArn })).toEqual({ stopDate });
  });

  test('a stop ends a task’s retries, however many there may be', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 60, MaxAttempts: 99_999_999 }];
    await start({ A: task({ Retry, End: true }) }, () => {
      throw new Error('again');
    });
    const execution = machines?.begin(MACHINE, '{}');
    await untilInvoked(1);
    execution?.stop();
    await execution?.ended;
    await settle();
    expect(inputs).toHaveLength(1);
  });

  test('describes what runs and what has ended', async () => {
    await start({ A: task({ End: true }) }, () => 7);
    const execution = machines?.begin(MACHINE, '{"a":1}', 'n');
    const executionArn = execution?.settings.arn;
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({
      name: 'n',
      stateMachineArn: MACHINE,
      status: 'RUNNING',
      input: '{"a":1}',
    });
    await execution?.ended;
    expect(await call('DescribeExecution', { executionArn })).toMatchObject({
      status: 'SUCCEEDED',
      output: '7',
    });
  });

  test('lists by status, the newest first, page by page', async () => {
    await start(waiting);
    for (const name of ['1', '2', '3', '4']) machines?.begin(MACHINE, '{}', name);
    await call('StopExecution', { executionArn: MACHINE.replace('stateMachine', 'execution').concat(':2') });
    const list = async (more: object) => {
      const { executions, nextToken } = await call('ListExecutions', { stateMachineArn: MACHINE, ...more });
      return [executions.map(({ name }: { name: string }) => name).join(''), nextToken];
    };
    expect(await list({})).toEqual(['4321', undefined]);
    expect(await list({ statusFilter: 'ABORTED' })).toEqual(['2', undefined]);
    const [first, nextToken] = await list({ statusFilter: 'RUNNING', maxResults: 2 });
    expect(first).toBe('43');
    machines?.begin(MACHINE, '{}', '5');
    expect(await list({ statusFilter: 'RUNNING', maxResults: 2, nextToken })).toEqual(['1', undefined]);
    expect(await call('ListExecutions', { stateMachineArn: MACHINE, nextToken: 'x' })).toBe('InvalidToken');
  });

  test('describes the machine with the definition that the template has', async () => {
    await start(waiting);
    const described = await call('DescribeStateMachine', { stateMachineArn: MACHINE });
    expect(described).toMatchObject({ name: 'Loop', type: 'STANDARD', status: 'ACTIVE' });
    expect(JSON.parse(described.definition).States).toEqual(waiting);
  });

  test('a role does what its policies say, and no more', async () => {
    await start(waiting);
    const key = accessKeyOf('Starter');
    const { executionArn } = await call('StartExecution', { stateMachineArn: MACHINE }, key);
    expect(executionArn).toMatch(/:execution:Loop:/);
    for (const operation of ['DescribeExecution', 'StopExecution']) {
      expect([operation, await call(operation, { executionArn }, key)]).toEqual([
        operation,
        'AccessDeniedException',
      ]);
    }
    for (const operation of ['ListExecutions', 'DescribeStateMachine']) {
      expect([operation, await call(operation, { stateMachineArn: MACHINE }, key)]).toEqual([
        operation,
        'AccessDeniedException',
      ]);
    }
  });

  test.each<[string, string, object, string]>([
    ['StartExecution', 'an unknown machine', { stateMachineArn: `${MACHINE}x` }, 'StateMachineDoesNotExist'],
    [
      'StartExecution',
      'input that is no JSON',
      { stateMachineArn: MACHINE, input: '{' },
      'InvalidExecutionInput',
    ],
    [
      'StartExecution',
      'input that is too large',
      { stateMachineArn: MACHINE, input: JSON.stringify('x'.repeat(262_144)) },
      'InvalidExecutionInput',
    ],
    ['DescribeExecution', 'an unknown one', { executionArn: 'arn:none' }, 'ExecutionDoesNotExist'],
    ['StopExecution', 'an unknown one', { executionArn: 'arn:none' }, 'ExecutionDoesNotExist'],
    ['StartSyncExecution', 'a known machine', { stateMachineArn: MACHINE }, 'UnknownOperationException'],
  ])('%s with %s is refused', async (operation, _what, input, code) => {
    await start(waiting);
    expect(await call(operation, input)).toBe(code);
  });

  test('fails as its fault says', async () => {
    await start(waiting);
    faults.set({ service: 'states', fault: 'errors' });
    expect(await call('ListExecutions', { stateMachineArn: MACHINE })).toBe('InternalServerError');
  });
});

describe('a machine that would mean something else here is refused at start, by name', () => {
  const pass = { A: { Type: 'Pass', End: true } };

  test.each<[string, States, object, RegExp]>([
    ['an express machine', pass, { machine: { StateMachineType: 'EXPRESS' } }, /EXPRESS/],
    ['a role of elsewhere', pass, { machine: { RoleArn: 'arn:aws:iam::1:role/x' } }, /role\/x/],
    ['a definition that is none', { A: { Type: 'Pass', Next: 'B' } }, {}, /Loop/],
    [
      'another service',
      { A: { ...task({ End: true }), Resource: 'arn:aws:states:::sqs:sendMessage' } },
      {},
      /sqs:sendMessage/,
    ],
    [
      'a callback',
      { A: { ...task({ End: true }), Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken' } },
      {},
      /waitForTaskToken/,
    ],
    ['heartbeats', { A: task({ HeartbeatSeconds: 5, End: true }) }, {}, /HeartbeatSeconds/],
    ['JSONata', { A: { Type: 'Pass', QueryLanguage: 'JSONata', End: true } }, {}, /JSONata/],
    [
      'context of a state',
      { A: { Type: 'Pass', Parameters: { 'x.$': '$$.State.Name' }, End: true } },
      {},
      /\$\$\.State/,
    ],
    [
      'distributed items',
      {
        A: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'B',
            States: { B: { Type: 'Pass', End: true } },
          },
          End: true,
        },
      },
      {},
      /DISTRIBUTED/,
    ],
  ])('%s', async (_what, states, more, reason) => {
    await expect(start(states, undefined, more)).rejects.toThrow(reason);
  });
});
