import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import { removalPolicyFor } from '../removal-policy.ts';

interface ActivityTableProps {
  /** Name of the deployment's event log. */
  readonly logName: string;
  readonly deletionProtection: boolean;
  readonly encryptionKey: IKey | undefined;
}

/**
 * The table of what is counted, of how far the purge of sessions and the drains of jobs have come, and of the notices given. Apart from the event log's, so that
 * writing here, however much of it there is, holds up neither the log nor its stream. Counts go by themselves, see
 * `expires_at`.
 */
export class ActivityTable extends Construct {
  readonly table: Table;
  readonly #logName: string;
  /** The partitions of what is counted, as a pattern. */
  readonly #counts: string;
  /** The partition of the purge's progress. */
  readonly #purge: string;
  /** The partitions of the records of drains, as a pattern. */
  readonly #drains: string;
  /** The partition of what drains have paused. */
  readonly #pauses: string;
  /** The partition of the health check's newest record. */
  readonly #health: string;
  /** The partitions of what it saw during maintenances, as a pattern. */
  readonly #watch: string;
  /** The partition of how far the event log has been published. */
  readonly #published: string;
  /** The partitions of the records of notices, as a pattern. */
  readonly #notices: string;
  readonly #encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: ActivityTableProps) {
    super(scope, id);
    this.#logName = props.logName;
    this.#counts = `COUNTS#${props.logName}#*`;
    this.#purge = `PURGE#${props.logName}`;
    this.#drains = `DRAIN#${props.logName}#*`;
    this.#pauses = `PAUSES#${props.logName}`;
    this.#health = `HEALTH#${props.logName}`;
    this.#watch = `WATCH#${props.logName}#*`;
    this.#published = `PUBLISHED#${props.logName}`;
    this.#notices = `NOTICES#${props.logName}#*`;
    this.#encryptionKey = props.encryptionKey;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection,
      removalPolicy: removalPolicyFor(props.deletionProtection),
      timeToLiveAttribute: 'expires_at',
      encryption: props.encryptionKey ? TableEncryption.CUSTOMER_MANAGED : TableEncryption.AWS_MANAGED,
      encryptionKey: props.encryptionKey,
    });
  }

  /** Lets a function read what was counted, and how far the purge of sessions has come. */
  bindReader(reader: LambdaFunction): void {
    this.#bindReader(reader, [this.#counts, this.#purge]);
  }

  /** Lets a function tell the status: what was counted, and how far purge and drain have come. */
  bindStatus(status: LambdaFunction): void {
    this.#bindReader(status, [this.#counts, this.#purge, this.#drains]);
  }

  /** Lets a function make reports: of what was counted, of the purge, of the records of drains and notices, and of what was watched. */
  bindReporter(reporter: LambdaFunction): void {
    this.#bindReader(reporter, [this.#counts, this.#purge, this.#drains, this.#notices, this.#watch]);
  }

  /** Lets a function read the newest record of the health check. */
  bindHealthReader(reader: LambdaFunction): void {
    this.#bindReader(reader, [this.#health]);
  }

  /** Lets the health check see how far background work has come, and keep what it found. */
  bindHealthCheck(check: LambdaFunction): void {
    this.#bindReader(check, [this.#purge, this.#drains, this.#pauses, this.#published]);
    this.#bindWriter(check, [this.#health, this.#watch]);
  }

  /** Lets a function keep how far the event log has been published. */
  bindPublisher(publisher: LambdaFunction): void {
    this.#bindWriter(publisher, [this.#published]);
  }

  /** Lets a function count. */
  bindCounter(counter: LambdaFunction): void {
    counter.addEnvironment(ENV.scope, this.#logName);
    this.#bindWriter(counter, [this.#counts]);
  }

  /** Lets a function keep how far the purge of sessions has come. */
  bindPurger(purger: LambdaFunction): void {
    this.#bindWriter(purger, [this.#purge]);
  }

  /** Lets a function keep the records of drains, and what they have paused. */
  bindDrain(drain: LambdaFunction): void {
    this.#bindWriter(drain, [this.#drains, this.#pauses]);
  }

  /** Lets a function keep which notices were given. */
  bindNotices(notifier: LambdaFunction): void {
    this.#bindWriter(notifier, [this.#notices]);
  }

  #bindReader(reader: LambdaFunction, partitions: readonly string[]): void {
    reader.addEnvironment(ENV.activityTable, this.table.tableName);
    this.#allow(reader, partitions, 'dynamodb:GetItem');
    this.#encryptionKey?.grantDecrypt(reader);
  }

  #bindWriter(writer: LambdaFunction, partitions: readonly string[]): void {
    writer.addEnvironment(ENV.activityTable, this.table.tableName);
    this.#allow(writer, partitions, 'dynamodb:GetItem', 'dynamodb:PutItem');
    this.#encryptionKey?.grantEncryptDecrypt(writer);
  }

  #allow(user: LambdaFunction, partitions: readonly string[], ...actions: string[]): void {
    user.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
      }),
    );
  }
}
