import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { MaintenanceModeProps } from '../../lib/configuration/maintenance-mode-props.ts';
import { MaintenanceMode } from '../../lib/maintenance-mode.ts';
import { SessionCache } from '../../lib/sessions/session-cache.ts';
import { functionOf, onlyId, type Resource, resourcesOf, synthesise, testApp } from './synthesise.ts';

const template = synthesise();
const of = (type: string, from = template) => Object.values(resourcesOf(from, `AWS::ElastiCache::${type}`));
const cacheOf = (from: Template): Resource['Properties'] => of('ServerlessCache', from)[0]?.Properties ?? {};
const NAME = 'test-mainioncache-daa1d069-47fd55';

describe('the cache', () => {
  test('is serverless Valkey in the isolated subnets, encrypted by a key of its own, with a daily snapshot', () => {
    expect(cacheOf(template)).toEqual({
      ServerlessCacheName: NAME,
      Description: expect.any(String),
      Engine: 'valkey',
      MajorEngineVersion: '8',
      SubnetIds: Object.keys(resourcesOf(template, 'AWS::EC2::Subnet')).map((Ref) => ({ Ref })),
      SecurityGroupIds: [{ 'Fn::GetAtt': [expect.stringContaining('SessionCacheSecurityGroup'), 'GroupId'] }],
      UserGroupId: { Ref: onlyId(template, 'AWS::ElastiCache::UserGroup') },
      KmsKeyId: { 'Fn::GetAtt': [onlyId(template, 'AWS::KMS::Key', 'SessionCache'), 'Arn'] },
      SnapshotRetentionLimit: 1,
      DailySnapshotTime: '03:00',
    });
    template.hasResourceProperties('AWS::KMS::Key', { EnableKeyRotation: true });
  });

  test('takes limits and other snapshots', () => {
    const limited = synthesise({
      cache: {
        maximumGigabytes: 5,
        maximumEcpuPerSecond: 20_000,
        snapshotRetention: 7,
        snapshotTime: '23:30',
      },
    });
    expect(cacheOf(limited)).toMatchObject({
      CacheUsageLimits: { DataStorage: { Maximum: 5, Unit: 'GB' }, ECPUPerSecond: { Maximum: 20_000 } },
      SnapshotRetentionLimit: 7,
      DailySnapshotTime: '23:30',
    });
    const unsaved = cacheOf(synthesise({ cache: { snapshotRetention: 0, maximumGigabytes: 5 } }));
    expect(unsaved).toMatchObject({
      SnapshotRetentionLimit: 0,
      CacheUsageLimits: { DataStorage: { Maximum: 5, Unit: 'GB' } },
    });
    expect(unsaved).not.toHaveProperty('DailySnapshotTime');
  });

  test('outlives the stack with its key, its users and what it stands on, unless protection is off', () => {
    const policies = (from: Template) =>
      new Set(
        ['ServerlessCache', 'User', 'UserGroup'].flatMap((type) =>
          of(type, from).map(({ DeletionPolicy }) => DeletionPolicy),
        ),
      );
    const key = (from: Template) =>
      resourcesOf(from, 'AWS::KMS::Key')[onlyId(from, 'AWS::KMS::Key', 'SessionCache')];
    const subnets = (from: Template) => Object.values(resourcesOf(from, 'AWS::EC2::Subnet'));
    expect(policies(template)).toEqual(new Set(['RetainExceptOnCreate']));
    expect(key(template)?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(subnets(template).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual([
      'RetainExceptOnCreate',
      'RetainExceptOnCreate',
    ]);
    const unprotected = synthesise({ deletionProtection: false });
    expect(policies(unprotected)).toEqual(new Set([undefined]));
    expect(key(unprotected)?.DeletionPolicy).toBe('Delete');
    expect(subnets(unprotected).map(({ DeletionPolicy }) => DeletionPolicy)).toEqual([undefined, undefined]);
  });

  test("takes the owner's key where there is one", () => {
    const stack = new Stack(testApp(), 'Own');
    const encryptionKey = new Key(stack, 'Key');
    new MaintenanceMode(stack, 'M', { origin: 'https://origin.test', sessions: 'cache', encryptionKey });
    const own = Template.fromStack(stack);
    expect(cacheOf(own).KmsKeyId).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] });
  });

  test('lets in whom the owner lets in', () => {
    const stack = new Stack(testApp(), 'Own');
    const { redis } = new MaintenanceMode(stack, 'M', { origin: 'https://origin.test', sessions: 'cache' });
    const application = new SecurityGroup(stack, 'Application', { vpc: new Vpc(stack, 'Peered') });
    if (!(redis instanceof SessionCache)) throw new Error('There is no cache.');
    redis.connections.allowDefaultPortFrom(application);
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Application'), 'GroupId'] },
      FromPort: 6379,
      ToPort: 6380,
    });
  });

  test('two in one account have different names', () => {
    const app = testApp();
    const stacks = ['One', 'Other'].map((name) => {
      const stack = new Stack(app, name);
      new MaintenanceMode(stack, 'M', { origin: 'https://origin.test', sessions: 'cache' });
      return stack;
    });
    const names = stacks.map((stack) => cacheOf(Template.fromStack(stack)).ServerlessCacheName);
    expect(new Set(names).size).toBe(2);
  });
});

describe('its name', () => {
  const nameFor = (cache: MaintenanceModeProps['cache']) =>
    cacheOf(synthesise({ cache })).ServerlessCacheName;

  test('is another where the network is: a cache keeps its own for life, and can be replaced by no namesake', () => {
    const zones = ['eu-central-1a', 'eu-central-1b'];
    const names = [NAME, nameFor({ vpcCidr: '10.9.0.0/24' }), nameFor({ availabilityZones: zones })];
    expect(new Set(names).size).toBe(3);
  });

  test('stays where the rest changes', () => {
    expect(nameFor({ snapshotRetention: 3, maximumGigabytes: 5, userIds: ['shop'] })).toBe(NAME);
  });
});

describe('its users', () => {
  const user = (name: string, from = template) =>
    of('User', from).find(({ Properties }) => Properties.UserId === `${NAME}-${name}`)?.Properties;

  test('sign in with IAM, under an id that is their name and not too long', () => {
    const users = of('User').map(({ Properties }) => Properties);
    expect(users).toHaveLength(2);
    for (const { UserId, UserName, AuthenticationMode, Engine } of users) {
      expect({ AuthenticationMode, Engine }).toEqual({
        AuthenticationMode: { Type: 'iam' },
        Engine: 'valkey',
      });
      expect(UserName).toBe(UserId);
      expect(UserId).toMatch(/^[a-z][a-z0-9-]{0,39}$/);
    }
  });

  test('are the only ones, but for those that the owner names', () => {
    const group = (from: Template) => of('UserGroup', from)[0]?.Properties;
    const own = Object.keys(resourcesOf(template, 'AWS::ElastiCache::User')).map((Ref) => ({ Ref }));
    expect(group(template)).toEqual({ Engine: 'valkey', UserGroupId: `${NAME}-users`, UserIds: own });
    expect(group(synthesise({ cache: { userIds: ['shop'] } }))?.UserIds).toEqual([...own, 'shop']);
  });

  test.each([
    [
      'gate',
      'on ~vedfolnir:session:* ~enhanced-maintenance-mode:default:state ~enhanced-maintenance-mode:default:blocked:* ' +
        'resetchannels -@all +cluster|slots +ping +exists +expire +getrange +hmget +incrby',
    ],
    [
      'keeper',
      'on ~vedfolnir:session:* ~enhanced-maintenance-mode:default:state resetchannels -@all ' +
        '+cluster|slots +ping +dbsize +eval +evalsha +exists +get +getrange +hget +hmget +hset ' +
        '+info +pttl +scan +strlen +unlink',
    ],
  ])('%s may do what its functions do, and nothing else', (name, rules) => {
    expect(user(name)?.AccessString).toBe(rules);
  });

  test("are about the owner's sessions and event log", () => {
    const other = synthesise({ sessionPolicy: { prefix: 'shop/' }, scope: 'shop' });
    expect(user('keeper', other)?.AccessString).toContain(
      'on ~shop/* ~enhanced-maintenance-mode:shop:state resetchannels',
    );
  });
});

describe('a Redis that exists', () => {
  test('needs a user who may do what both of ours may, as the documentation says', () => {
    const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
    const commandsOf = (rules: string) => rules.split(' ').filter((rule) => rule.startsWith('+'));
    const ours = of('User').flatMap(({ Properties }) => commandsOf(String(Properties.AccessString)));
    const documented = commandsOf(/^ *(on ~.*)$/m.exec(page)?.[1] ?? '');
    // A cluster that moves its slots sends its clients on with ASK; a serverless cache knows no such command.
    expect(documented.toSorted()).toEqual([...new Set([...ours, '+asking'])].toSorted());
  });

  const redis = {
    host: 'redis.shop.example.com',
    vpcId: 'vpc-0a1b2c3d4e5f60718',
    subnetIds: ['subnet-0a1b2c3d4e5f60718', 'subnet-0a1b2c3d4e5f60719'],
    securityGroupId: 'sg-0a1b2c3d4e5f60718',
  };
  const settingsOf = (from: Template) => {
    const { Environment } = functionOf(from, 'purge')[1].Properties;
    return JSON.parse(String((Environment as { Variables: { REDIS: unknown } }).Variables.REDIS));
  };
  const connects = (from: Template) =>
    Object.values(resourcesOf(from, 'AWS::IAM::Policy')).flatMap(({ Properties }) =>
      (Properties.PolicyDocument as { Statement: { Action: unknown; Resource: unknown }[] }).Statement.filter(
        ({ Action }) => Action === 'elasticache:Connect',
      ),
    );

  test('takes the place of the cache, of its network and of its key', () => {
    const plain = synthesise({ redis: { ...redis, auth: { type: 'none' }, tls: false, port: 7000 } });
    for (const type of [
      'ElastiCache::ServerlessCache',
      'ElastiCache::User',
      'EC2::VPC',
      'EC2::VPCEndpoint',
    ]) {
      plain.resourceCountIs(`AWS::${type}`, 0);
    }
    expect(onlyId(plain, 'AWS::KMS::Key')).toContain('Monitoring');
    expect(settingsOf(plain)).toEqual({
      host: 'redis.shop.example.com',
      port: 7000,
      tls: false,
      auth: { type: 'none' },
    });
    expect(connects(plain)).toEqual([]);
    expect(plain.findOutputs('RedisEndpoint')).toEqual({});
  });

  test('has the functions in its subnets, and lets them in at its port', () => {
    const plain = synthesise({ redis: { ...redis, auth: { type: 'none' } } });
    const group = { 'Fn::GetAtt': [onlyId(plain, 'AWS::EC2::SecurityGroup'), 'GroupId'] };
    const configs = Object.values(resourcesOf(plain, 'AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.VpcConfig ?? [],
    );
    expect(configs).toEqual(Array(6).fill({ SecurityGroupIds: [group], SubnetIds: redis.subnetIds }));
    plain.hasResourceProperties('AWS::EC2::SecurityGroup', { VpcId: redis.vpcId });
    plain.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: redis.securityGroupId,
      SourceSecurityGroupId: group,
      FromPort: 6379,
      ToPort: 6379,
    });
  });

  test.each([
    [true, 'serverlesscache'],
    [false, 'replicationgroup'],
  ])('with IAM (serverless: %s) the functions may connect to it as its user', (serverless, kind) => {
    const auth = { type: 'iam', user: 'gate', cache: 'shop', serverless } as const;
    const own = synthesise({ redis: { ...redis, auth } });
    const arn = (rest: string) => ({
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':elasticache:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          `:${rest}`,
        ],
      ],
    });
    expect(connects(own)).toHaveLength(6);
    expect(connects(own)[0]?.Resource).toEqual([arn(`${kind}:shop`), arn('user:gate')]);
    expect(settingsOf(own)).toMatchObject({ tls: true, auth });
  });

  test('with a password, its text is read at deployment, in the version named, and stands nowhere in the template', () => {
    const secretArn = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:redis-AbCdEf';
    const secretVersion = '5048ba1f-54ca-43e1-8a6c-0e7a9f3ad5c4';
    const passwordOf = (auth: { secretVersion?: string }) =>
      settingsOf(synthesise({ redis: { ...redis, auth: { type: 'password', secretArn, ...auth } } })).auth;
    const told = (version: string) => ({
      type: 'password',
      user: null,
      password: `{{resolve:secretsmanager:${secretArn}:SecretString:::${version}}}`,
    });
    expect(passwordOf({})).toEqual(told(''));
    expect(passwordOf({ secretVersion })).toEqual(told(secretVersion));
  });
});
