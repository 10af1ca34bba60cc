import type { DeployedParts } from '../deployed-parts.ts';
import { HttpProblem } from './problem.ts';

/** What may be missing of a deployment, and how it is switched on. */
const SWITCHES = {
  sessions:
    'Sessions are no part of this deployment. Deploy it with -c sessions=cache, or name a Redis that exists.',
  jobs: 'Jobs are no part of this deployment. Deploy it with -c jobs=true.',
  notices: 'Nobody is told of maintenances by this deployment. Deploy it with -c monitoring=full.',
  escalation: 'Nobody is on call by this deployment. Deploy it with -c monitoring=full.',
  health_check:
    'No health check runs in this deployment. Deploy it with -c monitoring=essential, or look by yourself: maintenance doctor.',
  counts: 'This deployment counts no attempts. Deploy it with -c monitoring=essential.',
} as const;

/** What not every deployment has. */
export type OptionalPart = keyof typeof SWITCHES;

/** Fields by which a command asks for something that may be missing; what they are by default asks for nothing. */
const FIELDS: readonly { field: string; asks: (value: unknown) => boolean; needs: OptionalPart }[] = [
  { field: 'terminate_jobs', asks: (value) => value === true, needs: 'jobs' },
  { field: 'drain_deadline', asks: (value) => typeof value === 'number', needs: 'jobs' },
  { field: 'notify_users', asks: (value) => value === true, needs: 'notices' },
  { field: 'mode', asks: (value) => value === 'test', needs: 'counts' },
];

/** Throws HttpProblem with status 404 for a call that what is deployed can't serve. */
export function requireDeployed({ needs }: { readonly needs?: OptionalPart }, parts: DeployedParts): void {
  if (needs !== undefined && !isThere(needs, parts)) throw new HttpProblem('not_deployed', SWITCHES[needs]);
}

/** Throws HttpProblem with status 400, naming each field, for a body that asks for what isn't deployed. */
export function requireDeployedFields(body: unknown, parts: DeployedParts): void {
  if (typeof body !== 'object' || body === null) return;
  const details = FIELDS.filter(
    ({ field, asks, needs }) => asks((body as Record<string, unknown>)[field]) && !isThere(needs, parts),
  ).map(({ field, needs }) => ({ field, message: SWITCHES[needs] }));
  if (details.length === 0) return;
  const sentences = details.map(({ field, message }) => `${field} can't be asked for: ${message}`);
  throw new HttpProblem('not_deployed', sentences.join(' '), { details, status: 400 });
}

function isThere(needed: OptionalPart, { sessions, jobs, monitoring }: DeployedParts): boolean {
  switch (needed) {
    case 'sessions':
      return sessions;
    case 'jobs':
      return jobs;
    case 'notices':
    case 'escalation':
      return monitoring === 'full';
    case 'health_check':
    case 'counts':
      return monitoring !== 'none';
  }
}
