import { describe, expect, test } from '@jest/globals';
import type { GatewayFailure } from '../../gateway/gateway-failure.ts';
import { UsageLimits } from '../../gateway/usage-limits.ts';
import { readUsagePlanKeys } from '../../gateway/usage-plans.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const VALUE = 'a-key-of-twenty-characters';

/** A key in a plan of the stage, and what a test changes in it. */
function keys(changes: { key?: object; plan?: object; join?: object; more?: Record<string, object> } = {}) {
  const stack = handmadeStack({
    Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, Value: VALUE, ...changes.key } },
    Plan: {
      Type: 'AWS::ApiGateway::UsagePlan',
      Properties: {
        ApiStages: [{ ApiId: 'api', Stage: 'live' }],
        Throttle: { RateLimit: 2, BurstLimit: 3 },
        ...changes.plan,
      },
    },
    Join: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: {
        KeyId: { Ref: 'Key' },
        KeyType: 'API_KEY',
        UsagePlanId: { Ref: 'Plan' },
        ...changes.join,
      },
    },
    ...(changes.more as Record<string, { Type: string }>),
  });
  return readUsagePlanKeys(stack, 'api', 'live');
}

describe('the API keys of a stage', () => {
  test('have the limit of their plan', () => {
    expect([...keys()]).toEqual([[VALUE, { rate: 2, burst: 3 }]]);
  });

  test('have none where the plan has none', () => {
    expect([...keys({ plan: { Throttle: undefined } })]).toEqual([[VALUE, undefined]]);
  });

  test.each([
    ['is switched off', { key: { Enabled: false } }],
    ['is switched off, as it is unless the template says otherwise', { key: { Enabled: undefined } }],
    ['is in a plan of another stage', { plan: { ApiStages: [{ ApiId: 'api', Stage: 'dev' }] } }],
    ['is in a plan of no stage', { plan: { ApiStages: undefined } }],
  ])('lack one that %s', (_what, changes) => {
    expect([...keys(changes)]).toEqual([]);
  });

  const second = (properties: object) => ({
    Second: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Enabled: true, ...properties } },
  });
  test.each([
    ['a value too short', { key: { Value: 'short' } }, /Key needs a value of 20 to 128/],
    ['no value', { key: { Value: undefined } }, /Key needs a value/],
    ['the value of another', { more: second({ Value: VALUE }) }, /Second has the value of another/],
    ['a plan that is none', { join: { UsagePlanId: 'nowhere' } }, /Join joins no API key/],
    ['a key that is none', { join: { KeyId: 'nowhere' } }, /Join joins no API key/],
    [
      'a second plan of the stage',
      {
        more: {
          Other: {
            Type: 'AWS::ApiGateway::UsagePlan',
            Properties: { ApiStages: [{ ApiId: 'api', Stage: 'live' }] },
          },
          OtherJoin: {
            Type: 'AWS::ApiGateway::UsagePlanKey',
            Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Other' } },
          },
        },
      },
      /OtherJoin is in two usage plans/,
    ],
    [
      'limits of single methods',
      { plan: { ApiStages: [{ ApiId: 'api', Stage: 'live', Throttle: { '/x/GET': { RateLimit: 1 } } }] } },
      /Plan limits single methods/,
    ],
  ])('are refused by name with %s', (_what, changes, message) => {
    expect(() => keys(changes)).toThrow(message);
  });
});

describe('a request that needs a key', () => {
  let now = 0;
  const limits = new UsageLimits(
    new Map([
      ['limited', { rate: 2, burst: 3 }],
      ['other', { rate: 2, burst: 3 }],
      ['free', undefined],
    ]),
    () => now,
  );
  const outcome = (key?: string) => {
    try {
      limits.count(key);
      return 'passes';
    } catch (error) {
      return (error as GatewayFailure).type;
    }
  };

  test('without one, or with an unknown one, is refused', () => {
    expect([outcome(), outcome('unknown'), outcome('')]).toEqual(Array(3).fill('INVALID_API_KEY'));
  });

  test('is throttled by the bucket of its key alone', () => {
    const four = (key: string) => Array.from({ length: 4 }, () => outcome(key));
    expect(four('limited')).toEqual(['passes', 'passes', 'passes', 'THROTTLED']);
    expect(four('other')).toEqual(['passes', 'passes', 'passes', 'THROTTLED']);
    now += 500;
    expect(four('limited')).toEqual(['passes', 'THROTTLED', 'THROTTLED', 'THROTTLED']);
  });

  test('is never throttled where the plan sets no limit', () => {
    expect(Array.from({ length: 5000 }, () => outcome('free')).every((one) => one === 'passes')).toBe(true);
  });
});
