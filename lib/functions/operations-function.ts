import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { Watched } from '../../core/oncall/statistics.ts';
import { acknowledge } from '../acknowledge.ts';
import { MaintenanceFunction } from './maintenance-function.ts';
import { setPartsEnvironment } from './parts-environment.ts';
import type { ServingParts } from './serving-parts.ts';

/** Serves those on call, outside of any network: it must work when Redis and what is around it do not. */
export class OperationsFunction extends MaintenanceFunction {
  constructor(scope: Construct, id: string, parts: ServingParts) {
    super(scope, id, {
      folder: 'operations',
      description: 'Shows diagnostics and statistics of maintenance mode, and escalates',
      memorySize: 512,
      timeout: 15,
      logRetention: parts.configuration.logRetention,
      deletionProtection: parts.configuration.deletionProtection,
    });
    bindOperations(this, parts);
  }
}

/** Lets a function serve those on call. */
export function bindOperations(
  user: MaintenanceFunction,
  { configuration, eventLog, activity }: ServingParts,
): void {
  eventLog.bindReader(user);
  activity.bindReader(user);
  activity.bindHealthReader(user);
  setPartsEnvironment(user, configuration);
  user.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
  user.addToRolePolicy(new PolicyStatement({ actions: ['cloudwatch:GetMetricData'], resources: ['*'] }));
  acknowledge(
    user.role ?? user,
    'IAM5[Resource::*]',
    'cloudwatch:GetMetricData knows no resources (Service Authorization Reference, "Amazon CloudWatch").',
  );
}

/** Tells a function what statistics are of. */
export function bindWatched(user: MaintenanceFunction, watched: Watched): void {
  user.addEnvironment(ENV.watched, user.stack.toJsonString(watched));
}
