import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { MovableClock } from '../../clock.ts';
import { Drift } from '../../drift.ts';
import { FaultRegistry } from '../../faults.ts';
import { RoleAccess } from '../../iam.ts';
import { FunctionNotFound, LambdaRuntime } from '../../lambda-runtime.ts';
import { LogStore } from '../../log-store.ts';
import { Stack } from '../../stack.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:dead';

let folder: string;
let runtime: LambdaRuntime;
let delivered: Promise<{ target: string; record: Record<string, unknown> }>;
let logs: LogStore;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'async-'));
  writeFileSync(
    path.join(folder, 'index.js'),
    "let tries = 0; exports.handler = async (event) => { console.log('try'); if (++tries <= event.failures) throw new Error('no'); return process.env; };",
  );
  const stack = new Stack(
    'Test',
    {
      Resources: {
        Role: { Type: 'AWS::IAM::Role' },
        Job: {
          Type: 'AWS::Lambda::Function',
          Metadata: { 'maintenance:function': 'job' },
          Properties: {
            Handler: 'index.handler',
            Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
            Environment: { Variables: { OWN: { Ref: 'AWS::Region' } } },
          },
        },
        Retries: {
          Type: 'AWS::Lambda::EventInvokeConfig',
          Properties: {
            FunctionName: { Ref: 'Job' },
            MaximumRetryAttempts: 1,
            DestinationConfig: { OnFailure: { Destination: QUEUE } },
          },
        },
      },
    },
    () => folder,
  );
  logs = new LogStore();
  const context = {
    stack,
    clock: new MovableClock(),
    faults: new FaultRegistry(),
    logs,
    access: new RoleAccess(stack),
    drift: new Drift(),
  };
  delivered = new Promise((resolve) => {
    runtime = new LambdaRuntime(context, {
      awsEndpointUrl: 'http://127.0.0.1:9',
      deliver: async (target, payload) => {
        resolve({ target, record: JSON.parse(payload) });
        throw new Error('the queue is gone');
      },
    });
  });
});

afterEach(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

const tries = () => logs.entries({ group: 'job' }).filter(({ message }) => message.endsWith('\ttry')).length;

describe('the functions of a stack', () => {
  test('have the environment of the template and of Lambda, and credentials of their role', async () => {
    const { payload } = await runtime.invoke('job', '{"failures":0}');
    expect(JSON.parse(payload)).toMatchObject({
      OWN: 'us-east-1',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
      AWS_ACCESS_KEY_ID: 'LOCALRole',
      AWS_LAMBDA_FUNCTION_NAME: 'job',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/job',
    });
  });

  test.each([
    'job',
    'Job',
    'arn:aws:lambda:us-east-1:000000000000:function:job',
    'arn:aws:lambda:us-east-1:000000000000:function:job:1',
  ])('are found as %s', async (name) => {
    expect((await runtime.invoke(name, '{"failures":0}')).functionError).toBeUndefined();
  });

  test('that are not there are an error of their own', async () => {
    await expect(runtime.invoke('nobody', '{}')).rejects.toThrow(FunctionNotFound);
  });
});

describe('an asynchronous invocation', () => {
  test('is tried again as often as the template says, then recorded at its destination', async () => {
    runtime.invokeAsync('job', '{"failures":9,"id":7}');
    const { target, record } = await delivered;
    expect(target).toBe(QUEUE);
    expect(record).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { failures: 9, id: 7 },
      responsePayload: { errorType: 'Error', errorMessage: 'no' },
    });
    expect(tries()).toBe(2);
  });

  test('whose record cannot be delivered says so in the log', async () => {
    const lost = new Promise<string>((resolve) => {
      logs.onEntry(({ message }) => {
        if (message.includes('lost')) resolve(message);
      });
    });
    runtime.invokeAsync('job', '{"failures":9}');
    expect(await lost).toContain('the queue is gone');
  });

  test('ends with the runtime, not after it', async () => {
    runtime.invokeAsync('job', '{"failures":9}');
    await runtime.close();
    expect(tries()).toBeLessThanOrEqual(1);
  });
});
