import {
  arn,
  DESCRIPTION,
  MACHINE,
  type NamedStack,
  type ResourceType,
  TAGS,
  uuid,
} from './resource-type.ts';
import type { Resource } from './template.ts';

/** The types of resources of functions. */
export const LAMBDA_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Lambda::Alias': {
    nameProperty: 'Name',
    reference: (name, stack, resource) => `${functionArn(stack, resource)}:${name}`,
    attributes: { AliasArn: (name, stack, resource) => `${functionArn(stack, resource)}:${name}` },
    honoured: ['FunctionName', 'Name'],
    accepted: { Description: DESCRIPTION, FunctionVersion: 'there is one version of each function' },
  },
  'AWS::Lambda::EventInvokeConfig': {
    honoured: ['DestinationConfig.OnFailure', 'FunctionName', 'MaximumRetryAttempts'],
    accepted: {
      MaximumEventAgeInSeconds: 'events wait seconds here, never hours',
      Qualifier: 'there is one version of each function',
    },
  },
  'AWS::Lambda::EventSourceMapping': {
    defaultName: (_stack, resource) => uuid(resource),
    attributes: {
      Id: (name) => name,
      EventSourceMappingArn: (name) => arn('lambda', `event-source-mapping:${name}`),
    },
    honoured: [
      'BatchSize',
      'BisectBatchOnFunctionError',
      'DestinationConfig',
      'Enabled',
      'EventSourceArn',
      'FilterCriteria',
      'FunctionName',
      'FunctionResponseTypes',
      'MaximumBatchingWindowInSeconds',
      'MaximumRecordAgeInSeconds',
      'MaximumRetryAttempts',
      'StartingPosition',
    ],
    accepted: {
      ParallelizationFactor: 'each stream has one shard',
      ScalingConfig: 'the number of instances bounds it',
      Tags: TAGS,
    },
  },
  'AWS::Lambda::Function': {
    nameProperty: 'FunctionName',
    defaultName: (stack, resource) => stack.functionName(resource.logicalId),
    attributes: { Arn: (name) => arn('lambda', `function:${name}`) },
    honoured: [
      'Code.S3Key',
      'DeadLetterConfig',
      'Environment',
      'FunctionName',
      'Handler',
      'LoggingConfig.LogFormat',
      'LoggingConfig.LogGroup',
      'MemorySize',
      'ReservedConcurrentExecutions',
      'Role',
      'Timeout',
      'VpcConfig.SecurityGroupIds',
      'VpcConfig.SubnetIds',
    ],
    accepted: {
      Architectures: 'the code is JavaScript',
      'Code.S3Bucket': 'the code is read from the assembly',
      Description: DESCRIPTION,
      'LoggingConfig.ApplicationLogLevel': 'every line is kept',
      'LoggingConfig.SystemLogLevel': 'every line is kept',
      Runtime: 'functions run on the Node.js of the local cloud',
      Tags: TAGS,
      TracingConfig: 'there is no X-Ray here',
      'VpcConfig.Ipv6AllowedForDualStack': MACHINE,
    },
  },
  'AWS::Lambda::Permission': {
    honoured: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    accepted: { SourceAccount: 'there is one account here' },
  },
  'AWS::Lambda::Version': {
    reference: (_name, stack, resource) => `${functionArn(stack, resource)}:1`,
    attributes: {
      Version: () => '1',
      FunctionArn: (_name, stack, resource) => `${functionArn(stack, resource)}:1`,
    },
    honoured: ['FunctionName'],
    accepted: { Description: DESCRIPTION },
  },
  'Custom::Trigger': {
    honoured: ['HandlerArn', 'InvocationType'],
    accepted: {
      ExecuteOnHandlerChange: 'the function is invoked at every start',
      ServiceToken: 'the local cloud invokes the function itself',
      Timeout: "the function's own timeout ends it",
    },
  },
};

function functionArn(stack: NamedStack, resource: Resource): string {
  const name = String(stack.property(resource, 'FunctionName'));
  return name.startsWith('arn:') ? name : arn('lambda', `function:${name}`);
}
