import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CallerLimits } from '../../lib/configuration/maintenance-mode-props.ts';
import { MaintenanceMode } from '../../lib/maintenance-mode.ts';
import { functionOf, onlyId, resourcesOf, routesOf, synthesise, testApp } from './synthesise.ts';

const callers: CallerLimits = {
  anonymous: { rateLimit: 50, burstLimit: 100, maintenance: { rateLimit: 5, burstLimit: 10 } },
  member: { rateLimit: 200, burstLimit: 400, maintenance: { rateLimit: 20, burstLimit: 40 } },
  worker: { rateLimit: 300, burstLimit: 600 },
};
const template = synthesise({ throttling: { callers } });
const plain = synthesise();

const ofType = (type: string, of = template) => Object.entries(resourcesOf(of, `AWS::ApiGateway::${type}`));

/** What the authorizer is told, by variable; a text that is put together at deployment in its pieces. */
const told = (of: Template) =>
  (functionOf(of, 'authorizer')[1].Properties.Environment as { Variables: Record<string, unknown> })
    .Variables;

describe('limits by class of caller', () => {
  test('every method requires the key that the authorizer names', () => {
    template.hasResourceProperties('AWS::ApiGateway::RestApi', { ApiKeySourceType: 'AUTHORIZER' });
    const required = Object.entries(routesOf(template)).map(([route, { Properties }]) => [
      route,
      Properties.ApiKeyRequired,
    ]);
    expect(required).toHaveLength(Object.keys(routesOf(plain)).length);
    expect(required.filter(([, isRequired]) => isRequired !== true)).toEqual([]);
  });

  test('each class has a plan on the stage, and another where maintenance lowers it', () => {
    const plans = ofType('UsagePlan').map(([, { Properties }]) => [
      Properties.Description,
      Properties.Throttle,
    ]);
    expect(Object.fromEntries(plans)).toEqual({
      'Requests of the class admin': undefined,
      'Requests of the class worker': { RateLimit: 300, BurstLimit: 600 },
      'Requests of the class member': { RateLimit: 200, BurstLimit: 400 },
      'Requests of the class member-maintenance': { RateLimit: 20, BurstLimit: 40 },
      'Requests of the class anonymous': { RateLimit: 50, BurstLimit: 100 },
      'Requests of the class anonymous-maintenance': { RateLimit: 5, BurstLimit: 10 },
    });
    for (const [, { Properties }] of ofType('UsagePlan')) {
      expect(Properties.ApiStages).toEqual([
        {
          ApiId: { Ref: onlyId(template, 'AWS::ApiGateway::RestApi') },
          Stage: { Ref: onlyId(template, 'AWS::ApiGateway::Stage') },
          Throttle: {},
        },
      ]);
    }
  });

  test('each plan has one key of its own, and the authorizer is told its value', () => {
    const joined = ofType('UsagePlanKey').map(([, { Properties }]) => Properties);
    const refs = (property: string) => joined.map((entry) => (entry[property] as { Ref: string }).Ref).sort();
    expect(refs('KeyId')).toEqual(
      ofType('ApiKey')
        .map(([id]) => id)
        .sort(),
    );
    expect(refs('UsagePlanId')).toEqual(
      ofType('UsagePlan')
        .map(([id]) => id)
        .sort(),
    );
    const json = resolved(told(template).USAGE_KEYS);
    const keys = JSON.parse(json) as Record<string, Record<string, string>>;
    expect(Object.fromEntries(Object.entries(keys).map(([role, own]) => [role, Object.keys(own)]))).toEqual({
      admin: ['usual'],
      worker: ['usual'],
      member: ['usual', 'lowered'],
      anonymous: ['usual', 'lowered'],
    });
    const values = ofType('ApiKey').map(([, { Properties }]) => resolved(Properties.Value));
    expect(
      Object.values(keys)
        .flatMap((own) => Object.values(own))
        .sort(),
    ).toEqual(values.sort());
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9]{20,128}$/);
  });

  test('two gates have different keys', () => {
    const app = testApp();
    const stacks = ['One', 'Other'].map((name) => {
      const stack = new Stack(app, name);
      new MaintenanceMode(stack, 'M', { origin: 'https://origin.test', throttling: { callers: {} } });
      return stack;
    });
    const values = stacks.flatMap((stack) =>
      ofType('ApiKey', Template.fromStack(stack)).map(([, { Properties }]) => resolved(Properties.Value)),
    );
    expect(new Set(values).size).toBe(8);
  });

  test('keys by claim come with a class for everybody else, and the claim is told', () => {
    const byClaim = synthesise({ throttling: { apiKeyClaim: 'custom:api_key' } });
    expect(told(byClaim)).toMatchObject({ API_KEY_CLAIM: 'custom:api_key' });
    expect(ofType('UsagePlan', byClaim)).toHaveLength(4);
    expect(told(template)).not.toHaveProperty('API_KEY_CLAIM');
  });

  test('off, there is nothing of it', () => {
    for (const type of ['ApiKey', 'UsagePlan', 'UsagePlanKey']) expect(ofType(type, plain)).toEqual([]);
    for (const [, { Properties }] of ofType('Method', plain)) {
      expect(Properties).not.toHaveProperty('ApiKeyRequired', true);
    }
    for (const [, { Properties }] of ofType('RestApi', plain)) {
      expect(Properties).not.toHaveProperty('ApiKeySourceType');
    }
    expect(told(plain)).not.toHaveProperty('USAGE_KEYS');
  });
});

describe('a limit by source address', () => {
  const limited = synthesise({ throttling: { wafRateLimit: 1500 }, allowedOrigins: ['https://app.test'] });

  test('is a rule of a web ACL on the stage, which lets everything else pass', () => {
    limited.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      Rules: [
        {
          Statement: {
            RateBasedStatement: { AggregateKeyType: 'IP', Limit: 1500, EvaluationWindowSec: 300 },
          },
        },
      ],
    });
    limited.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
      ResourceArn: {
        'Fn::Join': [
          '',
          [
            'arn:',
            { Ref: 'AWS::Partition' },
            ':apigateway:',
            { Ref: 'AWS::Region' },
            '::/restapis/',
            { Ref: onlyId(limited, 'AWS::ApiGateway::RestApi') },
            '/stages/',
            { Ref: onlyId(limited, 'AWS::ApiGateway::Stage') },
          ],
        ],
      },
      WebACLArn: { 'Fn::GetAtt': [onlyId(limited, 'AWS::WAFv2::WebACL'), 'Arn'] },
    });
  });

  test('answers 429 with Retry-After and the gateway’s own form of a problem', () => {
    const acl = limited.toJSON().Resources[onlyId(limited, 'AWS::WAFv2::WebACL')].Properties;
    const { CustomResponse } = acl.Rules[0].Action.Block;
    expect(CustomResponse.ResponseCode).toBe(429);
    expect(CustomResponse.ResponseHeaders).toEqual(
      expect.arrayContaining([
        { Name: 'Retry-After', Value: '60' },
        { Name: 'Access-Control-Allow-Origin', Value: 'https://app.test' },
      ]),
    );
    const body = acl.CustomResponseBodies[CustomResponse.CustomResponseBodyKey];
    expect(body.ContentType).toBe('APPLICATION_JSON');
    expect(JSON.parse(body.Content)).toMatchObject({
      status: 429,
      error: 'too_many_requests',
      retry_after: 60,
    });
  });

  test('needs no API keys, and is off by default', () => {
    expect(ofType('ApiKey', limited)).toEqual([]);
    plain.resourceCountIs('AWS::WAFv2::WebACL', 0);
  });
});

/** The text that CloudFormation would make of a value, for a stack with a made-up id. */
function resolved(value: unknown): string {
  const stackId = 'arn:aws:cloudformation:eu-central-1:1:stack/Test/51af3dc0-da77-11e4-872e-1234567db123';
  const list = (part: unknown): string[] => {
    if (Array.isArray(part)) return part.map(resolved);
    const [separator, text] = (part as { 'Fn::Split': [string, unknown] })['Fn::Split'];
    return resolved(text).split(separator);
  };
  if (typeof value === 'string') return value;
  const [[name, argument] = ['', undefined]] = Object.entries(value as Record<string, unknown>);
  if (name === 'Ref' && argument === 'AWS::StackId') return stackId;
  const [first, second] = argument as [string | number, unknown];
  if (name === 'Fn::Join') return list(second).join(String(first));
  if (name === 'Fn::Select') return list(second)[Number(first)] ?? '';
  throw new Error(`Unexpected ${name}`);
}
