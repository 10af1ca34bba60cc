import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { accessKeyOf } from '../../local/iam.ts';
import { FunctionThrottled } from '../../local/lambda-function.ts';
import { handmadeStack } from '../support/handmade-stack.ts';
import { ServicesUnderTest } from '../support/local-services.ts';

const arn = (resource: string) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

const stack = () =>
  handmadeStack({
    Worker: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'worker',
        Role: arn('Role'),
        Timeout: 7,
        ReservedConcurrentExecutions: 2,
        Environment: { Variables: { TABLE: 'Events' } },
      },
    },
    Other: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'other', Role: arn('Role') } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [
          {
            PolicyDocument: {
              Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn('Worker') }],
            },
          },
        ],
      },
    },
  });

let under: ServicesUnderTest;

beforeAll(async () => {
  under = await ServicesUnderTest.start(stack());
});
afterAll(() => under?.stop());
beforeEach(() => {
  under.handler = () => null;
  under.invocations.length = 0;
});

/** Settings of a client of the SDK; by default the administrator's. */
const as = (accessKeyId = 'test') => ({
  endpoint: under.services.awsEndpointUrl,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'test' },
  maxAttempts: 1,
});
/** Settings of a client in the function. */
const asFunction = () => as(accessKeyOf('Role'));

describe('Lambda', () => {
  const WORKER_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:worker';

  test.each(['worker', 'worker:$LATEST', WORKER_ARN, `${WORKER_ARN}:live`, '000000000000:function:worker'])(
    'invokes the function %s and hands its answer back',
    async (FunctionName) => {
      under.handler = ({ event }) => ({ seen: event });
      const answer = await new LambdaClient(asFunction()).send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify({ a: 1 }) }),
      );
      expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ seen: { a: 1 } });
      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
      expect(answer.FunctionError).toBeUndefined();
      expect(under.invocations).toEqual([{ functionName: WORKER_ARN, event: { a: 1 } }]);
    },
  );

  test('says that the function failed, and how', async () => {
    under.handler = () => {
      throw new Error('no');
    };
    const answer = await new LambdaClient(as()).send(new InvokeCommand({ FunctionName: 'worker' }));
    expect(answer.FunctionError).toBe('Unhandled');
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({
      errorType: 'Error',
      errorMessage: 'no',
    });
  });

  test('takes an event without waiting for the function, and tries a call without making it', async () => {
    const client = new LambdaClient(as());
    const event = { FunctionName: 'worker', Payload: '{"b":2}' };
    expect(await client.send(new InvokeCommand({ ...event, InvocationType: 'DryRun' }))).toMatchObject({
      StatusCode: 204,
    });
    expect(under.invocations).toEqual([]);
    expect(await client.send(new InvokeCommand({ ...event, InvocationType: 'Event' }))).toMatchObject({
      StatusCode: 202,
    });
    expect(under.invocations).toEqual([{ functionName: WORKER_ARN, event: { b: 2 } }]);
  });

  test.each([
    ['a role that may not', () => asFunction(), 'other', '{}', 'AccessDeniedException'],
    ['a function that is not there', () => as(), 'nobody', '{}', 'ResourceNotFoundException'],
    ['a payload that is no JSON', () => as(), 'worker', '{', 'InvalidRequestContentException'],
    ['a function at its limit', () => as(), 'worker', '{"throttle":true}', 'TooManyRequestsException'],
  ])('refuses %s', async (_what, settings, FunctionName, Payload, name) => {
    under.handler = () => {
      throw new FunctionThrottled();
    };
    await expect(
      new LambdaClient(settings()).send(new InvokeCommand({ FunctionName, Payload })),
    ).rejects.toMatchObject({ name });
  });

  test("tells a function's settings as the template has them", async () => {
    const client = new LambdaClient(as());
    const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: WORKER_ARN }));
    expect(found).toMatchObject({
      FunctionName: 'worker',
      FunctionArn: WORKER_ARN,
      Timeout: 7,
      MemorySize: 128,
      Environment: { Variables: { TABLE: 'Events' } },
      LoggingConfig: { LogGroup: '/aws/lambda/worker' },
      State: 'Active',
    });
    const concurrency = async (FunctionName: string) =>
      (await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
    expect(await concurrency('worker')).toBe(2);
    expect(await concurrency('other')).toBeUndefined();
  });
});
