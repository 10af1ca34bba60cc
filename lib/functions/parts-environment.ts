import type { DeployedParts } from '../../core/deployed-parts.ts';
import { ENV } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { MaintenanceFunction } from './maintenance-function.ts';

/** Tells a function what there is of the deployment beside it, and what that is called. */
export function setPartsEnvironment(
  user: MaintenanceFunction,
  { sessions, jobs, monitoring, name }: Pick<Configuration, 'sessions' | 'jobs' | 'monitoring' | 'name'>,
): void {
  const deployed: DeployedParts = { sessions: sessions !== 'none', jobs, monitoring, name };
  user.addEnvironment(ENV.parts, JSON.stringify(deployed));
}
