import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import { MaintenanceFunction } from './maintenance-function.ts';
import { setPartsEnvironment } from './parts-environment.ts';
import type { ServingParts } from './serving-parts.ts';

/** Serves the admins' calls: the only function behind the API that writes to the event log. */
export class ControlFunction extends MaintenanceFunction {
  constructor(scope: Construct, id: string, parts: ServingParts) {
    const { configuration } = parts;
    super(scope, id, {
      folder: 'control',
      description: 'Serves the control API of maintenance mode',
      memorySize: 512,
      timeout: 10,
      reservedConcurrentExecutions: configuration.controlReservedConcurrency,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    bindControl(this, parts);
  }
}

/** Lets a function serve the admins' calls. */
export function bindControl(
  user: MaintenanceFunction,
  { configuration, eventLog, activity, jobTable }: ServingParts,
): void {
  eventLog.bindWriter(user);
  eventLog.bindRuleWriter(user);
  eventLog.bindWindowWriter(user);
  activity.bindReporter(user);
  jobTable?.bindCounter(user);
  setPartsEnvironment(user, configuration);
  user.addEnvironment(ENV.alwaysAllowed, configuration.alwaysAllowed.join(','));
  user.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
  user.addEnvironment(ENV.freshSignInSeconds, String(configuration.freshSignIn.toSeconds()));
}
