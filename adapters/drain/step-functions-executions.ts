import {
  ExecutionDoesNotExist,
  ListExecutionsCommand,
  type SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type JobKind, type KindLook, type KindStop, MAX_IDS } from '../../core/drain/work-kind.ts';
import { eachOf, type Stopped } from '../../core/jobs/stop-jobs.ts';

interface StepFunctionsExecutionsOptions {
  /** Best made with KIND_CLIENT, which is patient with throttling. */
  readonly client: SFNClient;
  /** ARNs of Standard state machines. Executions of Express ones can't be listed, and last five minutes at most. */
  readonly stateMachines: readonly string[];
}

/** Calls at the same time: in the smaller regions StopExecution takes 25 a second, bursts of 500 aside. */
const AT_ONCE = 8;

/** What an execution shows that was stopped, in its history. */
const ERROR = 'EmergencyMaintenance';
const CAUSE = 'Stopped because emergency maintenance is active and the grace period is over.';

interface Execution {
  readonly arn: string;
  readonly startedAt: Date;
}

/**
 * Running executions of state machines. They can't be asked to stop, so they are left alone until the grace period is
 * over, and stopped then.
 *
 * Permissions: states:ListExecutions on the state machines, states:StopExecution on their executions.
 * Sources: https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html, API_StopExecution.html
 */
export class StepFunctionsExecutions implements JobKind {
  readonly name = 'step_functions_execution';
  readonly #client: SFNClient;
  readonly #stateMachines: readonly string[];

  constructor({ client, stateMachines }: StepFunctionsExecutionsOptions) {
    this.#client = client;
    this.#stateMachines = stateMachines;
  }

  async look(before: number): Promise<KindLook> {
    const ids: string[] = [];
    let asked = 0;
    for await (const executions of this.#running(before)) {
      asked += executions.length;
      ids.push(...executions.slice(0, MAX_IDS - ids.length).map(({ arn }) => arn));
    }
    return { asked, others: 0, ids };
  }

  /** All are listed before the first is stopped: a page that follows must not move meanwhile. */
  async stop({ before, deadline, now, until, onTerminated }: KindStop): Promise<Stopped> {
    const counts = { asked: 0, terminated: 0, ended: 0, lost: 0, remaining: 0 };
    const failed: { id: string; why: unknown }[] = [];
    const found: Execution[] = [];
    for await (const executions of this.#running(before)) found.push(...executions);
    if (deadline !== null) return { ...counts, asked: found.length, failed };
    await eachOf(found, AT_ONCE, async ({ arn, startedAt }) => {
      if (now() >= until) {
        counts.remaining += 1;
        return;
      }
      try {
        await this.#client.send(new StopExecutionCommand({ executionArn: arn, error: ERROR, cause: CAUSE }));
        counts.terminated += 1;
        onTerminated({ id: arn, facts: { started_at: startedAt.toISOString() } });
      } catch (why) {
        if (why instanceof ExecutionDoesNotExist) counts.ended += 1;
        else failed.push({ id: arn, why });
      }
    });
    return { ...counts, failed };
  }

  /** Whoever stopped an execution is not in any list: the drain's own count is all there is. */
  async countEnded(): Promise<null> {
    return null;
  }

  async *#running(before: number): AsyncGenerator<readonly Execution[]> {
    for (const stateMachineArn of this.#stateMachines) {
      let nextToken: string | undefined;
      do {
        const page = await this.#client.send(
          new ListExecutionsCommand({
            stateMachineArn,
            statusFilter: 'RUNNING',
            maxResults: 1000,
            nextToken,
          }),
        );
        yield (page.executions ?? []).flatMap(({ executionArn, startDate }) =>
          executionArn === undefined || startDate === undefined || startDate.getTime() >= before
            ? []
            : [{ arn: executionArn, startedAt: startDate }],
        );
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
    }
  }
}
