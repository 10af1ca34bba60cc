import { createHash } from 'node:crypto';
import { Names, RemovalPolicies, RemovalPolicy, Token } from 'aws-cdk-lib';
import { Connections, type IConnectable, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { CfnServerlessCache, CfnUser, CfnUserGroup } from 'aws-cdk-lib/aws-elasticache';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import type { RedisSettings } from '../../core/sessions/redis-settings.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';
import type { FunctionNetwork } from '../network/function-network.ts';
import { accessString } from './access-strings.ts';
import { setRedisEnvironment } from './redis-environment.ts';
import type { RedisUser, SessionRedis } from './session-redis.ts';

/** Valkey's own tongue is Redis's; its first 100 MB cost a tenth of what the first gigabyte of Redis OSS does. */
const ENGINE = 'valkey';
const MAJOR_VERSION = '8';

/** A serverless cache listens at 6379, and at 6380 for reads that may be stale. Source: ElastiCache, "Endpoints". */
const PORTS = Port.tcpRange(6379, 6380);

/** ElastiCache takes 40 characters, in lower case, for the ids of caches, users and groups; the longest ends so. */
const NAME_LENGTH = 40 - '-keeper'.length;
/** Characters by which the name tells what can't be changed. */
const FINGERPRINT_LENGTH = 6;

/**
 * A cache for the application's sessions: ElastiCache Serverless for Valkey, always over TLS, at rest under a key that
 * one can revoke. Its users sign in with IAM, so there is no password to keep or to rotate; each may do only what its
 * functions do. A group of Valkey users needs no user named `default`, so there is none that everybody knows.
 *
 * The names follow from the construct's place and from what a cache can't change: its network and its key. So another
 * network or key makes a new cache beside the old one, where CloudFormation would refuse to replace one that keeps its
 * name. With deletion protection, cache, key and users outlive the stack.
 */
export class SessionCache extends Construct implements SessionRedis, IConnectable {
  readonly network: FunctionNetwork;
  /** Whom the cache lets in: `cache.connections.allowDefaultPortFrom(application)`. */
  readonly connections: Connections;
  readonly cache: CfnServerlessCache;
  readonly #configuration: Configuration;
  readonly #name: string;
  readonly #users: Readonly<Record<RedisUser, CfnUser>>;

  constructor(
    scope: Construct,
    id: string,
    options: { configuration: Configuration; network: FunctionNetwork },
  ) {
    super(scope, id);
    const { configuration, network } = options;
    const { cache: wanted } = configuration;
    this.#configuration = configuration;
    this.network = network;
    this.#name = this.#nameFor(configuration);
    const securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: 'The cache that holds sessions',
      allowAllOutbound: false,
    });
    this.connections = new Connections({ securityGroups: [securityGroup], defaultPort: PORTS });
    for (const functions of network.securityGroups) {
      this.connections.allowDefaultPortFrom(functions, 'Functions of maintenance mode');
    }
    this.#users = { gate: this.#addUser('gate'), keeper: this.#addUser('keeper') };
    // Changed one after the other: the group that holds both takes one change at a time.
    this.#users.keeper.addResourceDependency(this.#users.gate);
    const group = new CfnUserGroup(this, 'Users', {
      engine: ENGINE,
      userGroupId: `${this.#name}-users`,
      userIds: [...Object.values(this.#users).map(({ ref }) => ref), ...wanted.userIds],
    });
    this.cache = new CfnServerlessCache(this, 'Cache', {
      serverlessCacheName: this.#name,
      description: 'Sessions of the application behind maintenance mode',
      engine: ENGINE,
      majorEngineVersion: MAJOR_VERSION,
      subnetIds: network.vpc.selectSubnets(network.vpcSubnets).subnetIds,
      securityGroupIds: [securityGroup.securityGroupId],
      userGroupId: group.ref,
      kmsKeyId: this.#key().keyArn,
      snapshotRetentionLimit: wanted.snapshotRetention,
      ...(wanted.snapshotRetention === 0 ? {} : { dailySnapshotTime: wanted.snapshotTime }),
      cacheUsageLimits: limitsOf(wanted),
    });
    if (configuration.deletionProtection) RemovalPolicies.of(this).retainOnUpdateOrDelete();
  }

  /** Host and port. */
  get endpoint(): string {
    return `${this.cache.attrEndpointAddress}:${this.cache.attrEndpointPort}`;
  }

  bind(user: MaintenanceFunction, as: RedisUser): void {
    const { cache } = this;
    const { attrArn: userArn, userId } = this.#users[as];
    user.addToRolePolicy(
      new PolicyStatement({ actions: ['elasticache:Connect'], resources: [cache.attrArn, userArn] }),
    );
    const settings: RedisSettings = {
      host: cache.attrEndpointAddress,
      port: Token.asNumber(cache.getAtt('Endpoint.Port')),
      tls: true,
      auth: { type: 'iam', user: userId, cache: cache.serverlessCacheName, serverless: true },
    };
    setRedisEnvironment(user, settings, this.#configuration.sessionPolicy);
  }

  #nameFor({ cache: { vpcCidr, availabilityZones }, encryptionKey }: Configuration): string {
    const unchangeable = JSON.stringify([vpcCidr, availabilityZones, encryptionKey?.node.path]);
    const fingerprint = createHash('sha256').update(unchangeable).digest('hex').slice(0, FINGERPRINT_LENGTH);
    const place = Names.uniqueResourceName(this, {
      maxLength: NAME_LENGTH - FINGERPRINT_LENGTH - 1,
      separator: '-',
    });
    return `${place.toLowerCase()}-${fingerprint}`;
  }

  /** With IAM, a user's id and name have to be the same. */
  #addUser(as: RedisUser): CfnUser {
    const { sessionPolicy, scope } = this.#configuration;
    const userId = `${this.#name}-${as}`;
    return new CfnUser(this, `User-${as}`, {
      engine: ENGINE,
      userId,
      userName: userId,
      authenticationMode: { Type: 'iam' },
      accessString: accessString(as, { prefix: sessionPolicy.prefix, scope }),
    });
  }

  #key(): IKey {
    return (
      this.#configuration.encryptionKey ??
      new Key(this, 'Key', {
        description: 'Sessions in the cache, at rest',
        enableKeyRotation: true,
        removalPolicy: RemovalPolicy.DESTROY,
      })
    );
  }
}

function limitsOf({
  maximumGigabytes,
  maximumEcpuPerSecond,
}: Configuration['cache']): CfnServerlessCache.CacheUsageLimitsProperty | undefined {
  if (maximumGigabytes === undefined && maximumEcpuPerSecond === undefined) return undefined;
  return {
    ...(maximumGigabytes === undefined ? {} : { dataStorage: { maximum: maximumGigabytes, unit: 'GB' } }),
    ...(maximumEcpuPerSecond === undefined ? {} : { ecpuPerSecond: { maximum: maximumEcpuPerSecond } }),
  };
}
