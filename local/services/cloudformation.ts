import { createHash } from 'node:crypto';
import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import type { CloudContext, RunningCloud } from '../local-services.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService, unknownOperation } from './aws-call.ts';
import type { CallerAccess } from './caller-access.ts';
import { pageOf } from './page.ts';
import { queryAnswer, queryInput, type XmlValue } from './query-protocol.ts';

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
/** Resources in one answer of ListStackResources. */
const PAGE_SIZE = 100;

/**
 * What CloudFormation would know of the stack once it is deployed: its outputs and its resources by their physical
 * ids. The API's address is the one where the local cloud serves it.
 */
export class CloudFormation implements AwsService {
  readonly #stack: Stack;
  readonly #caller: CallerAccess;
  readonly #cloud: () => RunningCloud | undefined;
  readonly #startedAt: Date;
  readonly #arn: string;

  /** @param cloud undefined before functions can be invoked */
  constructor({ stack, clock }: CloudContext, caller: CallerAccess, cloud: () => RunningCloud | undefined) {
    this.#stack = stack;
    this.#caller = caller;
    this.#cloud = cloud;
    this.#startedAt = new Date(clock.now());
    const digest = createHash('sha256').update(stack.name).digest('hex');
    const id = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
    this.#arn = `arn:aws:cloudformation:${LOCAL_REGION}:${LOCAL_ACCOUNT}:stack/${stack.name}/${id}`;
  }

  /** Source: "DescribeStacks", "DescribeStackResources" and "ListStackResources" of the CloudFormation API reference. */
  async call(call: AwsCall): Promise<AwsAnswer> {
    const input = queryInput(call);
    const wanted = input.get('StackName');
    switch (call.operation) {
      case 'DescribeStacks':
        this.#caller.authorise(call, 'cloudformation:DescribeStacks', wanted === null ? '*' : this.#arn);
        if (wanted !== null) this.#checkName(wanted);
        return queryAnswer(call.operation, NAMESPACE, { Stacks: [this.#describe()] });
      case 'DescribeStackResources': {
        this.#caller.authorise(call, 'cloudformation:DescribeStackResources', this.#arn);
        this.#checkName(wanted);
        const logicalId = input.get('LogicalResourceId');
        const found = this.#stack
          .resources()
          .filter((resource) => logicalId === null || resource.logicalId === logicalId);
        return queryAnswer(call.operation, NAMESPACE, {
          StackResources: found.map((resource) => ({
            StackName: this.#stack.name,
            StackId: this.#arn,
            ...this.#summary(resource),
            Timestamp: this.#startedAt,
          })),
        });
      }
      case 'ListStackResources': {
        this.#caller.authorise(call, 'cloudformation:ListStackResources', this.#arn);
        this.#checkName(wanted);
        const { items, next } = pageOf(this.#stack.resources(), input.get('NextToken'), PAGE_SIZE);
        return queryAnswer(call.operation, NAMESPACE, {
          StackResourceSummaries: items.map((resource) => ({
            ...this.#summary(resource),
            LastUpdatedTimestamp: this.#startedAt,
          })),
          NextToken: next,
        });
      }
      default:
        throw unknownOperation('CloudFormation', call.operation);
    }
  }

  /** @throws AwsError ValidationError */
  #checkName(wanted: string | null): void {
    if (wanted === this.#stack.name || wanted === this.#arn) return;
    throw new AwsError('ValidationError', `Stack with id ${wanted} does not exist`);
  }

  #describe(): XmlValue {
    const outputs = this.#stack.template.Outputs ?? {};
    return {
      StackName: this.#stack.name,
      StackId: this.#arn,
      CreationTime: this.#startedAt,
      StackStatus: 'CREATE_COMPLETE',
      DriftInformation: { StackDriftStatus: 'NOT_CHECKED' },
      Outputs: Object.entries(this.#stack.outputs()).map(([name, value]) => ({
        OutputKey: name,
        OutputValue: this.#reachable(String(value)),
        Description: outputs[name]?.Description,
      })),
    };
  }

  #summary(resource: Resource): { readonly [name: string]: XmlValue } {
    return {
      LogicalResourceId: resource.logicalId,
      PhysicalResourceId: this.#stack.attribute(resource, 'Ref'),
      ResourceType: resource.type,
      ResourceStatus: 'CREATE_COMPLETE',
      DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' },
    };
  }

  /** A text with the address of the API's stage on AWS replaced by the local one. */
  #reachable(text: string): string {
    const url = this.#cloud()?.url;
    if (url === undefined) return text;
    return this.#stack.resources('AWS::ApiGateway::Stage').reduce((result, stage) => {
      const host = `${this.#stack.property(stage, 'RestApiId')}.execute-api.${LOCAL_REGION}.amazonaws.com`;
      return result.replaceAll(`https://${host}/${this.#stack.attribute(stage, 'Ref')}`, url);
    }, text);
  }
}
