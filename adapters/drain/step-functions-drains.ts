import {
  ExecutionAlreadyExists,
  ListExecutionsCommand,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { executionName } from '../../core/drain/phase.ts';
import type { DrainName, Drains } from '../../core/drain/start-drain.ts';

/** One runs, and for a moment the one whose place it has taken; so many never do. */
const MAX_RUNNING = 100;

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

  /**
   * The list of what runs may be a moment late. Taken for not running, an execution is started once more, which changes
   * nothing; taken for running, it is looked at again a minute later.
   */
  async isRunning({ maintenanceId, generation }: DrainName): Promise<boolean> {
    const name = executionName(maintenanceId, generation);
    const { executions = [] } = await this.#client.send(
      new ListExecutionsCommand({
        stateMachineArn: this.#stateMachine,
        statusFilter: 'RUNNING',
        maxResults: MAX_RUNNING,
      }),
    );
    return executions.some((execution) => execution.name === name);
  }
}
