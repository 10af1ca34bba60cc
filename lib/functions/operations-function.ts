import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { Watched } from '../../core/oncall/statistics.ts';
import { acknowledge } from '../acknowledge.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from './maintenance-function.ts';

/** Serves those on call, outside of any network: it must work when Redis and what is around it do not. */
export class OperationsFunction extends MaintenanceFunction {
  constructor(
    scope: Construct,
    id: string,
    options: { configuration: Configuration; eventLog: EventLogTable; activity: ActivityTable },
  ) {
    const { configuration, eventLog, activity } = options;
    super(scope, id, {
      folder: 'operations',
      description: 'Shows diagnostics and statistics of maintenance mode, and escalates',
      memorySize: 512,
      timeout: 15,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindReader(this);
    activity.bindReader(this);
    activity.bindHealthReader(this);
    this.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
    this.addToRolePolicy(new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
    acknowledge(
      this.role ?? this,
      'IAM5[Resource::*]',
      'cloudwatch:GetMetricData knows no resources (Service Authorization Reference, "Amazon CloudWatch").',
    );
  }

  /** Tells it what statistics are of. */
  watch(watched: Watched): void {
    this.addEnvironment(ENV.watched, this.stack.toJsonString(watched));
  }
}
