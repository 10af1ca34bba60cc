import { arn, BACKUPS, ENCRYPTION, type ResourceType, TAGS } from '../resource-type.ts';

/** The types of resources of DynamoDB. */
export const DYNAMODB_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::DynamoDB::Table': {
    nameProperty: 'TableName',
    attributes: {
      Arn: (name) => arn('dynamodb', `table/${name}`),
      StreamArn: (name) => arn('dynamodb', `table/${name}/stream/2026-01-01T00:00:00.000`),
    },
    honoured: [
      'AttributeDefinitions',
      'BillingMode',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'StreamSpecification',
      'TableName',
    ],
    accepted: {
      TimeToLiveSpecification: 'items stay past their time, as they may for days in AWS',
      DeletionProtectionEnabled: 'nothing deletes it here',
      PointInTimeRecoverySpecification: BACKUPS,
      ProvisionedThroughput: 'no call is throttled here',
      SSESpecification: ENCRYPTION,
      Tags: TAGS,
    },
  },
};
