import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { EVENT_TYPES, isReceipt } from '../../core/events/event-types.ts';
import { functionOf, onlyId, resourcesOf, statementsOf, synthesise } from './synthesise.ts';

const template = synthesise();
const MACHINE = 'arn:aws:states:eu-central-1:111122223333:stateMachine:Nightly';
const MAPPING = '0b1c2d3e-0000-4000-8000-000000000001';

function definition(): { StartAt: string; States: Record<string, Record<string, unknown>> } {
  const type = 'AWS::StepFunctions::StateMachine';
  const machine = resourcesOf(template, type)[onlyId(template, type)];
  const parts = (machine?.Properties.DefinitionString as { 'Fn::Join': [string, unknown[]] } | undefined)?.[
    'Fn::Join'
  ][1];
  if (parts === undefined) throw new Error('The machine has no definition.');
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'arn:step')).join(''));
}

const actionsOf = (options: Parameters<typeof synthesise>[0], service: string) =>
  statementsOf(synthesise(options), 'drain').filter(({ Action }) =>
    [Action].flat().some((action) => action.startsWith(`${service}:`)),
  );

describe('the workflow', () => {
  test('takes steps, waits as long as a step says, and ends when one says so', () => {
    const { StartAt, States } = definition();
    expect(StartAt).toBe('Step');
    expect(States).toMatchObject({
      Step: { Type: 'Task', Resource: 'arn:step', Next: 'IsOver', Retry: [{ ErrorEquals: ['States.ALL'] }] },
      IsOver: { Choices: [{ Variable: '$.next', StringEquals: 'wait', Next: 'Wait' }], Default: 'Over' },
      Wait: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Step' },
      Over: { Type: 'Succeed' },
    });
  });
});

describe('the starter', () => {
  const [starter] = functionOf(template, 'starter');
  const target = Match.objectLike({ Arn: { 'Fn::GetAtt': [starter, 'Arn'] } });

  test('is invoked by every event but receipts, and every minute', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: Match.objectLike({
        detail: { type: [{ 'anything-but': EVENT_TYPES.filter(isReceipt) }] },
      }),
      Targets: [target],
    });
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [target],
    });
  });

  test('may start and list executions of the drain, and nothing else of Step Functions', () => {
    const states = statementsOf(template, 'starter').filter(({ Action }) => `${Action}`.includes('states:'));
    const machine = { Ref: onlyId(template, 'AWS::StepFunctions::StateMachine') };
    expect(states.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      [['states:ListExecutions', 'states:StartExecution'], machine],
    ]);
  });
});

describe('what the drain may do with other work', () => {
  test('is nothing where none is chosen', () => {
    expect(actionsOf({}, 'states')).toEqual([]);
    expect(actionsOf({}, 'lambda')).toEqual([]);
  });

  test('is to list and stop executions of the machines that are', () => {
    const found = actionsOf({ workloads: { stateMachines: [MACHINE] } }, 'states');
    expect(found.map(({ Action, Resource }) => [Action, Resource])).toEqual([
      ['states:ListExecutions', MACHINE],
      ['states:StopExecution', 'arn:aws:states:eu-central-1:111122223333:execution:Nightly:*'],
    ]);
  });

  test('is to read and change the mappings that are', () => {
    const found = actionsOf({ workloads: { eventSourceMappings: [MAPPING] } }, 'lambda');
    expect(found).toHaveLength(1);
    expect(found[0]?.Action).toEqual(['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping']);
    expect(JSON.stringify(found[0]?.Resource)).toContain(`:event-source-mapping:${MAPPING}`);
  });
});
