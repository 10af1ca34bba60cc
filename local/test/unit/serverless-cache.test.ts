import { describe, expect, test } from '@jest/globals';
import { readServerlessCache } from '../../services/cache/serverless-cache.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

type Resources = Parameters<typeof handmadeStack>[0];

const user = (id: string, properties: object = {}) => ({
  Type: 'AWS::ElastiCache::User',
  Properties: {
    UserId: id,
    UserName: id,
    AccessString: 'on  ~a:* -@all (~b:* +get) +ping',
    AuthenticationMode: { Type: 'iam' },
    ...properties,
  },
});

const STACK: Resources = {
  Gate: user('gate'),
  Default: user('no-default', {
    UserName: 'default',
    AuthenticationMode: { Type: 'no-password-required' },
  }),
  Users: {
    Type: 'AWS::ElastiCache::UserGroup',
    Properties: { UserGroupId: 'users', UserIds: [{ Ref: 'Gate' }, { Ref: 'Default' }] },
  },
  Cache: {
    Type: 'AWS::ElastiCache::ServerlessCache',
    Properties: { ServerlessCacheName: 'sessions', UserGroupId: { Ref: 'Users' } },
  },
};

const read = (changes: Resources = {}) => readServerlessCache(handmadeStack({ ...STACK, ...changes }));

describe('the cache of a stack', () => {
  test('has the users of its group who sign in by IAM, with their access string and without what nobody may', () => {
    expect(read()).toMatchObject({
      name: 'sessions',
      arn: 'arn:aws:elasticache:us-east-1:000000000000:serverlesscache:sessions',
      users: [{ id: 'gate', arn: 'arn:aws:elasticache:us-east-1:000000000000:user:gate' }],
    });
    const rules = read()?.users[0]?.rules;
    expect(rules?.slice(0, 6)).toEqual(['on', '~a:*', '-@all', '(~b:*', '+get)', '+ping']);
    expect(rules).toContain('-config');
  });

  test('is none in a stack without one', () => {
    expect(readServerlessCache(handmadeStack({}))).toBeUndefined();
  });

  test.each<[string, Resources, string]>([
    [
      'a second cache',
      { Second: { Type: 'AWS::ElastiCache::ServerlessCache' } },
      'two caches, Cache and Second',
    ],
    ['no user group', { Cache: { Type: 'AWS::ElastiCache::ServerlessCache' } }, 'no user group'],
    [
      'a user who is not in the template',
      {
        Users: { Type: 'AWS::ElastiCache::UserGroup', Properties: { UserGroupId: 'users', UserIds: ['x'] } },
      },
      'The user x of the group Users',
    ],
    [
      'a user with another name than id',
      { Gate: user('gate', { UserName: 'other' }) },
      'its id gate and its name other',
    ],
  ])('is refused with %s', (_what, changes, message) => {
    expect(() => read(changes)).toThrow(message);
  });
});
