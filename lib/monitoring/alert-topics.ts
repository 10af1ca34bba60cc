import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Effect, Grant, type IGrantable, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { LEVELS, type Level } from '../../core/health/alarms.ts';
import type { Configuration } from '../configuration/schema.ts';

/** Who publishes beside the functions: alarms, and rules on the bus. */
const SERVICES = ['cloudwatch.amazonaws.com', 'events.amazonaws.com'];

/**
 * The topics that people follow: notices for everybody whom a maintenance concerns, and three levels for those on call.
 * What is published is encrypted with a key of their own: CloudWatch may not use the AWS managed key of SNS, and an
 * alarm that can't publish fails in silence.
 * Source: Amazon SNS, "Encrypting messages published to Amazon SNS with AWS KMS"; Amazon CloudWatch, "Encryption with KMS".
 */
export class AlertTopics extends Construct {
  readonly key: Key;
  readonly notices: Topic;
  readonly levels: Readonly<Record<Level, Topic>>;

  constructor(scope: Construct, id: string, { contacts, deletionProtection }: Configuration) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Encrypts notices and alarms of maintenance mode',
      enableKeyRotation: true,
      removalPolicy: deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
    });
    new Alias(this, 'Alias', {
      aliasName: `alias/${Stack.of(this).stackName}-alerts`,
      targetKey: this.key,
    });
    this.#let(['kms:Decrypt', 'kms:GenerateDataKey*'], '*', (statement) =>
      this.key.addToResourcePolicy(statement),
    );
    this.notices = this.#topic('Notices', 'Maintenance notices', contacts.notices);
    const [one, two, three] = LEVELS.map((level) =>
      this.#topic(`Level${level}`, `Maintenance alarms, level ${level}`, contacts[`level${level}`]),
    ) as [Topic, Topic, Topic];
    this.levels = { 1: one, 2: two, 3: three };
  }

  /** Lets a function publish. */
  letPublish(publisher: IGrantable, ...topics: readonly Topic[]): void {
    Grant.addToPrincipal({
      grantee: publisher,
      actions: ['sns:Publish'],
      resourceArns: topics.map(({ topicArn }) => topicArn),
    });
    this.key.grant(publisher, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  #topic(id: string, displayName: string, contacts: readonly string[]): Topic {
    const topic = new Topic(this, id, { displayName, masterKey: this.key, enforceSSL: true });
    this.#let(['sns:Publish'], topic.topicArn, (statement) => topic.addToResourcePolicy(statement));
    for (const contact of contacts) {
      topic.addSubscription(
        contact.startsWith('https://') ? new UrlSubscription(contact) : new EmailSubscription(contact),
      );
    }
    return topic;
  }

  /** For this account's alarms and rules only: the services act for whoever asks them. */
  #let(actions: string[], resource: string, add: (statement: PolicyStatement) => void): void {
    add(
      new PolicyStatement({
        sid: 'AlarmsAndRulesOfThisAccount',
        effect: Effect.ALLOW,
        principals: SERVICES.map((service) => new ServicePrincipal(service)),
        actions,
        resources: [resource],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
