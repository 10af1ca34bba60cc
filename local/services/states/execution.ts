import type { StateMachine } from 'aws-local-stepfunctions';
import type { MovableClock } from '../../clock.ts';
import { waitUntil } from '../clock-wait.ts';
import { contextOf, type Program, type Wait, type WaitInput } from './definition.ts';
import { StateError } from './lambda-task.ts';

export type ExecutionStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How an execution ended. */
export interface Ending {
  readonly status: Exclude<ExecutionStatus, 'RUNNING'>;
  /** Milliseconds since 1970, by the movable clock. */
  readonly at: number;
  /** JSON text. */
  readonly output?: string;
  readonly error?: string;
  readonly cause?: string;
}

/** What an execution is told at its start. */
interface ExecutionSettings {
  readonly arn: string;
  readonly name: string;
  readonly machine: { readonly arn: string; readonly name: string; readonly roleArn: string };
  /** JSON text. */
  readonly input: string;
}

/** What an execution runs with. */
interface ExecutionSurroundings {
  readonly interpreter: StateMachine;
  readonly program: Program;
  readonly clock: MovableClock;
  runTask(resource: string, input: unknown): Promise<unknown>;
}

/** Ends what an execution does after its end; neither retried nor caught. The interpreter asks for these properties. */
class ExecutionOver extends Error {
  override readonly name = 'ExecutionOver';
  readonly isRetryable = false;
  readonly isCatchable = false;
}

/** One run of a state machine, from its start to its end. */
export class Execution {
  readonly settings: ExecutionSettings;
  /** Milliseconds since 1970, by the movable clock. */
  readonly startedAt: number;
  /** Resolves when it has ended, however. */
  readonly ended: Promise<Ending>;
  readonly #surroundings: ExecutionSurroundings;
  readonly #over = new AbortController();
  #ending: Ending | undefined;
  #abort: () => void = () => undefined;

  constructor(settings: ExecutionSettings, surroundings: ExecutionSurroundings) {
    this.settings = settings;
    this.#surroundings = surroundings;
    this.startedAt = surroundings.clock.now();
    this.ended = this.#run();
  }

  get status(): ExecutionStatus {
    return this.#ending?.status ?? 'RUNNING';
  }

  /** Undefined while it runs. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Ends it; a function under way ends by itself, and nothing follows it. Without effect after its end. */
  stop(error?: string, cause?: string): void {
    this.#end({
      status: 'ABORTED',
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
    });
  }

  async #run(): Promise<Ending> {
    const { interpreter, program, clock } = this.#surroundings;
    const { arn, name, machine, input } = this.settings;
    const parsed = JSON.parse(input);
    if (program.timeoutSeconds !== undefined) {
      waitUntil(clock, this.startedAt + program.timeoutSeconds * 1000, this.#over.signal).then(
        () => this.#end({ status: 'TIMED_OUT', error: 'States.Timeout' }),
        () => undefined,
      );
    }
    const run = interpreter.run(parsed, {
      overrides: { taskResourceLocalHandlers: this.#handlers() as never },
      context: contextOf(
        {
          Id: arn,
          Name: name,
          RoleArn: machine.roleArn,
          Input: parsed,
          StartTime: new Date(this.startedAt).toISOString(),
        },
        { Id: machine.arn, Name: machine.name },
      ),
    });
    this.#abort = run.abort;
    // Read as they come, or they would pile up for as long as it runs.
    const reading = (async () => {
      for await (const _event of run.eventLogs);
    })();
    let ending: Ending;
    try {
      ending = this.#end({ status: 'SUCCEEDED', output: JSON.stringify(await run.result) });
    } catch (error) {
      const reason = ((error as Error).cause ?? error) as Error;
      ending = this.#end({ status: 'FAILED', error: reason.name, cause: reason.message });
    }
    await reading;
    return ending;
  }

  /** What the interpreter calls for the states that are tasks to it. */
  #handlers(): Record<string, (input: unknown) => Promise<unknown>> {
    const { program, runTask } = this.#surroundings;
    const tasks = [...program.tasks].map(
      ([name, resource]) =>
        [name, (input: unknown) => this.#whileRunning(() => runTask(resource, input))] as const,
    );
    const waits = [...program.waits].map(
      ([name, wait]) =>
        [name, (input: unknown) => this.#whileRunning(() => this.#wait(wait, input))] as const,
    );
    return Object.fromEntries([...tasks, ...waits]);
  }

  async #whileRunning(work: () => Promise<unknown>): Promise<unknown> {
    this.#over.signal.throwIfAborted();
    try {
      return await work();
    } finally {
      this.#over.signal.throwIfAborted();
    }
  }

  async #wait(wait: Wait, input: unknown): Promise<unknown> {
    const { clock } = this.#surroundings;
    const given = wait === 'by input' ? (input as WaitInput) : undefined;
    const { seconds, timestamp } = (given ?? wait) as { seconds?: unknown; timestamp?: unknown };
    const instant =
      seconds === undefined ? Date.parse(String(timestamp)) : clock.now() + Number(seconds) * 1000;
    if (Number.isNaN(instant)) {
      throw new StateError('States.Runtime', `A wait can't end at ${JSON.stringify(seconds ?? timestamp)}.`);
    }
    await waitUntil(clock, instant, this.#over.signal);
    return given ? given.input : input;
  }

  /** The first end counts. @returns how it has ended */
  #end(ending: Omit<Ending, 'at'>): Ending {
    if (this.#ending) return this.#ending;
    this.#ending = { ...ending, at: this.#surroundings.clock.now() };
    this.#over.abort(new ExecutionOver('The execution is over.'));
    this.#abort();
    return this.#ending;
  }
}
