import { describe, expect, test } from '@jest/globals';
import { App, Token } from 'aws-cdk-lib';
import fc from 'fast-check';
import { mirrorKey, offencePrefix } from '../../core/identity/session.ts';
import { ConfigurationError } from '../../lib/configuration/configuration-error.ts';
import { configure } from '../../lib/configuration/configure.ts';
import { contextOptions } from '../../lib/configuration/context-options.ts';
import { prefixProblem } from '../../lib/configuration/session-schema.ts';

const origin = 'https://app.example.com';
const redis = {
  host: 'redis.shop.example.com',
  auth: { type: 'none' },
  vpcId: 'vpc-0a1b2c3d4e5f60718',
  subnetIds: ['subnet-0a1b2c3d'],
  securityGroupId: 'sg-0a1b2c3d',
};

/** What is said of options that may be wrong, null when they are taken. */
function complaint(options: Record<string, unknown>): string | null {
  try {
    configure({ origin, profile: 'whole', ...options });
    return null;
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message;
    throw error;
  }
}

describe('the prefix of sessions', () => {
  test.each([
    'vedfolnir:session:',
    'sess:',
    'ab:',
    'PHPREDIS_SESSION:',
    'shop/',
    'a.b.',
    'user-',
    'under_',
    '{tag}:',
  ])('%j is taken', (prefix) => expect(prefixProblem(prefix)).toBeNull());

  test.each<[prefix: string, why: RegExp]>([
    ['', /too short/],
    [':', /too short/],
    ['s:', /too short/],
    ['*', /is a pattern/],
    ['session:*', /is a pattern/],
    ['se?sion:', /is a pattern/],
    ['[a-z]:', /is a pattern/],
    ['a\\:b:', /is a pattern/],
    ['my session:', /white space/],
    ['session\t:', /white space/],
    ['session:\n', /white space/],
    ['session:\0', /white space or other characters/],
    ['sitzungä:', /other characters than those of ASCII/],
    ['session', /must end with one of : \/ . - _/],
    ['session}', /must end with one of/],
    ['enhanced-', /matches keys of maintenance mode itself/],
    ['enhanced-maintenance-mode:', /matches keys of maintenance mode itself/],
    ['enhanced-maintenance-mode:default:', /matches keys of maintenance mode itself/],
    [`${'s'.repeat(128)}:`, /128 characters at most/],
    [Token.asString({ Ref: 'Prefix' }), /must be known at synthesis/],
  ])('%j is refused with a sentence', (prefix, why) => {
    expect(complaint({ sessionPolicy: { prefix } })).toMatch(why);
    expect(complaint({ sessionPolicy: { prefix } })).toMatch(/^Option "sessionPolicy.prefix" /);
  });

  test('whatever is taken matches no key of our own, and nothing that goes on as another word', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('enhanced-', 'enhanced-maintenance-mode:', 'session:'),
    );
    fc.assert(
      fc.property(text, fc.stringMatching(/^[\w-]{1,64}$/), (prefix, scope) => {
        fc.pre(prefixProblem(prefix) === null);
        for (const own of [mirrorKey(scope), offencePrefix(scope)]) {
          expect(own.startsWith(prefix) || prefix.startsWith(own)).toBe(false);
        }
        expect(prefix).toMatch(/^[!-~]{2,}[:/._-]$/);
        expect(prefix).not.toMatch(/[*?[\]\\]/);
      }),
    );
  });
});

describe('options of sessions, cache and Redis', () => {
  test.each<[wrong: string, options: Record<string, unknown>, sentence: RegExp]>([
    [
      'a pointer without a slash',
      { sessionPolicy: { rolePointers: ['role'] } },
      /"sessionPolicy.rolePointers.0" must be a JSON/,
    ],
    ['a pointer to everything', { sessionPolicy: { rolePointers: [''] } }, /must be a JSON pointer/],
    [
      'a pointer with a bare tilde',
      { sessionPolicy: { userPointers: ['/a~2'] } },
      /"sessionPolicy.userPointers.0" must be a/,
    ],
    [
      'no pointer',
      { sessionPolicy: { createdAtPointers: [] } },
      /"sessionPolicy.createdAtPointers" must name at least one/,
    ],
    [
      'pointers that are no list',
      { sessionPolicy: { rolePointers: '/role' } },
      /"sessionPolicy.rolePointers" must be a list/,
    ],
    [
      'no role of admins',
      { sessionPolicy: { adminRoles: [] } },
      /"sessionPolicy.adminRoles" must name at least one role/,
    ],
    [
      'a blank role',
      { sessionPolicy: { adminRoles: [' '] } },
      /a role is text without white space at its ends/,
    ],
    [
      'a cookie with a space',
      { sessionPolicy: { cookie: 'a b' } },
      /"sessionPolicy.cookie" must be the name of a cookie/,
    ],
    [
      'an option of sessions that does not exist',
      { sessionPolicy: { prefx: 'a:' } },
      /Unknown option "sessionPolicy.prefx"/,
    ],
    ['no network', { cache: { vpcCidr: '10.0.0.0' } }, /"cache.vpcCidr".*is not a network from \/16 to \/26/],
    ['a network that is too small', { cache: { vpcCidr: '10.0.0.0/27' } }, /is not a network from/],
    ['a network that is too large', { cache: { vpcCidr: '10.0.0.0/8' } }, /is not a network from/],
    ['an address that is none', { cache: { vpcCidr: '10.0.0.300/24' } }, /is not a network from/],
    [
      'a time that is none',
      { cache: { snapshotTime: '24:00' } },
      /"cache.snapshotTime" must be a time of day/,
    ],
    ['snapshots kept for long', { cache: { snapshotRetention: 36 } }, /must be a whole number from 0 to 35/],
    ['a limit below what ElastiCache takes', { cache: { maximumEcpuPerSecond: 999 } }, /from 1000 to/],
    [
      'a user id in capitals',
      { cache: { userIds: ['Shop'] } },
      /"cache.userIds.0" must be the id of an ElastiCache/,
    ],
    [
      'whether there are sessions, beside a Redis that has them',
      { sessions: 'none', redis },
      /"sessions" must be left out where "redis" names the Redis/,
    ],
    ['a cache beside a Redis', { cache: {}, redis }, /"cache" is for the cache that the stack makes/],
    ['a Redis without a host', { redis: { ...redis, host: undefined } }, /"redis.host" is missing/],
    [
      'a host with a port',
      { redis: { ...redis, host: 'a.example:6379' } },
      /"redis.host" must be a host name/,
    ],
    [
      'a URL for a host',
      { redis: { ...redis, host: 'redis://a.example' } },
      /"redis.host" must be a host name/,
    ],
    ['port zero', { redis: { ...redis, port: 0 } }, /"redis.port" must be a port from 1 to 65535/],
    ['a port as text', { redis: { ...redis, port: '6379' } }, /"redis.port" must be a port/],
    [
      'nothing said of signing in',
      { redis: { ...redis, auth: undefined } },
      /"redis.auth.*must say how to sign in/,
    ],
    [
      'another way to sign in',
      { redis: { ...redis, auth: { type: 'ldap' } } },
      /"redis.auth.*must say how to sign in/,
    ],
    [
      'IAM without TLS',
      { redis: { ...redis, tls: false, auth: { type: 'iam', user: 'gate', cache: 'shop' } } },
      /"redis.tls" must be true with IAM/,
    ],
    [
      'IAM without a cache',
      { redis: { ...redis, auth: { type: 'iam', user: 'gate' } } },
      /"redis.auth.cache" is missing/,
    ],
    [
      'a password in the clear',
      { redis: { ...redis, auth: { type: 'password', password: 'hunter2' } } },
      /"redis.auth.secretArn" is missing.*Unknown option "redis.auth.password"/s,
    ],
    [
      'a password for a secret',
      { redis: { ...redis, auth: { type: 'password', secretArn: 'hunter2' } } },
      /"redis.auth.secretArn" must be the ARN of a secret/,
    ],
    ['a VPC by its name', { redis: { ...redis, vpcId: 'main' } }, /"redis.vpcId" must be the id of a VPC/],
    ['no subnets', { redis: { ...redis, subnetIds: [] } }, /"redis.subnetIds" must name at least one subnet/],
    [
      'no security group',
      { redis: { ...redis, securityGroupId: undefined } },
      /"redis.securityGroupId" is missing/,
    ],
  ])('%s is refused with a sentence', (_wrong, options, sentence) => {
    expect(complaint(options)).toMatch(sentence);
  });

  test('the defaults are those of the contract', () => {
    const { sessionPolicy, cache, redis: existing } = configure({ origin });
    expect(sessionPolicy).toMatchObject({
      prefix: 'vedfolnir:session:',
      cookie: 'session_id',
      rolePointers: ['/role', '/user/role'],
      adminRoles: ['admin'],
    });
    expect(cache).toEqual({
      vpcCidr: '10.71.0.0/24',
      userIds: [],
      snapshotRetention: 1,
      snapshotTime: '03:00',
    });
    expect(existing).toBeUndefined();
  });

  test('what is known at deployment only is taken as it is', () => {
    const token = (name: string) => Token.asString({ Ref: name });
    const options = {
      host: token('Host'),
      port: Token.asNumber({ Ref: 'Port' }),
      auth: { type: 'password' as const, secretArn: token('Secret') },
      vpcId: token('Vpc'),
      subnetIds: [token('Subnet')],
      securityGroupId: token('Group'),
    };
    expect(configure({ origin, redis: options }).redis).toEqual({ ...options, tls: true });
  });

  test('context says the same as properties', () => {
    const context = {
      origin,
      sessionPrefix: 'shop:',
      sessionCookie: 'sid',
      sessionRolePointers: '/a, /b',
      sessionUserPointers: '/u',
      sessionCreatedAtPointers: '/t',
      sessionAdminRoles: 'boss,owner',
      sessionWorkerRoles: 'robot',
      redisHost: 'redis.example.com',
      redisPort: '7000',
      redisTls: 'true',
      redisAuth: 'iam',
      redisUser: 'gate',
      redisCache: 'shop',
      redisServerless: 'false',
      redisVpcId: 'vpc-0a1b2c3d',
      redisSubnetIds: 'subnet-0a1b2c3d,subnet-0a1b2c3e',
      redisSecurityGroupId: 'sg-0a1b2c3d',
    };
    expect(configure(contextOptions(new App({ context }).node))).toMatchObject({
      sessions: 'existing',
      sessionPolicy: {
        prefix: 'shop:',
        cookie: 'sid',
        rolePointers: ['/a', '/b'],
        userPointers: ['/u'],
        createdAtPointers: ['/t'],
        adminRoles: ['boss', 'owner'],
        workerRoles: ['robot'],
      },
      redis: {
        host: 'redis.example.com',
        port: 7000,
        tls: true,
        auth: { type: 'iam', user: 'gate', cache: 'shop', serverless: false },
        vpcId: 'vpc-0a1b2c3d',
        subnetIds: ['subnet-0a1b2c3d', 'subnet-0a1b2c3e'],
        securityGroupId: 'sg-0a1b2c3d',
      },
    });
    const other = {
      origin,
      sessions: 'cache',
      cacheVpcCidr: '10.1.0.0/24',
      cacheAvailabilityZones: 'eu-central-1a,eu-central-1b',
      cacheUserIds: 'shop',
      cacheSnapshotRetention: '0',
      cacheSnapshotTime: '04:30',
      cacheMaximumGigabytes: '2',
      cacheMaximumEcpuPerSecond: '5000',
    };
    expect(configure(contextOptions(new App({ context: other }).node)).cache).toEqual({
      vpcCidr: '10.1.0.0/24',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      userIds: ['shop'],
      snapshotRetention: 0,
      snapshotTime: '04:30',
      maximumGigabytes: 2,
      maximumEcpuPerSecond: 5000,
    });
  });
});
