import { Stack } from 'aws-cdk-lib';
import { ENV } from '../../core/environment.ts';
import type { SessionPolicy } from '../../core/identity/session.ts';
import type { RedisSettings } from '../../core/sessions/redis-settings.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';

/** Tells a function where Redis is, how to sign in there, and what sessions look like. */
export function setRedisEnvironment(
  user: MaintenanceFunction,
  settings: RedisSettings,
  policy: SessionPolicy,
): void {
  user.addEnvironment(ENV.redis, Stack.of(user).toJsonString(settings));
  user.addEnvironment(ENV.sessions, JSON.stringify(policy));
}
