import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { executionName } from '../core/drain-phase.ts';
import type { DrainName, Drains } from '../core/start-drain.ts';

/** Drains as executions of a Standard state machine, whose names are used once in 90 days. */
export class StepFunctionsDrains implements Drains {
  readonly #client: SFNClient;
  readonly #stateMachine: string;

  /** @param stateMachine its ARN */
  constructor(client: SFNClient, stateMachine: string) {
    this.#client = client;
    this.#stateMachine = stateMachine;
  }

  /** One that runs with the same input counts as started once more: Step Functions answers with the first. */
  async start({ maintenanceId, generation }: DrainName): Promise<'started' | 'known'> {
    try {
      await this.#client.send(
        new StartExecutionCommand({
          stateMachineArn: this.#stateMachine,
          name: executionName(maintenanceId, generation),
          input: JSON.stringify({ maintenance_id: maintenanceId, generation }),
        }),
      );
      return 'started';
    } catch (error) {
      if (error instanceof ExecutionAlreadyExists) return 'known';
      throw error;
    }
  }

  async isRunning({ maintenanceId, generation }: DrainName): Promise<boolean> {
    const executionArn = `${this.#stateMachine.replace(':stateMachine:', ':execution:')}:${executionName(maintenanceId, generation)}`;
    try {
      const { status } = await this.#client.send(new DescribeExecutionCommand({ executionArn }));
      return status === 'RUNNING' || status === 'PENDING_REDRIVE';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return false;
      throw error;
    }
  }
}
