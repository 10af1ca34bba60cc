import { RemovalPolicies } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { Configuration } from '../configuration/schema.ts';
import { IsolatedNetwork } from '../network/isolated-network.ts';
import { ExistingRedis } from './existing-redis.ts';
import { SessionCache } from './session-cache.ts';
import type { SessionRedis } from './session-redis.ts';

/**
 * The Redis that the options name, or a cache in a network of its own, which outlives the stack as it does; undefined
 * where sessions are no part of the deployment.
 */
export function findRedis(
  scope: Construct,
  { configuration, tables }: { configuration: Configuration; tables: readonly ITable[] },
): SessionRedis | undefined {
  const { sessions, redis, cache, logRetention, deletionProtection } = configuration;
  if (redis !== undefined) return new ExistingRedis(scope, 'Redis', { configuration, redis });
  if (sessions === 'none') return undefined;
  const network = new IsolatedNetwork(scope, 'Network', {
    cidr: cache.vpcCidr,
    availabilityZones: cache.availabilityZones,
    tables,
    logRetention,
    deletionProtection,
  });
  if (deletionProtection) RemovalPolicies.of(network).retainOnUpdateOrDelete();
  return new SessionCache(scope, 'SessionCache', { configuration, network });
}
