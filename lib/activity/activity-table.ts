import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';

export interface ActivityTableProps {
  /** Name of the deployment's event log. */
  readonly logName: string;
  readonly deletionProtection: boolean;
  readonly encryptionKey: IKey | undefined;
}

/**
 * The table of what is counted. Apart from the event log's, so that counting, however much of it there is, holds up
 * neither the log nor its stream. Items go by themselves, see `expires_at`.
 */
export class ActivityTable extends Construct {
  readonly table: Table;
  readonly #logName: string;
  readonly #encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: ActivityTableProps) {
    super(scope, id);
    this.#logName = props.logName;
    this.#encryptionKey = props.encryptionKey;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection,
      removalPolicy: props.deletionProtection ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY,
      timeToLiveAttribute: 'expires_at',
      encryption: props.encryptionKey ? TableEncryption.CUSTOMER_MANAGED : TableEncryption.AWS_MANAGED,
      encryptionKey: props.encryptionKey,
    });
  }

  /** Lets a function read what was counted. */
  bindReader(reader: LambdaFunction): void {
    reader.addEnvironment(ENV.activityTable, this.table.tableName);
    this.#allow(reader, 'dynamodb:GetItem');
    this.#encryptionKey?.grantDecrypt(reader);
  }

  /** Lets a function read how far the purging of sessions has come. */
  bindProgressReader(reader: LambdaFunction): void {
    reader.addEnvironment(ENV.activityTable, this.table.tableName);
    reader.addToRolePolicy(
      new PolicyStatement({
        actions: ['dynamodb:GetItem'],
        resources: [this.table.tableArn],
        conditions: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`PURGE#${this.#logName}`] },
        },
      }),
    );
    this.#encryptionKey?.grantDecrypt(reader);
  }

  /** Lets a function count. */
  bindCounter(counter: LambdaFunction): void {
    counter.addEnvironment(ENV.activityTable, this.table.tableName);
    counter.addEnvironment(ENV.scope, this.#logName);
    this.#allow(counter, 'dynamodb:GetItem', 'dynamodb:PutItem');
    this.#encryptionKey?.grantEncryptDecrypt(counter);
  }

  #allow(user: LambdaFunction, ...actions: string[]): void {
    user.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources: [this.table.tableArn],
        conditions: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [`COUNTS#${this.#logName}#*`] },
        },
      }),
    );
  }
}
