import { acceptAll, arn, DESCRIPTION, ENCRYPTION, type ResourceType, TAGS } from '../resource-type.ts';

const RETENTION = 'logs live as long as the process, bounded by number';

/** The types of resources of logs. */
export const LOGS_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Logs::LogGroup': {
    nameProperty: 'LogGroupName',
    attributes: { Arn: (name) => arn('logs', `log-group:${name}:*`) },
    honoured: ['LogGroupName'],
    accepted: { KmsKeyId: ENCRYPTION, LogGroupClass: RETENTION, RetentionInDays: RETENTION, Tags: TAGS },
  },
  'AWS::Logs::MetricFilter': {
    honoured: [
      'FilterPattern',
      'LogGroupName',
      'MetricTransformations.MetricName',
      'MetricTransformations.MetricNamespace',
      'MetricTransformations.MetricValue',
      'MetricTransformations.Unit',
    ],
    accepted: { FilterName: DESCRIPTION },
  },
  'AWS::Logs::QueryDefinition': {
    honoured: [],
    accepted: acceptAll(['LogGroupNames', 'Name', 'QueryString'], 'there is no Logs Insights here'),
  },
  'AWS::Logs::SubscriptionFilter': {
    honoured: ['DestinationArn', 'FilterPattern', 'LogGroupName'],
    accepted: { FilterName: DESCRIPTION, RoleArn: 'deliveries need no role here' },
  },
};
