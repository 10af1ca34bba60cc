import { Duration } from 'aws-cdk-lib';
import { type IEventBus, Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ENV, EVENT_SOURCE } from '../../core/environment.ts';
import { EVENT_TYPES, isReceipt } from '../../core/events/event-types.ts';
import { acknowledge } from '../acknowledge.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { minuteTarget } from '../functions/minute-target.ts';
import type { JobTable } from '../jobs/job-table.ts';
import { setMetricsEnvironment } from '../monitoring/metrics.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import { drainDefinition } from './drain-definition.ts';
import { bindWorkloads } from './workloads.ts';

interface DrainProps {
  readonly configuration: Configuration;
  readonly eventLog: EventLogTable;
  readonly activity: ActivityTable;
  readonly jobTable: JobTable;
  readonly bus: IEventBus;
  readonly deadLetters: DeadLetterQueue;
}

/**
 * Lets jobs end well. A workflow takes steps: look at the state, do what it asks for, wait. A function starts the one
 * that is needed; each event invokes it at once and each minute again, so it matters little if an event comes late,
 * twice or never.
 */
export class Drain extends Construct {
  readonly stateMachine: StateMachine;
  /** Takes a step. */
  readonly function: MaintenanceFunction;
  readonly starter: MaintenanceFunction;

  constructor(scope: Construct, id: string, props: DrainProps) {
    super(scope, id);
    this.function = this.#steps(props);
    this.stateMachine = this.#workflow();
    this.starter = this.#starter(props);
  }

  #steps({ configuration, eventLog, activity, jobTable }: DrainProps): MaintenanceFunction {
    const { workloads, logRetention, deletionProtection } = configuration;
    const steps = new MaintenanceFunction(this, 'Function', {
      folder: 'drain',
      description: 'Takes a step of draining jobs: waits, asks, terminates, reports',
      memorySize: 1024,
      timeout: 120,
      logRetention,
      deletionProtection,
    });
    eventLog.bindWriter(steps);
    activity.bindDrain(steps);
    jobTable.bindDrain(steps);
    setMetricsEnvironment(steps, configuration);
    bindWorkloads(steps, workloads);
    return steps;
  }

  #workflow(): StateMachine {
    const role = new Role(this, 'WorkflowRole', {
      assumedBy: new ServicePrincipal('states.amazonaws.com'),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [this.function.functionArn] }),
    );
    const workflow = new StateMachine(this, 'Workflow', {
      comment: 'Drains jobs for maintenance',
      definitionBody: drainDefinition(this.function.functionArn),
      role,
    });
    acknowledge(
      workflow,
      'SF1',
      "Each step is told of in its function's log; an execution shows its history.",
    );
    acknowledge(workflow, 'SF2', 'A step is one call of one function: there is no path to trace.');
    return workflow;
  }

  #starter({ configuration, eventLog, activity, bus, deadLetters }: DrainProps): MaintenanceFunction {
    const { logRetention, deletionProtection } = configuration;
    const starter = new MaintenanceFunction(this, 'Starter', {
      folder: 'starter',
      description: 'Starts the drain that the state needs',
      memorySize: 256,
      timeout: 30,
      logRetention,
      deletionProtection,
    });
    eventLog.bindReader(starter);
    activity.bindDrain(starter);
    starter.addEnvironment(ENV.drainMachine, this.stateMachine.stateMachineArn);
    this.stateMachine.grantStartExecution(starter);
    this.stateMachine.grant(starter, 'states:ListExecutions');
    const target = minuteTarget(starter, { deadLetters, retryAttempts: 1 });
    new Rule(this, 'AtOnce', {
      description: 'Drains jobs when maintenance begins, and sets back what it paused when it ends',
      eventBus: bus,
      eventPattern: {
        source: [EVENT_SOURCE],
        detail: { type: Match.anythingBut(...EVENT_TYPES.filter(isReceipt)) },
      },
      targets: [target],
    });
    new Rule(this, 'EveryMinute', {
      description: 'Starts a drain that has broken off',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [target],
    });
    return starter;
  }
}
