import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import { MaintenanceFunction } from './maintenance-function.ts';
import { setPartsEnvironment } from './parts-environment.ts';
import type { ServingParts } from './serving-parts.ts';

/**
 * Tells how the components are. Where there is a Redis it runs inside its network, for Redis can be seen from there
 * only; apart from the status, which has to work whatever becomes of the network.
 */
export class HealthFunction extends MaintenanceFunction {
  constructor(scope: Construct, id: string, parts: ServingParts) {
    super(scope, id, {
      folder: 'health',
      description: 'Tells how the components of maintenance mode are',
      memorySize: 512,
      timeout: 5,
      network: parts.redis?.network,
      logRetention: parts.configuration.logRetention,
      deletionProtection: parts.configuration.deletionProtection,
    });
    bindHealth(this, parts);
  }
}

/** Lets a function tell how the components are. */
export function bindHealth(
  user: MaintenanceFunction,
  { configuration, eventLog, activity, identity, redis }: ServingParts,
): void {
  eventLog.bindReader(user);
  activity.bindHealthReader(user);
  eventLog.bindKeyReader(user, identity.issuer);
  redis?.bind(user, 'gate');
  setPartsEnvironment(user, configuration);
  user.addEnvironment(ENV.issuer, identity.issuer);
  user.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
}
