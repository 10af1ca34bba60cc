import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { MaintenanceModeProps } from './configuration/maintenance-mode-props.ts';
import { MaintenanceMode } from './maintenance-mode.ts';
import { SessionCache } from './sessions/session-cache.ts';

/** Maintenance mode as a stack of its own, with all that a client or an origin needs to know as outputs. */
export class MaintenanceStack extends Stack {
  readonly maintenance: MaintenanceMode;

  constructor(scope: Construct, id: string, props: MaintenanceModeProps, stackProps: StackProps = {}) {
    super(scope, id, {
      description: 'Maintenance mode in front of an HTTP application',
      terminationProtection: props.deletionProtection ?? true,
      ...stackProps,
    });
    this.maintenance = new MaintenanceMode(this, 'MaintenanceMode', props);
    const { url, identity, table, eventBus, originSecret, redis } = this.maintenance;
    this.#output('ApiUrl', 'Where clients reach the application and the control API', url);
    if (identity.userPool)
      this.#output('UserPoolId', 'The user pool of admins', identity.userPool.userPoolId);
    this.#output('ClientId', 'The client that tokens are issued to', identity.clientId);
    this.#output('Issuer', 'The issuer of tokens', identity.issuer);
    this.#output('TableName', 'The table of the event log', table.tableName);
    this.#output('EventBusName', 'The bus that events are published to', eventBus.eventBusName);
    this.#output('OriginSecretArn', 'The secret that the origin checks', originSecret.secretArn);
    if (redis instanceof SessionCache) {
      this.#output('RedisEndpoint', 'The cache that holds sessions', redis.endpoint);
      this.#output('VpcId', 'The network of the cache', redis.network.vpc.vpcId);
    }
  }

  #output(name: string, description: string, value: string): void {
    new CfnOutput(this, name, { description, value });
  }
}
