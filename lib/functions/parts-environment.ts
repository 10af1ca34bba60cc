import type { DeployedParts } from '../../core/deployed-parts.ts';
import { ENV } from '../../core/environment.ts';
import type { Parts } from '../configuration/profiles.ts';
import type { MaintenanceFunction } from './maintenance-function.ts';

/** Tells a function what there is of the deployment beside it. */
export function setPartsEnvironment(user: MaintenanceFunction, { sessions, jobs, monitoring }: Parts): void {
  const deployed: DeployedParts = { sessions: sessions !== 'none', jobs, monitoring };
  user.addEnvironment(ENV.parts, JSON.stringify(deployed));
}
