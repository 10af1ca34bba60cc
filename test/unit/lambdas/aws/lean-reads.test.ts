import { expect, test } from '@jest/globals';
import { dynamoDbEndpoint } from '../../../../lambdas/aws/lean-reads.ts';

test.each<[where: string, env: Record<string, string>, region: string, endpoint: string]>([
  ['a region', {}, 'eu-central-1', 'https://dynamodb.eu-central-1.amazonaws.com'],
  ['a region of China', {}, 'cn-north-1', 'https://dynamodb.cn-north-1.amazonaws.com.cn'],
  ['another address', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }, 'cn-north-1', 'http://127.0.0.1:1'],
  [
    'another address of DynamoDB',
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:2' },
    'eu-central-1',
    'http://127.0.0.1:2',
  ],
])('DynamoDB is found in %s', (_where, env, region, endpoint) => {
  expect(dynamoDbEndpoint(env, region)).toBe(endpoint);
});
