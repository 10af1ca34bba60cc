import { arn, DESCRIPTION, type ResourceType, TAGS } from '../resource-type.ts';

/** The types of resources of CloudWatch. */
export const CLOUDWATCH_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::CloudWatch::Alarm': {
    nameProperty: 'AlarmName',
    attributes: { Arn: (name) => arn('cloudwatch', `alarm:${name}`) },
    honoured: [
      'ActionsEnabled',
      'AlarmActions',
      'AlarmName',
      'ComparisonOperator',
      'DatapointsToAlarm',
      'Dimensions',
      'EvaluationPeriods',
      'ExtendedStatistic',
      'InsufficientDataActions',
      'MetricName',
      'Namespace',
      'OKActions',
      'Period',
      'Statistic',
      'Threshold',
      'TreatMissingData',
      'Unit',
    ],
    accepted: { AlarmDescription: DESCRIPTION, Tags: TAGS },
  },
  'AWS::CloudWatch::Dashboard': {
    nameProperty: 'DashboardName',
    honoured: [],
    accepted: { DashboardBody: 'there is no CloudWatch console here', DashboardName: DESCRIPTION },
  },
};
