import type { EventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ENV, EVENT_SOURCE, JOB_REQUEUED } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { runEveryMinute } from '../functions/run-every-minute.ts';
import { setMetricsEnvironment } from '../monitoring/metrics.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import type { JobTable } from './job-table.ts';

/**
 * The registry of jobs: the function behind its calls, and the sweep that writes down every minute which jobs have been
 * lost or have run out of time.
 */
export class Jobs extends Construct {
  /** Serves the calls about jobs. */
  readonly function: MaintenanceFunction;
  readonly sweep: MaintenanceFunction;

  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      jobTable: JobTable;
      bus: EventBus;
      deadLetters: DeadLetterQueue;
    },
  ) {
    super(scope, id);
    const { configuration, eventLog, jobTable, bus, deadLetters } = options;
    const { logRetention, deletionProtection } = configuration;
    this.function = new MaintenanceFunction(this, 'Function', {
      folder: 'jobs',
      description: 'Serves the registry of jobs',
      memorySize: 1024,
      timeout: 29,
      logRetention,
      deletionProtection,
    });
    eventLog.bindReader(this.function);
    jobTable.bindRegistrar(this.function);
    setMetricsEnvironment(this.function, configuration);
    // Who takes it over can't announce a maintenance that isn't.
    this.function.addToRolePolicy(
      new PolicyStatement({
        actions: ['events:PutEvents'],
        resources: [bus.eventBusArn],
        conditions: {
          StringEquals: { 'events:source': EVENT_SOURCE, 'events:detail-type': JOB_REQUEUED },
        },
      }),
    );
    this.function.addEnvironment(ENV.eventBus, bus.eventBusName);
    this.function.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
    this.function.addEnvironment(ENV.refusalForm, configuration.refusalForm);
    this.function.addEnvironment(ENV.offenderThreshold, String(configuration.offenderThreshold));
    this.function.addEnvironment(ENV.freshSignInSeconds, String(configuration.freshSignIn.toSeconds()));

    this.sweep = new MaintenanceFunction(this, 'Sweep', {
      folder: 'job-sweep',
      description: 'Writes down which jobs have been lost or have run out of time',
      memorySize: 512,
      timeout: 60,
      logRetention,
      deletionProtection,
    });
    jobTable.bindSweeper(this.sweep);
    runEveryMinute(this, this.sweep, {
      description: 'Writes down the states of the jobs of maintenance mode',
      deadLetters,
      retryAttempts: 1,
    });
  }
}
