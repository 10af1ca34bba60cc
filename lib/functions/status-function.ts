import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import { MaintenanceFunction } from './maintenance-function.ts';
import { setPartsEnvironment } from './parts-environment.ts';
import type { ServingParts } from './serving-parts.ts';

/** Serves what everybody may read. A function of its own, so that a flood of readers can't hold up an admin. */
export class StatusFunction extends MaintenanceFunction {
  constructor(scope: Construct, id: string, parts: ServingParts) {
    super(scope, id, {
      folder: 'status',
      description: 'Serves the public status of maintenance',
      memorySize: 512,
      timeout: 5,
      logRetention: parts.configuration.logRetention,
      deletionProtection: parts.configuration.deletionProtection,
    });
    bindStatus(this, parts);
  }
}

/** Lets a function serve what everybody may read. */
export function bindStatus(
  user: MaintenanceFunction,
  { configuration, eventLog, activity, jobTable, identity }: ServingParts,
): void {
  eventLog.bindReader(user);
  eventLog.bindRuleReader(user);
  activity.bindStatus(user);
  jobTable?.bindCounter(user);
  identity.bindVerifier(user);
  setPartsEnvironment(user, configuration);
  user.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
}
