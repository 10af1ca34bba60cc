import { Duration, SecretValue } from 'aws-cdk-lib';
import {
  ApiDestination,
  Authorization,
  Connection,
  EventField,
  type IEventBus,
  Rule,
  RuleTargetInput,
} from 'aws-cdk-lib/aws-events';
import { ApiDestination as ApiDestinationTarget } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface TellWebhookProps {
  /** The bus of maintenance mode. */
  readonly eventBus: IEventBus;
  /** An https address that takes a POST. */
  readonly url: string;
  /** Name of a secret whose whole text is the key that the webhook asks for, in the header `X-Api-Key`. */
  readonly secretName: string;
}

/**
 * Has a chat or a status page told when maintenance begins and ends, with nothing running in between. EventBridge asks again for a
 * day when the webhook does not answer; then the event waits in a queue. The webhook may get an event twice, and an
 * older one after a newer: it has to go by `id` and `version`.
 * Source: Amazon EventBridge, "API destinations as targets".
 */
export class TellWebhook extends Construct {
  readonly undelivered: Queue;

  constructor(scope: Construct, id: string, { eventBus, url, secretName }: TellWebhookProps) {
    super(scope, id);
    this.undelivered = new Queue(this, 'Undelivered', {
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const destination = new ApiDestination(this, 'Webhook', {
      endpoint: url,
      rateLimitPerSecond: 5,
      connection: new Connection(this, 'Connection', {
        authorization: Authorization.apiKey('X-Api-Key', SecretValue.secretsManager(secretName)),
      }),
    });
    new Rule(this, 'Rule', {
      eventBus,
      eventPattern: {
        source: ['enhanced-maintenance-mode'],
        detailType: [
          'Maintenance Activated',
          'Maintenance Escalated',
          'Maintenance De-escalated',
          'Maintenance Deactivated',
          'Maintenance Ended By Clock',
          'Window Begun',
          'Window Ended',
          'State Reset',
        ],
      },
      targets: [
        new ApiDestinationTarget(destination, {
          event: RuleTargetInput.fromObject({
            id: EventField.fromPath('$.detail.id'),
            version: EventField.fromPath('$.detail.version'),
            what: EventField.detailType,
            active: EventField.fromPath('$.detail.active'),
            mode: EventField.fromPath('$.detail.mode'),
            at: EventField.fromPath('$.detail.at'),
          }),
          deadLetterQueue: this.undelivered,
          maxEventAge: Duration.days(1),
        }),
      ],
    });
  }
}
