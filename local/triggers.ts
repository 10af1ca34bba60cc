import type { RunningCloud } from './local-services.ts';

/**
 * Invokes the functions that the stack runs at its deployment (the construct `Trigger` of aws-cdk-lib),
 * as CloudFormation would once everything else is there. One that the stack waits for must succeed.
 */
export async function runTriggers({
  stack,
  functions,
}: Pick<RunningCloud, 'stack' | 'functions'>): Promise<void> {
  for (const trigger of stack.resources('Custom::Trigger')) {
    const { HandlerArn, InvocationType } = stack.properties(trigger);
    const arn = String(HandlerArn);
    if (InvocationType === 'Event') {
      functions.invokeAsync(arn, '{}');
      continue;
    }
    const { functionError, payload } = await functions.invoke(arn, '{}');
    if (functionError)
      throw new Error(`The trigger ${trigger.logicalId} failed, and so would the deployment: ${payload}`);
  }
}
