import { LOCAL_ACCOUNT } from './account.ts';
import {
  acceptAll,
  arn,
  DESCRIPTION,
  ENCRYPTION,
  identifier,
  type ResourceType,
  TAGS,
  uuid,
} from './resource-type.ts';

/** Role and policy names live outside of a region. */
const iamArn = (kind: string, name: string) => `arn:aws:iam::${LOCAL_ACCOUNT}:${kind}/${name}`;

/** The types of resources of IAM and KMS. */
export const IAM_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::IAM::ManagedPolicy': {
    nameProperty: 'ManagedPolicyName',
    reference: (name) => iamArn('policy', name),
    attributes: { PolicyArn: (name) => iamArn('policy', name) },
    honoured: ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
    accepted: { Description: DESCRIPTION, Path: DESCRIPTION },
  },
  'AWS::IAM::Policy': {
    nameProperty: 'PolicyName',
    attributes: { Id: (name) => name },
    honoured: ['PolicyDocument', 'PolicyName', 'Roles'],
  },
  'AWS::IAM::Role': {
    nameProperty: 'RoleName',
    attributes: {
      Arn: (name) => iamArn('role', name),
      RoleId: (_name, _stack, resource) => `AROA${identifier(resource, 16).toUpperCase()}`,
    },
    honoured: ['ManagedPolicyArns', 'Policies', 'RoleName'],
    accepted: {
      AssumeRolePolicyDocument: 'a function runs as the role it names',
      Description: DESCRIPTION,
      Path: DESCRIPTION,
      Tags: TAGS,
    },
  },
  'AWS::KMS::Alias': {
    nameProperty: 'AliasName',
    honoured: ['AliasName'],
    accepted: { TargetKeyId: ENCRYPTION },
  },
  'AWS::KMS::Key': {
    defaultName: (_stack, resource) => uuid(resource),
    attributes: { Arn: (name) => arn('kms', `key/${name}`), KeyId: (name) => name },
    honoured: ['KeyPolicy'],
    accepted: acceptAll(
      ['Description', 'EnableKeyRotation', 'PendingWindowInDays', 'RotationPeriodInDays', 'Tags'],
      ENCRYPTION,
    ),
  },
};
