import {
  arn,
  BACKUPS,
  DESCRIPTION,
  ENCRYPTION,
  MACHINE,
  type ResourceType,
  TAGS,
} from '../../resource-type.ts';

const ENGINE = 'a redis-server stands for every engine';
const OTHER_SIGN_IN = 'users sign in by IAM only';

/** The types of resources of the cache. */
export const CACHE_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::ElastiCache::ServerlessCache': {
    nameProperty: 'ServerlessCacheName',
    attributes: {
      ARN: (name) => arn('elasticache', `serverlesscache:${name}`),
      Status: () => 'available',
    },
    honoured: ['SecurityGroupIds', 'ServerlessCacheName', 'SubnetIds', 'UserGroupId'],
    accepted: {
      CacheUsageLimits: 'nothing is limited or billed by use here',
      DailySnapshotTime: BACKUPS,
      Description: DESCRIPTION,
      Engine: ENGINE,
      FinalSnapshotName: BACKUPS,
      KmsKeyId: ENCRYPTION,
      MajorEngineVersion: ENGINE,
      NetworkType: MACHINE,
      SnapshotRetentionLimit: BACKUPS,
      Tags: TAGS,
    },
  },
  'AWS::ElastiCache::User': {
    nameProperty: 'UserId',
    attributes: { Arn: (name) => arn('elasticache', `user:${name}`), Status: () => 'active' },
    honoured: ['AccessString', 'AuthenticationMode.Type', 'UserId', 'UserName'],
    accepted: {
      'AuthenticationMode.Passwords': OTHER_SIGN_IN,
      Engine: ENGINE,
      NoPasswordRequired: OTHER_SIGN_IN,
      Passwords: OTHER_SIGN_IN,
      Tags: TAGS,
    },
  },
  'AWS::ElastiCache::UserGroup': {
    nameProperty: 'UserGroupId',
    attributes: { Arn: (name) => arn('elasticache', `usergroup:${name}`), Status: () => 'active' },
    honoured: ['UserGroupId', 'UserIds'],
    accepted: { Engine: ENGINE, Tags: TAGS },
  },
};
