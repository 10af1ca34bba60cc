import { ArnFormat, SecretValue, Stack } from 'aws-cdk-lib';
import { Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { RedisAuth } from '../../core/sessions/redis-settings.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { ExistingNetwork } from '../network/existing-network.ts';
import type { FunctionNetwork } from '../network/function-network.ts';
import { setRedisEnvironment } from './redis-environment.ts';
import type { SessionRedis } from './session-redis.ts';

/**
 * A Redis that exists already, in a network that exists already. All functions sign in there as the same user: what
 * that user may do is its owner's to say.
 */
export class ExistingRedis extends Construct implements SessionRedis {
  readonly network: FunctionNetwork;
  readonly #redis: NonNullable<Configuration['redis']>;
  readonly #configuration: Configuration;

  constructor(
    scope: Construct,
    id: string,
    options: { configuration: Configuration; redis: NonNullable<Configuration['redis']> },
  ) {
    super(scope, id);
    const { configuration, redis } = options;
    this.#redis = redis;
    this.#configuration = configuration;
    this.network = new ExistingNetwork(this, 'Network', redis);
    const front = SecurityGroup.fromSecurityGroupId(this, 'SecurityGroup', redis.securityGroupId);
    for (const functions of this.network.securityGroups) {
      front.connections.allowFrom(functions, Port.tcp(redis.port), 'Functions of maintenance mode');
    }
  }

  bind(user: MaintenanceFunction): void {
    const { host, port, tls, auth } = this.#redis;
    if (auth.type === 'iam') {
      user.addToRolePolicy(
        new PolicyStatement({
          actions: ['elasticache:Connect'],
          resources: [
            this.#arnOf(auth.serverless ? 'serverlesscache' : 'replicationgroup', auth.cache),
            this.#arnOf('user', auth.user),
          ],
        }),
      );
    }
    setRedisEnvironment(
      user,
      { host, port, tls, auth: authSettings(auth) },
      this.#configuration.sessionPolicy,
    );
  }

  #arnOf(resource: string, resourceName: string): string {
    return Stack.of(this).formatArn({
      service: 'elasticache',
      resource,
      resourceName,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}

/**
 * A password stands in the variable as a reference that CloudFormation resolves at deployment: a function in an isolated
 * network can't ask Secrets Manager, and an endpoint for it costs more a month than the whole stack.
 */
function authSettings(auth: NonNullable<Configuration['redis']>['auth']): RedisAuth {
  if (auth.type !== 'password') return auth;
  return {
    type: 'password',
    user: auth.user ?? null,
    password: SecretValue.secretsManager(auth.secretArn, { versionId: auth.secretVersion }).unsafeUnwrap(),
  };
}
