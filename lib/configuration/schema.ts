import { Duration, StringConcat, Tokenization } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { alwaysAllowedProblem } from '../../core/decision/always-allowed.ts';
import { DEFAULT_SECURITY_POLICY, SECURITY_POLICIES } from '../gateway/tls.ts';
import { flag, integer, matching, missingOr, oneOf, secretVersion, text } from './checks.ts';
import { ALARM_THRESHOLDS, CONTACTS, DEFAULT_THRESHOLDS, RUNBOOK_URL } from './monitoring-schema.ts';
import { contradictions, MONITORING, type Parts, PROFILES } from './profiles.ts';
import { CACHE, REDIS } from './redis-schema.ts';
import { SESSION_POLICY } from './session-schema.ts';

function httpsProblem(value: string): string | null {
  const url = URL.parse(value);
  if (url === null) return `"${value}" is not a URL; write it like https://app.example.com`;
  if (url.protocol !== 'https:') {
    return `"${value}" is not https; the secret that proves the gateway to the origin must not travel in the clear`;
  }
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  return null;
}

/** Of what is known at deployment only, the rest is checked: it must say how the origin is reached. */
function originProblem(value: string): string | null {
  const known = Tokenization.reverseString(value)
    .mapTokens({ mapToken: () => 'unknown.example' })
    .join(new StringConcat());
  if (known !== value && !value.startsWith('https://')) {
    return 'must begin with https:// itself where the rest of it is known at deployment only';
  }
  const problem = httpsProblem(known);
  if (problem !== null) return problem;
  const { origin } = new URL(known);
  if (known === origin || known === `${origin}/`) return null;
  if (known !== value) return 'is more than a host; give its path, such as that of a stage, by "originPath"';
  return `"${value}" is more than a host; give ${origin} alone, and a path that stands before all others by "originPath"`;
}

function issuerProblem(value: string): string | null {
  const problem = httpsProblem(value);
  if (problem !== null) return problem;
  return /[/?#]$/.test(value)
    ? 'must not end with a slash; give it exactly as tokens carry it in "iss"'
    : null;
}

function webOriginProblem(value: string): string | null {
  if (value === '*' || URL.parse(value)?.origin === value) return null;
  return `"${value}" is not a web origin such as https://app.example.com, nor *`;
}

function consoleProblem(value: string): string | null {
  const url = URL.parse(value);
  if (url?.protocol === 'https:' && url.origin === value) return null;
  return `"${value}" is not https:// and a host alone, such as https://maintenance.example.com`;
}

const limit = { rateLimit: integer(1, 100_000), burstLimit: integer(1, 100_000) };
const lowered = z
  .strictObject({ ...limit, maintenance: z.strictObject(limit).optional() })
  .refine(
    ({ rateLimit, burstLimit, maintenance }) =>
      maintenance === undefined ||
      (maintenance.rateLimit <= rateLimit && maintenance.burstLimit <= burstLimit),
    { message: 'must not be above the usual limit: maintenance lowers it', path: ['maintenance'] },
  );
const callers = z.strictObject({
  anonymous: lowered.optional(),
  member: lowered.optional(),
  worker: lowered.optional(),
  admin: z.strictObject(limit).optional(),
});

const group = matching(/^[^,\s\p{C}]{1,128}$/u, 'a group is 1 to 128 characters without spaces or commas');
const groups = z.array(group, 'must be a list').min(1, 'must name at least one group');
const openRoute = text((value) =>
  value.includes(',') ? 'a path template here has no comma' : alwaysAllowedProblem(value),
);
const ORIGIN_MISSING =
  'is missing; say which application to protect, for example with -c origin=https://app.example.com';

const STATE_MACHINE = 'must be the ARN of a state machine, without version or alias';
const UUID = 'must be the UUID of an event source mapping';

export const DEFAULT_ALWAYS_ALLOWED = [
  '/static/{proxy+}',
  '/favicon.ico',
  '/robots.txt',
  '/health',
  '/health/{proxy+}',
  '/api/csrf-token',
];

const WORKLOADS = z.strictObject({
  stateMachines: z
    .array(
      matching(/^arn:[\w-]+:states:[\w-]+:\d{12}:stateMachine:[\w-]{1,80}$/, STATE_MACHINE),
      'must be a list',
    )
    .max(50, 'must name 50 at most')
    .default([]),
  eventSourceMappings: z
    .array(matching(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, UUID), 'must be a list')
    .max(50, 'must name 50 at most')
    .default([]),
});

/** Every option by itself, its bounds and its default. */
const OPTIONS = z.strictObject({
  origin: z
    .string({ error: missingOr('must be text', ORIGIN_MISSING) })
    .superRefine((value, context) => {
      const message = originProblem(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .transform((value) => value.replace(/\/$/, '')),
  originPath: matching(
    /^(?:\/[\w.~-]+)+$/,
    'must be a path such as /prod, without a slash at its end',
  ).optional(),
  originSecretVersion: secretVersion.optional(),
  routes: z
    .array(
      z.strictObject({
        method: matching(/^[A-Z]{1,20}$/, 'must be one verb in upper case, or ANY'),
        path: z.string({ error: missingOr('must be text') }).regex(/^\//, 'must begin with "/"'),
      }),
      'must be a list of {method, path}',
    )
    .default([]),
  customDomain: z
    .strictObject({
      domainName: matching(/^(?:[a-z0-9-]{1,63}\.)+[a-z]{2,63}$/, 'must be a host name in lower case'),
      certificateArn: matching(/^arn:[\w-]+:acm:/, 'must be the ARN of an ACM certificate'),
    })
    .optional(),
  throttling: z
    .strictObject({
      rateLimit: integer(1, 100_000).default(1000),
      burstLimit: integer(1, 100_000).default(2000),
      callers: callers.optional(),
      apiKeyClaim: matching(/^[!-~]{1,128}$/, 'must be the name of a claim').optional(),
      wafRateLimit: integer(10, 2_000_000_000).optional(),
    })
    // Keys by claim need classes for those whose token names no key.
    .transform((value) => ({ ...value, callers: value.callers ?? (value.apiKeyClaim ? {} : undefined) }))
    .prefault({}),
  name: matching(/^(?=.*\S)[^\p{C}]{1,60}$/u, 'must be 1 to 60 characters that can be printed').optional(),
  allowedOrigins: z.array(text(webOriginProblem), 'must be a list').min(1, 'must name one').default(['*']),
  alwaysAllowed: z.array(openRoute, 'must be a list').default(DEFAULT_ALWAYS_ALLOWED),
  controlCookies: flag.default(false),
  stateUnknown: oneOf('open', 'closed').default('open'),
  refusalForm: oneOf('negotiated', 'json').default('negotiated'),
  offenderThreshold: integer(1, 100_000).default(30),
  freshSignIn: z
    .custom<Duration>((value) => value instanceof Duration, 'must be a Duration')
    .refine(
      (value) => value.toSeconds() >= 60 && value.toSeconds() <= 86_400,
      'must be from 1 minute to 1 day',
    )
    .default(Duration.minutes(15)),
  identity: z
    .strictObject({
      issuer: text(issuerProblem),
      clientId: matching(/^\S{1,256}$/, 'must be the client that tokens are issued to'),
    })
    .optional(),
  console: z
    .strictObject({
      url: text(consoleProblem),
      certificateArn: matching(
        /^arn:[\w-]+:acm:us-east-1:/,
        'must be the ARN of an ACM certificate in us-east-1',
      ).optional(),
    })
    .optional(),
  adminGroups: groups.default(['admins']),
  workerGroups: groups.default(['workers']),
  scope: matching(/^[\w-]{1,64}$/, 'must be 1 to 64 letters, digits, "-" or "_"').default('default'),
  profile: oneOf('smallest', 'essential', 'whole').default('essential'),
  sessions: z
    .enum(['none', 'cache'], 'must be "none" or "cache"; what sessions look like is said by "sessionPolicy"')
    .optional(),
  jobs: flag.optional(),
  monitoring: oneOf(...MONITORING).optional(),
  sessionPolicy: SESSION_POLICY.optional(),
  cache: CACHE.optional(),
  redis: REDIS.optional(),
  workloads: WORKLOADS.optional(),
  contacts: CONTACTS.optional(),
  alarmThresholds: ALARM_THRESHOLDS.optional(),
  runbookUrl: RUNBOOK_URL,
  controlReservedConcurrency: integer(1, 1000).optional(),
  deletionProtection: flag.default(true),
  encryptionKey: z
    .custom<IKey>((key) => typeof key === 'object' && key !== null && 'keyArn' in key, 'must be a KMS key')
    .optional(),
  logRetention: z.enum(RetentionDays, 'must be one of RetentionDays').default(RetentionDays.THREE_MONTHS),
  cloudWatchRole: flag.default(false),
  securityPolicy: z
    .enum(SECURITY_POLICIES, `must be one of ${SECURITY_POLICIES.join(', ')}`)
    .default(DEFAULT_SECURITY_POLICY),
  metricsByMethod: flag.default(false),
});

/** The names of all options. */
export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS.shape);

/** Every option, and what they mean together. */
export const CONFIGURATION = OPTIONS.superRefine((options, context) => {
  for (const { path, message } of contradictions(options, partsOf(options))) {
    context.addIssue({ code: 'custom', path, message });
  }
}).transform((options) => ({
  ...options,
  ...partsOf(options),
  originPath: options.originPath ?? '',
  sessionPolicy: options.sessionPolicy ?? SESSION_POLICY.parse({}),
  cache: options.cache ?? CACHE.parse({}),
  workloads: options.workloads ?? WORKLOADS.parse({}),
  contacts: options.contacts ?? CONTACTS.parse({}),
  alarmThresholds: { ...DEFAULT_THRESHOLDS, ...options.alarmThresholds },
}));

/** The parts of a deployment: those of its profile, but for what is said of each. */
function partsOf(options: z.output<typeof OPTIONS>): Parts {
  const profile = PROFILES[options.profile];
  return {
    sessions: options.redis === undefined ? (options.sessions ?? profile.sessions) : 'existing',
    jobs: options.jobs ?? profile.jobs,
    monitoring: options.monitoring ?? profile.monitoring,
  };
}

/** The options with every default filled in. */
export type Configuration = z.output<typeof CONFIGURATION>;
