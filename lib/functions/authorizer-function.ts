import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { Identity } from '../identity/identity.ts';
import { setMetricsEnvironment } from '../monitoring/metrics.ts';
import type { SessionRedis } from '../sessions/session-redis.ts';
import { MaintenanceFunction } from './maintenance-function.ts';

/**
 * Decides about every request. 1769 MB is the amount at which Lambda gives one whole processor: a cold start is all
 * computation (start of Node, TLS handshake, RSA signature), and a warm decision takes so few milliseconds that the
 * memory hardly shows on the bill. Source: AWS Lambda, "Configure Lambda function memory".
 */
export class AuthorizerFunction extends MaintenanceFunction {
  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      identity: Identity;
      redis: SessionRedis | undefined;
    },
  ) {
    const { configuration, eventLog, identity, redis } = options;
    super(scope, id, {
      folder: 'authorizer',
      description: 'Decides whether a request passes, by the state of maintenance',
      memorySize: 1769,
      timeout: 3,
      minify: true,
      apart: { '#gate-redis': 'lambdas/authorizer/gate-redis.ts' },
      network: redis?.network,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindReader(this);
    eventLog.bindRuleReader(this);
    eventLog.bindKeyReader(this, identity.issuer);
    identity.bindVerifier(this);
    redis?.bind(this, 'gate');
    if (configuration.controlCookies) this.addEnvironment(ENV.controlCookies, 'true');
    setMetricsEnvironment(this, configuration);
    this.addEnvironment(ENV.adminGroups, configuration.adminGroups.join(','));
    this.addEnvironment(ENV.workerGroups, configuration.workerGroups.join(','));
    this.addEnvironment(ENV.alwaysAllowed, configuration.alwaysAllowed.join(','));
    this.addEnvironment(ENV.stateUnknown, configuration.stateUnknown);
    this.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
    this.addEnvironment(ENV.refusalForm, configuration.refusalForm);
    this.addEnvironment(ENV.offenderThreshold, String(configuration.offenderThreshold));
  }
}
