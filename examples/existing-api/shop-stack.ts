import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { MaintenanceMode } from '../../lib/maintenance-mode.ts';
import { TellWebhook } from './tell-webhook.ts';

/**
 * A shop that exists already, with an API at its own domain, people who sign in at the company's identity provider, and
 * customers whose sessions are in a Redis of its own. Maintenance mode goes in front of it; whoever is on call hears of
 * every event, and the status page of each beginning and end.
 */
export class ShopStack extends Stack {
  readonly maintenance: MaintenanceMode;

  constructor(scope: Construct, id: string, props: StackProps = {}) {
    super(scope, id, props);
    this.maintenance = new MaintenanceMode(this, 'Maintenance', {
      origin: 'https://origin.shop.example.com',
      customDomain: {
        domainName: 'www.shop.example.com',
        certificateArn:
          'arn:aws:acm:eu-central-1:111122223333:certificate/0c5a1de6-6e1b-4b0e-9d0b-0d6d3f5f8a10',
      },
      identity: { issuer: 'https://login.example.com/realms/staff', clientId: 'shop-maintenance' },
      adminGroups: ['shop-operators'],
      allowedOrigins: ['https://www.shop.example.com'],
      alwaysAllowed: ['/assets/{proxy+}', '/health'],
      freshSignIn: Duration.minutes(5),
      sessionPolicy: { prefix: 'shop:session:', cookie: 'shop_sid', adminRoles: ['operator'] },
      redis: {
        host: 'clustercfg.shop.abc123.euc1.cache.amazonaws.com',
        auth: { type: 'iam', user: 'maintenance', cache: 'shop', serverless: false },
        vpcId: 'vpc-0a1b2c3d4e5f60718',
        subnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0b1b2c3d4e5f60718'],
        securityGroupId: 'sg-0a1b2c3d4e5f60718',
      },
      controlReservedConcurrency: 5,
      routes: [
        { method: 'GET', path: '/' },
        { method: 'POST', path: '/profile' },
      ],
    });
    const onCall = new Topic(this, 'OnCall', { enforceSSL: true });
    new Rule(this, 'TellOnCall', {
      eventBus: this.maintenance.eventBus,
      eventPattern: { account: [this.account] },
      targets: [new SnsTopic(onCall)],
    });
    new TellWebhook(this, 'TellStatusPage', {
      eventBus: this.maintenance.eventBus,
      url: 'https://status.shop.example.com/hooks/maintenance',
      secretName: 'shop/status-page-key',
    });
  }
}
