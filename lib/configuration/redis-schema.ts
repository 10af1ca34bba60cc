import { Token } from 'aws-cdk-lib';
import { z } from 'zod';
import { flag, integer, matching, missingOr, secretVersion, text } from './checks.ts';

/** Smaller networks than /26 leave the cache and the functions too few addresses; a VPC ends at /16. */
function cidrProblem(value: string): string | null {
  const [, address = '', size] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(value) ?? [];
  const bytes = address.split('.').map(Number);
  const isNetwork = bytes.every((byte) => byte <= 255) && Number(size) >= 16 && Number(size) <= 26;
  return isNetwork ? null : `"${value}" is not a network from /16 to /26, such as 10.71.0.0/24`;
}

/** Source: ElastiCache, "CreateServerlessCache": bounds of CacheUsageLimits and of the snapshots. */
export const CACHE = z.strictObject({
  vpcCidr: z.string('must be text').pipe(text(cidrProblem)).default('10.71.0.0/24'),
  availabilityZones: z
    .array(
      matching(/^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/, 'must be a zone such as eu-central-1a'),
      'must be a list',
    )
    .min(2, 'must name two or three zones')
    .max(3, 'must name two or three zones')
    .optional(),
  userIds: z
    .array(matching(/^[a-z][a-z0-9-]{0,39}$/, 'must be the id of an ElastiCache user'), 'must be a list')
    .default([]),
  snapshotRetention: integer(0, 35).default(1),
  snapshotTime: matching(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 03:00').default(
    '03:00',
  ),
  maximumGigabytes: integer(1, 5000).optional(),
  maximumEcpuPerSecond: integer(1000, 15_000_000).optional(),
});

const AUTH_FORMS = 'must say how to sign in: {type: "iam", …}, {type: "password", …} or {type: "none"}';
const user = matching(/^[!-~]{1,128}$/, 'must be the name of a user');

const auth = z.discriminatedUnion(
  'type',
  [
    z.strictObject({
      type: z.literal('iam'),
      user: matching(/^[a-z][a-z0-9-]{0,39}$/, 'must be the id of an ElastiCache user'),
      cache: matching(/^[a-z][a-z0-9-]{0,49}$/, 'must be the name of a cache or a replication group'),
      serverless: flag.default(true),
    }),
    z.strictObject({
      type: z.literal('password'),
      user: user.optional(),
      secretArn: matching(/^arn:[\w-]+:secretsmanager:/, 'must be the ARN of a secret'),
      secretVersion: secretVersion.optional(),
    }),
    z.strictObject({ type: z.literal('none') }),
  ],
  AUTH_FORMS,
);

const idOf = (kind: string, what: string) =>
  matching(
    new RegExp(`^${kind}-[0-9a-f]{8,32}$`),
    `must be the id of ${what}, such as ${kind}-0a1b2c3d4e5f60718`,
  );

/** A number, or a CDK token of one. */
const port = z
  .number({ error: missingOr('must be a port') })
  .refine(
    (value) => Token.isUnresolved(value) || (Number.isInteger(value) && value >= 1 && value <= 65_535),
    {
      message: 'must be a port from 1 to 65535',
    },
  );

export const REDIS = z
  .strictObject({
    host: matching(
      /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/,
      'must be a host name, without a port',
    ),
    port: port.default(6379),
    tls: flag.default(true),
    auth,
    vpcId: idOf('vpc', 'a VPC'),
    subnetIds: z
      .array(idOf('subnet', 'a subnet'), { error: missingOr('must be a list') })
      .min(1, 'must name at least one subnet'),
    securityGroupId: idOf('sg', 'the security group in front of Redis'),
  })
  .refine(({ tls, auth }) => tls || auth.type !== 'iam', {
    message: 'must be true with IAM: ElastiCache takes such a sign-in over TLS only',
    path: ['tls'],
  });
