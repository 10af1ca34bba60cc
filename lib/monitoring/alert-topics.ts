import { Stack } from 'aws-cdk-lib';
import {
  type Conditions,
  Grant,
  type IGrantable,
  PolicyStatement,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription, UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { LEVELS, type Level } from '../../core/health/alarms.ts';
import type { Configuration } from '../configuration/schema.ts';
import { removalPolicyFor } from '../removal-policy.ts';

/**
 * The topics that people follow: notices for everybody whom a maintenance concerns, and three levels for those on call;
 * or, where only what is essential is watched, one for those on call whatever the level.
 * What is published is encrypted with a key of their own: CloudWatch may not use the AWS managed key of SNS, and an
 * alarm that can't publish fails in silence.
 * Source: Amazon SNS, "Encrypting messages published to Amazon SNS with AWS KMS"; Amazon CloudWatch, "Encryption with KMS".
 */
export class AlertTopics extends Construct {
  readonly key: Key;
  /** Undefined where nobody is told of each maintenance. */
  readonly notices: Topic | undefined;
  readonly levels: Readonly<Record<Level, Topic>>;

  constructor(scope: Construct, id: string, { contacts, deletionProtection, monitoring }: Configuration) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Encrypts notices and alarms of maintenance mode',
      enableKeyRotation: true,
      removalPolicy: removalPolicyFor(deletionProtection),
    });
    new Alias(this, 'Alias', {
      aliasName: `alias/${Stack.of(this).stackName}-alerts`,
      targetKey: this.key,
    });
    const { notices, level1, level2, level3 } = contacts;
    if (monitoring === 'full') {
      this.notices = this.#topic('Notices', 'Maintenance notices', notices);
      const [one, two, three] = LEVELS.map((level) =>
        this.#topic(`Level${level}`, `Maintenance alarms, level ${level}`, contacts[`level${level}`]),
      ) as [Topic, Topic, Topic];
      this.levels = { 1: one, 2: two, 3: three };
    } else {
      const followers = new Set([...level1, ...level2, ...level3]);
      const topic = this.#topic('Alarms', 'Maintenance alarms', [...followers]);
      this.levels = { 1: topic, 2: topic, 3: topic };
    }
    this.#letPublishers(['kms:Decrypt', 'kms:GenerateDataKey*'], '*', this.key, {
      StringLike: { 'kms:EncryptionContext:aws:sns:topicArn': this.#anyTopic() },
    });
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
    this.#letPublishers(['sns:Publish'], topic.topicArn, topic, undefined);
    for (const contact of contacts) {
      topic.addSubscription(
        contact.startsWith('https://') ? new UrlSubscription(contact) : new EmailSubscription(contact),
      );
    }
    return topic;
  }

  /**
   * Lets alarms of this account and rules publish. Rules get a statement without the account of the source: EventBridge
   * tells neither SNS nor KMS for whom it acts, and a condition on that would drop every message of theirs in silence.
   * Source: Amazon SNS, "Enable compatibility between event sources from AWS services and encrypted topics"; Amazon
   * EventBridge, "Using resource-based policies".
   *
   * @param ofRules what else has to be so where a rule publishes
   */
  #letPublishers(
    actions: string[],
    resource: string,
    to: { addToResourcePolicy(statement: PolicyStatement): unknown },
    ofRules: Conditions | undefined,
  ): void {
    const resources = [resource];
    to.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions,
        resources,
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    to.addToResourcePolicy(
      new PolicyStatement({
        sid: 'Rules',
        principals: [new ServicePrincipal('events.amazonaws.com')],
        actions,
        resources,
        ...(ofRules && { conditions: ofRules }),
      }),
    );
  }

  /** Any topic of this account and region: the key can't name those that are encrypted with it. */
  #anyTopic(): string {
    return Stack.of(this).formatArn({ service: 'sns', resource: '*' });
  }
}
