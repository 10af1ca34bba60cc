import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import { JOB_TABLE, type JobIndex, jobPartitions } from '../../core/jobs/job-table.ts';
import { removalPolicyFor } from '../removal-policy.ts';

interface JobTableProps {
  /** Name of the deployment's event log. */
  readonly logName: string;
  readonly deletionProtection: boolean;
  readonly encryptionKey: IKey | undefined;
}

const { partitionKey, sortKey, indexes, timeToLive } = JOB_TABLE;

/**
 * The table of jobs. Apart from the others, so that heartbeats, however many there are, hold up neither the log nor its
 * stream. Its indexes are local ones: only those can be read consistently, and a drain must not miss a job. They hold
 * keys alone, so that a heartbeat, which changes no key, writes nothing to them.
 */
export class JobTable extends Construct {
  readonly table: Table;
  readonly #logName: string;
  readonly #encryptionKey: IKey | undefined;

  constructor(scope: Construct, id: string, props: JobTableProps) {
    super(scope, id);
    this.#logName = props.logName;
    this.#encryptionKey = props.encryptionKey;
    this.table = new Table(this, 'Table', {
      partitionKey: { name: partitionKey, type: AttributeType.STRING },
      sortKey: { name: sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.deletionProtection,
      removalPolicy: removalPolicyFor(props.deletionProtection),
      timeToLiveAttribute: timeToLive,
      encryption: props.encryptionKey ? TableEncryption.CUSTOMER_MANAGED : TableEncryption.AWS_MANAGED,
      encryptionKey: props.encryptionKey,
    });
    for (const [indexName, key] of Object.entries(indexes)) {
      this.table.addLocalSecondaryIndex({
        indexName,
        sortKey: { name: key, type: AttributeType.STRING },
        projectionType: ProjectionType.KEYS_ONLY,
      });
    }
  }

  /** Lets a function do all that can be done with jobs: nobody deletes any. */
  bindRegistrar(user: LambdaFunction): void {
    this.#bindEnvironment(user);
    this.#allow(user, [this.table.tableArn], 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem');
    this.#allow(
      user,
      Object.keys(indexes).map((index) => this.#arnOf(index as JobIndex)),
      'dynamodb:Query',
    );
    this.#encryptionKey?.grantEncryptDecrypt(user);
  }

  /** Lets a function find the jobs that are active, and write down what became of them. */
  bindSweeper(user: LambdaFunction): void {
    this.#bindEnvironment(user);
    this.#allow(user, [this.table.tableArn], 'dynamodb:GetItem', 'dynamodb:UpdateItem');
    this.#allow(user, [this.#arnOf('active')], 'dynamodb:Query');
    this.#encryptionKey?.grantEncryptDecrypt(user);
  }

  /** Lets a function stop the jobs that are active, and count those that were terminated or lost. */
  bindDrain(user: LambdaFunction): void {
    this.bindSweeper(user);
    this.#allow(user, [this.#arnOf('troubled')], 'dynamodb:Query');
  }

  /** Lets a function count the active jobs. */
  bindCounter(user: LambdaFunction): void {
    this.#bindEnvironment(user);
    this.#allow(user, [this.#arnOf('active')], 'dynamodb:Query');
    this.#encryptionKey?.grantDecrypt(user);
  }

  #bindEnvironment(user: LambdaFunction): void {
    user.addEnvironment(ENV.jobTable, this.table.tableName);
    user.addEnvironment(ENV.scope, this.#logName);
  }

  #arnOf(index: JobIndex): string {
    return `${this.table.tableArn}/index/${index}`;
  }

  #allow(user: LambdaFunction, resources: string[], ...actions: string[]): void {
    const partitions = `${jobPartitions(this.#logName)}*`;
    user.addToRolePolicy(
      new PolicyStatement({
        actions,
        resources,
        conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [partitions] } },
      }),
    );
  }
}
