import { arn, ENCRYPTION, type ResourceType, TAGS } from '../../resource-type.ts';

/** The types of resources of state machines. */
export const STATES_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::StepFunctions::StateMachine': {
    nameProperty: 'StateMachineName',
    reference: (name) => arn('states', `stateMachine:${name}`),
    attributes: { Arn: (name) => arn('states', `stateMachine:${name}`), Name: (name) => name },
    honoured: [
      'DefinitionString',
      'DefinitionSubstitutions',
      'RoleArn',
      'StateMachineName',
      'StateMachineType',
    ],
    accepted: {
      EncryptionConfiguration: ENCRYPTION,
      LoggingConfiguration: 'executions write no log here',
      Tags: TAGS,
      TracingConfiguration: 'there is no X-Ray here',
    },
  },
};
