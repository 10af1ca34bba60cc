import { randomUUID } from 'node:crypto';
import type { StateMachine } from 'aws-local-stepfunctions';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../../account.ts';
import type { CloudContext, RunningCloud } from '../../local-services.ts';
import type { Observer } from '../../observation.ts';
import type { Resource } from '../../template.ts';
import {
  type AwsAnswer,
  type AwsCall,
  AwsError,
  type AwsService,
  jsonAnswer,
  jsonBody,
  unknownOperation,
} from '../aws-call.ts';
import type { CallerAccess } from '../caller-access.ts';
import { suffer } from '../service-fault.ts';
import { type Program, readProgram, UnsupportedDefinition } from './definition.ts';
import { Execution, type ExecutionStatus } from './execution.ts';
import { PAYLOAD_LIMIT_BYTES, runLambdaTask } from './lambda-task.ts';

/** A state machine of the template. */
interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly definition: string;
  readonly roleArn: string;
  /** Logical id of the role. */
  readonly role: string;
  readonly program: Program;
  readonly interpreter: StateMachine;
}

/** How long an execution's name stays taken. Source: "StartExecution" of the Step Functions API reference. */
const NAME_TAKEN_MS = 90 * 24 * 60 * 60 * 1000;
const OUTCOMES = {
  SUCCEEDED: 'succeeded',
  FAILED: 'failed',
  TIMED_OUT: 'timed out',
  ABORTED: 'aborted',
} as const;
const DEFAULT_PAGE = 100;
const MAX_PAGE_SIZE = 1000;

const seconds = (milliseconds: number): number => milliseconds / 1000;

/**
 * The template's state machines and their executions, which end with the process.
 * Source: the Step Functions API reference.
 */
export class StateMachines implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #observe: Observer;
  readonly #machines = new Map<string, Machine>();
  /** By ARN, in the order of their starts. */
  readonly #executions = new Map<string, Execution>();
  #cloud: RunningCloud | undefined;
  #createdAt = 0;

  constructor(context: CloudContext, caller: CallerAccess, observe: Observer) {
    this.#context = context;
    this.#caller = caller;
    this.#observe = observe;
  }

  /**
   * Reads the machines out of the template; from now on they can be started.
   *
   * @throws UnsupportedDefinition
   */
  async start(cloud: RunningCloud): Promise<void> {
    this.#cloud = cloud;
    this.#createdAt = cloud.clock.now();
    const resources = cloud.stack.resources('AWS::StepFunctions::StateMachine');
    if (resources.length === 0) return;
    // Loaded only where there is something to run: it brings an SDK client along, which takes a while.
    const { StateMachine } = await import('aws-local-stepfunctions');
    for (const resource of resources) {
      const machine = this.#machine(resource, StateMachine);
      this.#machines.set(machine.arn, machine);
    }
  }

  /**
   * Starts an execution. The same name and input as those of one that runs: it is that one.
   *
   * @param input JSON text
   * @throws AwsError StateMachineDoesNotExist, ExecutionAlreadyExists, InvalidName, InvalidExecutionInput
   */
  begin(machineArn: string, input: string, name: string = randomUUID()): Execution {
    const machine = this.#find(machineArn);
    const cloud = this.#running();
    checkName(name);
    checkInput(input);
    const arn = `arn:aws:states:${LOCAL_REGION}:${LOCAL_ACCOUNT}:execution:${machine.name}:${name}`;
    const earlier = this.#executions.get(arn);
    if (earlier && this.#isKept(earlier)) {
      if (earlier.status === 'RUNNING' && earlier.settings.input === input) return earlier;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    }
    const runner = {
      access: cloud.access,
      functions: cloud.functions,
      role: machine.role,
      roleName: machine.roleArn.split('/').at(-1) ?? '',
    };
    const execution = new Execution(
      { arn, name, machine, input },
      {
        interpreter: machine.interpreter,
        program: machine.program,
        clock: cloud.clock,
        runTask: (resource, given) => runLambdaTask(runner, resource, given),
      },
    );
    this.#executions.delete(arn);
    this.#executions.set(arn, execution);
    this.#observe({ kind: 'execution', machineArn, outcome: 'started' });
    void execution.ended.then(({ status }) =>
      this.#observe({ kind: 'execution', machineArn, outcome: OUTCOMES[status] }),
    );
    return execution;
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    await suffer(this.#context.faults, 'states');
    const body = jsonBody(call);
    switch (call.operation) {
      case 'StartExecution':
        return jsonAnswer(this.#startExecution(call, body));
      case 'DescribeExecution': {
        const execution = this.#execution(call, 'states:DescribeExecution', body.executionArn);
        return jsonAnswer({ ...summary(execution), ...details(execution) });
      }
      case 'StopExecution': {
        const execution = this.#execution(call, 'states:StopExecution', body.executionArn);
        execution.stop(text(body.error), text(body.cause));
        return jsonAnswer({ stopDate: seconds(execution.ending?.at ?? 0) });
      }
      case 'ListExecutions':
        return jsonAnswer(this.#listExecutions(call, body));
      case 'DescribeStateMachine': {
        this.#caller.authorise(call, 'states:DescribeStateMachine', String(body.stateMachineArn));
        const { arn, name, definition, roleArn } = this.#find(String(body.stateMachineArn));
        const creationDate = seconds(this.#createdAt);
        return jsonAnswer({
          stateMachineArn: arn,
          name,
          definition,
          roleArn,
          creationDate,
          status: 'ACTIVE',
          type: 'STANDARD',
        });
      }
      default:
        throw unknownOperation('Step Functions', call.operation);
    }
  }

  /** Stops every execution. */
  async close(): Promise<void> {
    for (const execution of this.#executions.values()) execution.stop();
    await Promise.all([...this.#executions.values()].map(({ ended }) => ended));
    this.#cloud = undefined;
  }

  #startExecution(call: AwsCall, { stateMachineArn, name, input = '{}' }: Record<string, unknown>): object {
    this.#caller.authorise(call, 'states:StartExecution', String(stateMachineArn));
    const execution = this.begin(String(stateMachineArn), String(input), text(name));
    return { executionArn: execution.settings.arn, startDate: seconds(execution.startedAt) };
  }

  /** The newest first. */
  #listExecutions(call: AwsCall, body: Record<string, unknown>): object {
    const { stateMachineArn, statusFilter, maxResults, nextToken } = body;
    this.#caller.authorise(call, 'states:ListExecutions', String(stateMachineArn));
    const { arn } = this.#find(String(stateMachineArn));
    const newestFirst = [...this.#executions.values()].reverse();
    // A page goes on after the execution that ended the last one, whatever was started or ended since.
    const last = newestFirst.findIndex(({ settings }) => settings.arn === nextToken);
    if (nextToken !== undefined && last < 0)
      throw new AwsError('InvalidToken', `Invalid Token: '${nextToken}'`);
    const rest = newestFirst
      .slice(last + 1)
      .filter((execution) => execution.settings.machine.arn === arn && this.#isKept(execution))
      .filter(({ status }) => statusFilter === undefined || status === statusFilter);
    const size = Math.min(Number(maxResults) || DEFAULT_PAGE, MAX_PAGE_SIZE);
    const page = rest.slice(0, size);
    const end = page.at(-1);
    return {
      executions: page.map(summary),
      ...(rest.length > page.length && end ? { nextToken: end.settings.arn } : {}),
    };
  }

  #execution(call: AwsCall, action: string, arn: unknown): Execution {
    this.#caller.authorise(call, action, String(arn));
    const execution = this.#executions.get(String(arn));
    if (!execution || !this.#isKept(execution))
      throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${arn}'`);
    return execution;
  }

  #isKept({ ending }: Execution): boolean {
    return !ending || ending.at + NAME_TAKEN_MS > this.#context.clock.now();
  }

  #find(arn: string): Machine {
    const machine = this.#machines.get(arn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${arn}'`);
    return machine;
  }

  #running(): RunningCloud {
    if (!this.#cloud) throw new AwsError('ServiceUnavailable', 'No state machine can be started now.', 503);
    return this.#cloud;
  }

  #machine(resource: Resource, Interpreter: typeof StateMachine): Machine {
    const { stack } = this.#context;
    const {
      DefinitionString,
      DefinitionSubstitutions = {},
      RoleArn,
      StateMachineType,
    } = stack.properties(resource);
    const refuse = (problem: string) => new UnsupportedDefinition(`${resource.logicalId}: ${problem}`);
    if ((StateMachineType ?? 'STANDARD') !== 'STANDARD')
      throw refuse(`There is no type ${StateMachineType} here.`);
    const role = stack.find('AWS::IAM::Role', String(RoleArn));
    if (!role) throw refuse(`Its role ${RoleArn} is not in the template.`);
    const substitutions = DefinitionSubstitutions as Record<string, unknown>;
    const definition = String(DefinitionString).replace(/\$\{([^}]+)\}/g, (whole, key: string) =>
      Object.hasOwn(substitutions, key) ? String(substitutions[key]) : whole,
    );
    try {
      // Made only to check the definition as it stands in the template.
      new Interpreter(JSON.parse(definition));
      const program = readProgram(definition);
      return {
        arn: stack.attribute(resource, 'Arn'),
        name: stack.attribute(resource, 'Name'),
        definition,
        roleArn: String(RoleArn),
        role: role.logicalId,
        program,
        interpreter: new Interpreter(program.states, { validationOptions: { noValidate: true } }),
      };
    } catch (error) {
      throw refuse(error instanceof Error ? error.message : String(error));
    }
  }
}

function summary({ settings, startedAt, status, ending }: Execution): object {
  return {
    executionArn: settings.arn,
    stateMachineArn: settings.machine.arn,
    name: settings.name,
    status: status satisfies ExecutionStatus,
    startDate: seconds(startedAt),
    ...(ending ? { stopDate: seconds(ending.at) } : {}),
  };
}

function details({ settings, ending }: Execution): object {
  const { output, error, cause } = ending ?? {};
  return { input: settings.input, inputDetails: { included: true }, output, error, cause };
}

const text = (value: unknown): string | undefined => (value === undefined ? undefined : String(value));

/** What a name may not hold. Source: "StartExecution" of the Step Functions API reference. */
const NOT_IN_A_NAME = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\p{Cc}]/u;

function checkName(name: string): void {
  if (name.length >= 1 && name.length <= 80 && !NOT_IN_A_NAME.test(name)) return;
  throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
}

function checkInput(input: string): void {
  if (Buffer.byteLength(input) > PAYLOAD_LIMIT_BYTES) {
    throw new AwsError('InvalidExecutionInput', `The input is larger than ${PAYLOAD_LIMIT_BYTES} bytes.`);
  }
  try {
    JSON.parse(input);
  } catch {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${input}'`);
  }
}
