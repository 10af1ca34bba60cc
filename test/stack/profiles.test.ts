import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ALARMS } from '../../core/health/alarms.ts';
import type { MaintenanceModeProps } from '../../lib/configuration/maintenance-mode-props.ts';
import { functionOf, resourcesOf, routesOf, synthesise, testStack } from './synthesise.ts';

const PROFILES = ['smallest', 'essential', 'whole'] as const;
const stacks = Object.fromEntries(PROFILES.map((profile) => [profile, testStack({ profile })]));
const templates = Object.fromEntries(
  Object.entries(stacks).map(([profile, stack]) => [profile, Template.fromStack(stack)]),
) as Record<(typeof PROFILES)[number], Template>;

const foldersOf = (template: Template): string[] =>
  Object.values(resourcesOf(template, 'AWS::Lambda::Function'))
    .map(({ Metadata }) => Metadata?.['maintenance:function'])
    .filter((folder) => folder !== undefined)
    .map(String)
    .toSorted();

const alarmsOf = (template: Template): string[] =>
  Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'))
    .map(({ Properties }) => String(Properties.AlarmName).replace('Test-', ''))
    .toSorted();

const environmentOf = (template: Template, folder: string): Record<string, unknown> =>
  (functionOf(template, folder)[1].Properties.Environment as { Variables: Record<string, unknown> })
    .Variables;

describe('each profile', () => {
  test.each(PROFILES)('%s is without a finding of cdk-nag or the CDK', (profile) => {
    const stack = testStack({ profile });
    const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
    expect(violations).toEqual([]);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
  });

  test.each<[profile: (typeof PROFILES)[number], most: number]>([
    ['smallest', 80],
    ['essential', 160],
    ['whole', 300],
  ])('%s has %d resources at most', (profile, most) => {
    const { Resources } = templates[profile].toJSON();
    expect(Object.keys(Resources).length).toBeLessThanOrEqual(most);
  });

  test.each<[profile: (typeof PROFILES)[number], folders: string[]]>([
    ['smallest', ['api', 'authorizer', 'publisher', 'signin-guard', 'tick']],
    [
      'essential',
      [
        'authorizer',
        'control',
        'health',
        'health-check',
        'operations',
        'publisher',
        'signin-guard',
        'status',
        'tally',
        'tick',
      ],
    ],
  ])('%s has the functions %j', (profile, folders) => {
    expect(foldersOf(templates[profile])).toEqual(folders);
  });

  test('the construct is essential unless it is told otherwise', () => {
    expect(foldersOf(synthesise({ profile: undefined } as Partial<MaintenanceModeProps>))).toEqual(
      foldersOf(templates.essential),
    );
  });
});

describe('without sessions', () => {
  test.each(['smallest', 'essential'] as const)('%s has no network, cache or key of a cache', (profile) => {
    const types = Object.values(templates[profile].toJSON().Resources as Record<string, { Type: string }>);
    expect(types.filter(({ Type }) => /^AWS::(?:EC2|ElastiCache)::/.test(Type))).toEqual([]);
  });

  test.each(['smallest', 'essential'] as const)(
    'no function of %s is in a network or told of Redis',
    (profile) => {
      for (const folder of foldersOf(templates[profile])) {
        expect(functionOf(templates[profile], folder)[1].Properties.VpcConfig).toBeUndefined();
        const names = Object.keys(environmentOf(templates[profile], folder));
        expect(
          names.filter((name) => ['REDIS', 'SESSIONS', 'JOB_TABLE', 'REDIS_PROBE'].includes(name)),
        ).toEqual([]);
      }
    },
  );

  test('a Redis that exists is sessions enough', () => {
    const redis = {
      host: 'redis.example.com',
      auth: { type: 'none' },
      vpcId: 'vpc-0a1b2c3d',
      subnetIds: ['subnet-0a1b2c3d'],
      securityGroupId: 'sg-0a1b2c3d',
    } as const;
    const template = synthesise({ profile: 'smallest', redis, name: 'Shop (production)' });
    expect(foldersOf(template)).toEqual(expect.arrayContaining(['control', 'mirror', 'purge', 'sessions']));
    template.resourceCountIs('AWS::ElastiCache::ServerlessCache', 0);
    expect(environmentOf(template, 'control').PARTS).toBe(
      '{"sessions":true,"jobs":false,"monitoring":"none","name":"Shop (production)"}',
    );
  });
});

describe('without jobs', () => {
  test.each(['smallest', 'essential'] as const)('%s has neither their table nor a workflow', (profile) => {
    templates[profile].resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    expect(Object.keys(resourcesOf(templates[profile], 'AWS::DynamoDB::Table'))).toHaveLength(2);
  });
});

describe('monitoring', () => {
  const essential = [
    'authorizer-errors',
    'dead-letters',
    'enforcement-mismatch',
    'health-check-failing',
    'health-check-silent',
    'log-tampered',
  ];

  test('essential is the health check, one topic and the alarms that matter most, none of which escalates', () => {
    expect(alarmsOf(templates.essential)).toEqual(essential);
    templates.essential.resourceCountIs('AWS::SNS::Topic', 1);
    templates.essential.resourceCountIs('AWS::CloudWatch::Dashboard', 0);
    templates.essential.resourceCountIs('AWS::Logs::QueryDefinition', 0);
    templates.essential.resourceCountIs('AWS::Logs::MetricFilter', 0);
    const [topic] = Object.keys(resourcesOf(templates.essential, 'AWS::SNS::Topic'));
    for (const { Properties } of Object.values(resourcesOf(templates.essential, 'AWS::CloudWatch::Alarm'))) {
      expect([Properties.AlarmActions, Properties.OKActions]).toEqual([[{ Ref: topic }], [{ Ref: topic }]]);
    }
    expect(environmentOf(templates.essential, 'operations')).not.toHaveProperty('LEVEL_TOPICS');
  });

  test('whoever is named for a level follows the one topic, once', () => {
    const template = synthesise({
      profile: 'essential',
      contacts: { level1: ['ops@example.com'], level3: ['ops@example.com', 'boss@example.com'] },
    });
    const found = Object.values(resourcesOf(template, 'AWS::SNS::Subscription'));
    expect(found.map(({ Properties }) => Properties.Endpoint).toSorted()).toEqual([
      'boss@example.com',
      'ops@example.com',
    ]);
  });

  test('none has no alarm, no topic, no health check and counts nothing', () => {
    const template = synthesise({ monitoring: 'none' });
    template.resourceCountIs('AWS::CloudWatch::Alarm', 0);
    template.resourceCountIs('AWS::SNS::Topic', 0);
    template.resourceCountIs('AWS::Logs::SubscriptionFilter', 0);
    const folders = foldersOf(template);
    expect(
      folders.filter((folder) => ['health-check', 'redis-probe', 'notices', 'tally'].includes(folder)),
    ).toEqual([]);
    expect(folders).toEqual(expect.arrayContaining(['control', 'status', 'jobs', 'purge']));
  });

  test('full has the alarms of what is there, and graphs and searches of nothing else', () => {
    const template = synthesise({ sessions: 'none', jobs: false });
    const names = new Set(alarmsOf(template).map((name) => name.replace('-escalated', '')));
    const missing = ALARMS.map(({ name }) => name).filter((name) => !names.has(name));
    expect(missing).toEqual(['session-manager-failure', 'drain-stuck']);
    const dashboard = JSON.stringify(resourcesOf(template, 'AWS::CloudWatch::Dashboard'));
    for (const metric of ['SessionsPurged', 'ActiveJobs']) expect(dashboard).not.toContain(metric);
    expect(Object.values(resourcesOf(template, 'AWS::Logs::QueryDefinition'))).toHaveLength(4);
  });
});

describe('the control API', () => {
  test('of the smallest is one function behind one greedy path', () => {
    const routes = Object.keys(routesOf(templates.smallest)).filter((route) =>
      route.includes('/api/maintenance'),
    );
    expect(routes.toSorted()).toEqual([
      'ANY /api/maintenance',
      'ANY /api/maintenance/canary',
      'ANY /api/maintenance/{proxy+}',
    ]);
  });

  test('of the smallest is apart again where executions are set aside for admins', () => {
    const template = synthesise({ profile: 'smallest', controlReservedConcurrency: 5 });
    expect(foldersOf(template)).toEqual(
      expect.arrayContaining(['control', 'status', 'health', 'operations']),
    );
  });

  test.each(['control', 'status', 'health', 'operations', 'health-check', 'tally'])(
    '%s is told what is not there',
    (folder) => {
      expect(environmentOf(templates.essential, folder).PARTS).toBe(
        '{"sessions":false,"jobs":false,"monitoring":"essential"}',
      );
    },
  );
});

test('the page on configuration has the figures of each profile', () => {
  const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  for (const profile of PROFILES) {
    const { Resources } = templates[profile].toJSON();
    const functions = foldersOf(templates[profile]).length;
    const alarms = alarmsOf(templates[profile]).length;
    expect(page).toContain(
      `| \`${profile}\` | ${Object.keys(Resources).length} | ${functions} | ${alarms} |`,
    );
  }
});
