import {
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { KIND_CLIENT } from '../../../../adapters/drain/client-options.ts';
import { StepFunctionsExecutions } from '../../../../adapters/drain/step-functions-executions.ts';
import type { TerminatedWork } from '../../../../core/drain/work-kind.ts';
import { NOW } from '../../../support/examples.ts';

const MACHINES = ['A', 'B'].map((name) => `arn:aws:states:eu-central-1:111122223333:stateMachine:${name}`);
const aws = mockClient(SFNClient);
const kind = new StepFunctionsExecutions({ client: new SFNClient(KIND_CLIENT), stateMachines: MACHINES });

const execution = (name: string, startDate = new Date(NOW - 1)) => ({
  executionArn: `arn:aws:states:eu-central-1:111122223333:execution:${name}`,
  stateMachineArn: MACHINES[0],
  name,
  status: 'RUNNING' as const,
  startDate,
});

let terminated: TerminatedWork[];
const stop = (deadline: number | null, until = NOW + 1000) =>
  kind.stop({
    before: NOW,
    deadline,
    now: () => NOW,
    until,
    onTerminated: (work) => terminated.push(work),
  });

beforeEach(() => {
  terminated = [];
  aws.reset();
  aws
    .on(ListExecutionsCommand, { stateMachineArn: MACHINES[0], statusFilter: 'RUNNING' })
    .resolves({ executions: [execution('A:1'), execution('A:late', new Date(NOW))], nextToken: 'more' })
    .on(ListExecutionsCommand, { stateMachineArn: MACHINES[0], nextToken: 'more' })
    .resolves({ executions: [execution('A:2')] })
    .on(ListExecutionsCommand, { stateMachineArn: MACHINES[1] })
    .resolves({ executions: [execution('B:1')] });
  aws.on(StopExecutionCommand).resolves({ stopDate: new Date(NOW) });
});

describe('executions of state machines', () => {
  test('are all of those that run and began before, over pages and machines', async () => {
    const look = await kind.look(NOW);
    expect(look).toMatchObject({ asked: 3, others: 0 });
    expect(look.ids.map((id) => id.split('execution:')[1])).toEqual(['A:1', 'A:2', 'B:1']);
  });

  test('are left alone while they have time', async () => {
    expect(await stop(NOW + 30_000)).toMatchObject({ asked: 3, terminated: 0 });
    expect(aws.commandCalls(StopExecutionCommand)).toHaveLength(0);
  });

  test('are stopped once it is over; one that has ended meanwhile and one that resists are told apart', async () => {
    aws
      .on(StopExecutionCommand, { executionArn: execution('A:2').executionArn })
      .rejects(new ExecutionDoesNotExist({ message: 'gone', $metadata: {} }))
      .on(StopExecutionCommand, { executionArn: execution('B:1').executionArn })
      .rejects(new Error('ThrottlingException'));
    const stopped = await stop(null);
    expect(stopped).toMatchObject({ asked: 0, terminated: 1, ended: 1, remaining: 0 });
    expect(stopped.failed.map(({ id }) => id)).toEqual([execution('B:1').executionArn]);
    expect(terminated.map(({ id }) => id)).toEqual([execution('A:1').executionArn]);
  });

  test('are not begun to be stopped when time is up', async () => {
    expect(await stop(null, NOW)).toMatchObject({ terminated: 0, remaining: 3 });
  });

  test('cannot be looked at where listing fails', async () => {
    aws.on(ListExecutionsCommand).rejects(new Error('AccessDenied'));
    await expect(kind.look(NOW)).rejects.toThrow('AccessDenied');
    await expect(stop(null)).rejects.toThrow('AccessDenied');
  });
});
