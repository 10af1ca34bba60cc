import { ArnFormat, Stack, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Workloads } from '../../core/drain/workloads.ts';
import { ENV } from '../../core/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';

const NAMES_UNKNOWN = 'The executions of a state machine that was chosen: their names are not known before.';

/** Tells a function of the work beside the registry of jobs, and lets it do with that what each kind needs. */
export function bindWorkloads(user: MaintenanceFunction, workloads: Workloads): void {
  const { stateMachines, eventSourceMappings } = workloads;
  user.addEnvironment(ENV.workloads, JSON.stringify(workloads));
  if (stateMachines.length > 0) {
    allow(user, ['states:ListExecutions'], stateMachines);
    const executions = stateMachines.map((arn) => executionsOf(user, arn));
    allow(user, ['states:StopExecution'], executions);
    for (const arn of executions) {
      if (!Token.isUnresolved(arn)) acknowledge(user.role ?? user, `IAM5[Resource::${arn}]`, NAMES_UNKNOWN);
    }
  }
  if (eventSourceMappings.length > 0) {
    const arns = eventSourceMappings.map((uuid) =>
      Stack.of(user).formatArn({
        service: 'lambda',
        resource: 'event-source-mapping',
        resourceName: uuid,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
    );
    allow(user, ['lambda:GetEventSourceMapping', 'lambda:UpdateEventSourceMapping'], arns);
  }
}

/** All executions of a state machine, whose ARN may be known at deployment only. */
function executionsOf(user: MaintenanceFunction, stateMachine: string): string {
  const stack = Stack.of(user);
  const { resourceName, ...parts } = stack.splitArn(stateMachine, ArnFormat.COLON_RESOURCE_NAME);
  return stack.formatArn({ ...parts, resource: 'execution', resourceName: `${resourceName}:*` });
}

function allow(user: MaintenanceFunction, actions: string[], resources: readonly string[]): void {
  user.addToRolePolicy(new PolicyStatement({ actions, resources: [...resources] }));
}
