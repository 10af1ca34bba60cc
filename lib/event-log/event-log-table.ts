import { AttributeType, BillingMode, StreamViewType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import { removalPolicyFor } from '../removal-policy.ts';

interface EventLogTableProps {
  /** Name of the event log within the table. */
  readonly logName: string;
  readonly deletionProtection: boolean;
  readonly encryptionKey: IKey | undefined;
}

/**
 * The actions that could change or remove an event once written. BatchWriteItem overwrites without a condition;
 * transactions are authorised by the actions they are made of.
 */
const REWRITING = [
  'dynamodb:BatchWriteItem',
  'dynamodb:DeleteItem',
  'dynamodb:PartiQLDelete',
  'dynamodb:PartiQLInsert',
  'dynamodb:PartiQLUpdate',
  'dynamodb:UpdateItem',
];

/**
 * The table of the event log and of the issuer's keys. Functions are bound to it with what they need:
 * environment and permissions together, so that neither is forgotten.
 */
export class EventLogTable extends Construct {
  readonly table: Table;
  readonly #events: string;
  readonly #logName: string;
  readonly #encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: EventLogTableProps) {
    super(scope, id);
    this.#logName = props.logName;
    this.#events = `EVENTS#${props.logName}`;
    this.#encryptionKey = props.encryptionKey;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.NUMBER },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection,
      removalPolicy: removalPolicyFor(props.deletionProtection),
      stream: StreamViewType.NEW_IMAGE,
      timeToLiveAttribute: 'expires_at',
      encryption: props.encryptionKey ? TableEncryption.CUSTOMER_MANAGED : TableEncryption.AWS_MANAGED,
      encryptionKey: props.encryptionKey,
    });
  }

  /** Lets a function read the log. */
  bindReader(reader: LambdaFunction): void {
    this.#bindEnvironment(reader);
    this.#allow(reader, this.#events, 'dynamodb:Query');
    this.#encryptionKey?.grantDecrypt(reader);
  }

  /**
   * Lets a function append to the log. Changing and deleting are denied, whatever else allows them; but a put without a
   * condition replaces an event, and no condition of IAM refuses that. What is changed in whatever way is detected: by
   * the stream (`consumeEvents`) and by the health check.
   */
  bindWriter(writer: LambdaFunction): void {
    this.#bindEnvironment(writer);
    this.#allow(writer, this.#events, 'dynamodb:Query', 'dynamodb:GetItem', 'dynamodb:PutItem');
    writer.addToRolePolicy(
      new PolicyStatement({
        effect: Effect.DENY,
        actions: REWRITING,
        resources: [this.table.tableArn],
        conditions: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': [this.#events] } },
      }),
    );
    this.#encryptionKey?.grantEncryptDecrypt(writer);
  }

  /** Lets a function write beside the log, to see whether the table can be written to. */
  bindProbe(prober: LambdaFunction): void {
    this.#allow(prober, `PROBE#${this.#logName}`, 'dynamodb:PutItem');
    this.#encryptionKey?.grantEncryptDecrypt(prober);
  }

  /** Lets a function read the kept keys of an issuer. */
  bindKeyReader(reader: LambdaFunction, issuer: string): void {
    this.#allow(reader, `KEYS#${issuer}`, 'dynamodb:GetItem');
  }

  /** Lets a function keep the keys of an issuer. */
  bindKeyWriter(writer: LambdaFunction, issuer: string): void {
    this.#allow(writer, `KEYS#${issuer}`, 'dynamodb:GetItem', 'dynamodb:PutItem');
  }

  /** Lets a function read the owner's rules. */
  bindRuleReader(reader: LambdaFunction): void {
    this.#allowSets(reader, 'RULES', 'dynamodb:GetItem');
  }

  /** Lets a function read the owner's rules, and keep new sets of them. */
  bindRuleWriter(writer: LambdaFunction): void {
    this.#allowSets(writer, 'RULES', 'dynamodb:GetItem', 'dynamodb:PutItem');
  }

  /** Lets a function read the owner's windows. */
  bindWindowReader(reader: LambdaFunction): void {
    this.#allowSets(reader, 'WINDOWS', 'dynamodb:GetItem');
  }

  /** Lets a function read the owner's windows, and keep new sets of them. */
  bindWindowWriter(writer: LambdaFunction): void {
    this.#allowSets(writer, 'WINDOWS', 'dynamodb:GetItem', 'dynamodb:PutItem');
  }

  /** Each set has a partition of its own, named by its content. */
  #allowSets(user: LambdaFunction, of: string, ...actions: string[]): void {
    const partitions = `${of}#${this.#logName}#*`;
    user.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] } },
      }),
    );
  }

  #bindEnvironment(user: LambdaFunction): void {
    user.addEnvironment(ENV.stateTable, this.table.tableName);
    user.addEnvironment(ENV.scope, this.#logName);
  }

  #allow(user: LambdaFunction, partition: string, ...actions: string[]): void {
    user.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources: [this.table.tableArn],
        conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [partition] } },
      }),
    );
  }
}
