import { arn, DESCRIPTION, type ResourceType, TAGS } from '../resource-type.ts';

/** The types of resources of topics. */
export const SNS_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::SNS::Subscription': {
    reference: (name) => arn('sns', name),
    attributes: { Arn: (name) => arn('sns', name) },
    honoured: ['Endpoint', 'Protocol', 'RawMessageDelivery', 'TopicArn'],
    accepted: { RedrivePolicy: 'a delivery here does not fail' },
  },
  'AWS::SNS::Topic': {
    nameProperty: 'TopicName',
    reference: (name) => arn('sns', name),
    attributes: { TopicArn: (name) => arn('sns', name), TopicName: (name) => name },
    honoured: ['KmsMasterKeyId', 'TopicName'],
    accepted: { DisplayName: DESCRIPTION, Tags: TAGS },
  },
  'AWS::SNS::TopicPolicy': {
    honoured: ['PolicyDocument', 'Topics'],
  },
};
