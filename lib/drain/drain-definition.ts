import { DefinitionBody } from 'aws-cdk-lib/aws-stepfunctions';

/**
 * The workflow in Amazon States Language: step, wait, step. All that is decided is decided by the function; what it
 * hands back is what the next step gets. A step that fails is repeated for a good ten minutes; an execution that gives
 * up is replaced by the starter within a minute.
 *
 * Source: https://states-language.net/spec.html
 *
 * @param stepArn the function that takes a step
 */
export function drainDefinition(stepArn: string): DefinitionBody {
  return DefinitionBody.fromString(
    JSON.stringify({
      Comment: 'Drains jobs for maintenance: step by step, as docs/jobs.md says.',
      StartAt: 'Step',
      States: {
        Step: {
          Type: 'Task',
          Resource: stepArn,
          TimeoutSeconds: 150,
          Retry: [
            {
              ErrorEquals: ['States.ALL'],
              IntervalSeconds: 1,
              BackoffRate: 2,
              MaxDelaySeconds: 60,
              MaxAttempts: 15,
              JitterStrategy: 'FULL',
            },
          ],
          Next: 'IsOver',
        },
        IsOver: {
          Type: 'Choice',
          Choices: [{ Variable: '$.next', StringEquals: 'wait', Next: 'Wait' }],
          Default: 'Over',
        },
        Wait: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Step' },
        Over: { Type: 'Succeed' },
      },
    }),
  );
}
