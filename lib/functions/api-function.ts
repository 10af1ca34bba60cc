import type { Construct } from 'constructs';
import { bindControl } from './control-function.ts';
import { bindHealth } from './health-function.ts';
import { MaintenanceFunction } from './maintenance-function.ts';
import { bindOperations } from './operations-function.ts';
import type { ServingParts } from './serving-parts.ts';
import { bindStatus } from './status-function.ts';

/**
 * Serves the whole control API and the maintenance page, where there are so few parts that functions of their own would
 * cost more than they keep apart: who floods the status holds up admins too.
 */
export class ApiFunction extends MaintenanceFunction {
  constructor(scope: Construct, id: string, parts: ServingParts) {
    super(scope, id, {
      folder: 'api',
      description: 'Serves the control API of maintenance mode and its page',
      memorySize: 512,
      timeout: 15,
      logRetention: parts.configuration.logRetention,
      deletionProtection: parts.configuration.deletionProtection,
    });
    bindControl(this, parts);
    bindStatus(this, parts);
    bindHealth(this, parts);
    bindOperations(this, parts);
  }
}
