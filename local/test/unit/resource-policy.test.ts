import { describe, expect, test } from '@jest/globals';
import { LOCAL_ACCOUNT } from '../../account.ts';
import { letsService, type ServiceCall } from '../../services/resource-policy.ts';

const TOPIC = `arn:aws:sns:us-east-1:${LOCAL_ACCOUNT}:level-1`;
const ALARM = `arn:aws:cloudwatch:us-east-1:${LOCAL_ACCOUNT}:alarm:Shop-drain-stuck`;
const call: ServiceCall = {
  service: 'cloudwatch.amazonaws.com',
  action: 'sns:Publish',
  resource: TOPIC,
  source: ALARM,
};
const allow = {
  Effect: 'Allow',
  Principal: { Service: ['events.amazonaws.com', 'cloudwatch.amazonaws.com'] },
  Action: 'sns:Publish',
  Resource: TOPIC,
};
const only = (Condition: object) => ({ Statement: { ...allow, Condition } });

describe('a resource lets a service act', () => {
  test.each<[what: string, policy: unknown]>([
    ['that it names', { Statement: [allow] }],
    ['by a single statement', { Statement: allow }],
    [
      'by an action in any case, or a pattern',
      { Statement: { ...allow, Action: ['SNS:publish', 'sns:P*'] } },
    ],
    ['by a pattern of resources', { Statement: { ...allow, Resource: 'arn:aws:sns:*:*:level-?' } }],
    ['where everybody may', { Statement: { ...allow, Principal: '*' } }],
    ['where every account may', { Statement: { ...allow, Principal: { AWS: '*' } } }],
    ['of its own account', only({ StringEquals: { 'aws:SourceAccount': LOCAL_ACCOUNT } })],
    [
      'for an alarm that it names',
      only({ ArnLike: { 'AWS:SourceArn': ['arn:x', `${ALARM.slice(0, -5)}*`] } }),
    ],
    [
      'where all conditions are met',
      only({
        StringEquals: { 'aws:SourceAccount': LOCAL_ACCOUNT },
        Bool: { 'aws:SecureTransport': 'true' },
      }),
    ],
    [
      'past a denial that concerns others',
      { Statement: [allow, { ...allow, Effect: 'Deny', Principal: { Service: 'events.amazonaws.com' } }] },
    ],
    [
      'past a denial of calls without encryption',
      {
        Statement: [
          allow,
          {
            ...allow,
            Effect: 'Deny',
            Principal: '*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ],
      },
    ],
  ])('%s', (_what, policy) => {
    expect(letsService(policy, call)).toBe(true);
  });

  test.each<[what: string, policy: unknown]>([
    ['no policy', undefined],
    ['an empty one', {}],
    ['one for another service', { Statement: { ...allow, Principal: { Service: 's3.amazonaws.com' } } }],
    ['one for an account', { Statement: { ...allow, Principal: { AWS: LOCAL_ACCOUNT } } }],
    ['one for nobody', { Statement: { ...allow, Principal: undefined } }],
    ['another action', { Statement: { ...allow, Action: 'sns:Subscribe' } }],
    ['another resource', { Statement: { ...allow, Resource: `${TOPIC}-2` } }],
    ['another account', only({ StringEquals: { 'aws:SourceAccount': '111122223333' } })],
    ['another source', only({ ArnEquals: { 'aws:SourceArn': 'arn:aws:cloudwatch:us-east-1:1:alarm:x' } })],
    ['a key that is not known', only({ StringEquals: { 'aws:SourceOrgID': 'o-1' } })],
    ['an operator that is not known', only({ StringNotEquals: { 'aws:SourceAccount': '1' } })],
    [
      'one of two conditions not met',
      only({ StringEquals: { 'aws:SourceAccount': LOCAL_ACCOUNT, 'aws:SourceArn': 'x' } }),
    ],
    ['a denial beside it', { Statement: [allow, { ...allow, Effect: 'Deny' }] }],
  ])('but not by %s', (_what, policy) => {
    expect(letsService(policy, call)).toBe(false);
  });
});
