import { expect, test } from '@jest/globals';
import { iamToken } from '../../../../adapters/redis/iam-token.ts';
import { NOW } from '../../../support/examples.ts';

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const region = 'eu-central-1';

// The signatures are what botocore 1.43 and @smithy/signature-v4 make of the same requests.
test.each([
  [
    'a serverless cache',
    { cache: 'maintenance-sessions', serverless: true, user: 'gate', credentials },
    {
      ResourceType: 'ServerlessCache',
      'X-Amz-Signature': 'd83ca28a1d983e80005d4e895ded978b766ae44df7f78611723d447fc54d7e9f',
    },
  ],
  [
    'a replication group, with the token of a role',
    {
      cache: 'group-1',
      serverless: false,
      user: 'keeper-user',
      credentials: { ...credentials, sessionToken: 'abc/+=def' },
    },
    {
      'X-Amz-Security-Token': 'abc/+=def',
      'X-Amz-Signature': '010be7d022b2052b0e67344f1d8016f5bac1c21e85128f6412f701d247c0ece6',
    },
  ],
])('signs a request to connect to %s', (_, request, expected) => {
  const token = iamToken({ ...request, region, now: NOW });
  expect(token.startsWith(`${request.cache}/?Action=connect&`)).toBe(true);
  expect(Object.fromEntries(new URL(`http://${token}`).searchParams)).toEqual({
    Action: 'connect',
    User: request.user,
    'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
    'X-Amz-Credential': 'AKIDEXAMPLE/20260115/eu-central-1/elasticache/aws4_request',
    'X-Amz-Date': '20260115T100000Z',
    'X-Amz-Expires': '900',
    'X-Amz-SignedHeaders': 'host',
    ...expected,
  });
});
