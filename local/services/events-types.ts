import {
  acceptAll,
  arn,
  DESCRIPTION,
  ENCRYPTION,
  RESOURCE_POLICY,
  type ResourceType,
  TAGS,
} from '../resource-type.ts';

/** The types of resources of EventBridge. */
export const EVENTS_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Events::EventBus': {
    nameProperty: 'Name',
    attributes: { Arn: (name) => arn('events', `event-bus/${name}`), Name: (name) => name },
    honoured: ['Name'],
    accepted: {
      DeadLetterConfig: 'nothing fails between bus and rule here',
      Description: DESCRIPTION,
      KmsKeyIdentifier: ENCRYPTION,
      LogConfig: 'the bus writes no log here',
      Tags: TAGS,
    },
  },
  'AWS::Events::EventBusPolicy': {
    honoured: [],
    accepted: acceptAll(['EventBusName', 'Statement', 'StatementId'], RESOURCE_POLICY),
  },
  'AWS::Events::Rule': {
    nameProperty: 'Name',
    attributes: {
      Arn: (name, stack, resource) => {
        const bus = stack.property(resource, 'EventBusName');
        const busName = typeof bus === 'string' ? bus.split('/').at(-1) : 'default';
        return arn('events', busName === 'default' ? `rule/${name}` : `rule/${busName}/${name}`);
      },
    },
    honoured: ['EventBusName', 'EventPattern', 'Name', 'ScheduleExpression', 'State', 'Targets'],
    accepted: { Description: DESCRIPTION, Tags: TAGS },
  },
};
