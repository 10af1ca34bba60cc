/** What of maintenance mode a deployment has; the rest it has always. Functions are told by their environment. */
export interface DeployedParts {
  /** Whether it knows a Redis with the application's sessions. */
  readonly sessions: boolean;
  /** Whether it has a registry of jobs, and what drains them. */
  readonly jobs: boolean;
  /** How much watches it: docs/configuration.md says what each holds. */
  readonly monitoring: 'full' | 'essential' | 'none';
  /** What the owner calls it, such as `Shop (production)`; absent where nobody has named it. */
  readonly name?: string | undefined;
}

/** A deployment that has all there is. */
export const EVERYTHING: DeployedParts = { sessions: true, jobs: true, monitoring: 'full' };
