import {
  arn,
  DESCRIPTION,
  ENCRYPTION,
  identifier,
  RESOURCE_POLICY,
  type ResourceType,
  TAGS,
} from '../resource-type.ts';

/** The types of resources of secrets. */
export const SECRETS_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::SecretsManager::Secret': {
    nameProperty: 'Name',
    reference: (name, _stack, resource) => arn('secretsmanager', `secret:${name}-${identifier(resource, 6)}`),
    attributes: {
      Id: (name, _stack, resource) => arn('secretsmanager', `secret:${name}-${identifier(resource, 6)}`),
    },
    honoured: ['GenerateSecretString', 'Name', 'SecretString'],
    accepted: { Description: DESCRIPTION, KmsKeyId: ENCRYPTION, Tags: TAGS },
  },
  'AWS::SecretsManager::ResourcePolicy': {
    honoured: [],
    accepted: {
      BlockPublicPolicy: RESOURCE_POLICY,
      ResourcePolicy: RESOURCE_POLICY,
      SecretId: RESOURCE_POLICY,
    },
  },
};
