import { LOCAL_ACCOUNT, LOCAL_REGION } from '../account.ts';
import { arn, ENCRYPTION, RESOURCE_POLICY, type ResourceType, TAGS } from '../resource-type.ts';

const queueUrl = (name: string) => `https://sqs.${LOCAL_REGION}.amazonaws.com/${LOCAL_ACCOUNT}/${name}`;

/** The types of resources of queues. */
export const SQS_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::SQS::Queue': {
    nameProperty: 'QueueName',
    reference: (name) => queueUrl(name),
    attributes: {
      Arn: (name) => arn('sqs', name),
      QueueName: (name) => name,
      QueueUrl: (name) => queueUrl(name),
    },
    honoured: ['QueueName', 'RedrivePolicy', 'VisibilityTimeout'],
    accepted: {
      KmsMasterKeyId: ENCRYPTION,
      MessageRetentionPeriod: 'messages live as long as the process',
      SqsManagedSseEnabled: ENCRYPTION,
      Tags: TAGS,
    },
  },
  'AWS::SQS::QueuePolicy': {
    honoured: [],
    accepted: { PolicyDocument: RESOURCE_POLICY, Queues: RESOURCE_POLICY },
  },
};
