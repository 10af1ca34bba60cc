import { DefinitionBody } from 'aws-cdk-lib/aws-stepfunctions';

/**
 * The workflow in Amazon States Language: turn, wait, turn. All that is decided is decided by the function; what it
 * hands back is what the next turn gets. A turn that fails is repeated for a good ten minutes; an execution that gives
 * up is replaced by the starter within a minute.
 *
 * Source: https://states-language.net/spec.html
 *
 * @param turnArn the function that takes a turn
 */
export function drainDefinition(turnArn: string): DefinitionBody {
  return DefinitionBody.fromString(
    JSON.stringify({
      Comment: 'Drains jobs for maintenance: turn by turn, as docs/jobs.md says.',
      StartAt: 'Turn',
      States: {
        Turn: {
          Type: 'Task',
          Resource: turnArn,
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
        Wait: { Type: 'Wait', SecondsPath: '$.seconds', Next: 'Turn' },
        Over: { Type: 'Succeed' },
      },
    }),
  );
}
