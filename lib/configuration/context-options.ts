import { readFileSync } from 'node:fs';
import { Duration } from 'aws-cdk-lib';
import type { Node } from 'constructs';
import { ConfigurationError } from './configuration-error.ts';
import type { MaintenanceModeProps } from './maintenance-mode-props.ts';
import { unknownOption } from './unknown-option.ts';

type Reader = (value: string, key: string) => unknown;

const text: Reader = (value) => value;
const list: Reader = (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
const number: Reader = (value, key) => {
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  throw new ConfigurationError(`Option "${key}" must be a number, not "${value}".`);
};
const flag: Reader = (value, key) => {
  if (value === 'true' || value === 'false') return value === 'true';
  throw new ConfigurationError(`Option "${key}" must be true or false, not "${value}".`);
};
const seconds: Reader = (value, key) => Duration.seconds(number(value, key) as number);
const jsonFile: Reader = (value, key) => {
  try {
    return JSON.parse(readFileSync(value, 'utf8'));
  } catch (error) {
    throw new ConfigurationError(
      `Option "${key}" must name a JSON file: ${error instanceof Error ? error.message : error}.`,
    );
  }
};

/** Each context key of the app in bin/: how its text is read, and the option that it sets. */
export const CONTEXT_KEYS: Readonly<Record<string, readonly [reader: Reader, ...option: string[]]>> = {
  origin: [text, 'origin'],
  originPath: [text, 'originPath'],
  originSecretVersion: [text, 'originSecretVersion'],
  routes: [jsonFile, 'routes'],
  domainName: [text, 'customDomain', 'domainName'],
  certificateArn: [text, 'customDomain', 'certificateArn'],
  rateLimit: [number, 'throttling', 'rateLimit'],
  burstLimit: [number, 'throttling', 'burstLimit'],
  callers: [jsonFile, 'throttling', 'callers'],
  apiKeyClaim: [text, 'throttling', 'apiKeyClaim'],
  wafRateLimit: [number, 'throttling', 'wafRateLimit'],
  name: [text, 'name'],
  allowedOrigins: [list, 'allowedOrigins'],
  alwaysAllowed: [list, 'alwaysAllowed'],
  controlCookies: [flag, 'controlCookies'],
  stateUnknown: [text, 'stateUnknown'],
  refusalForm: [text, 'refusalForm'],
  offenderThreshold: [number, 'offenderThreshold'],
  freshSignInSeconds: [seconds, 'freshSignIn'],
  issuer: [text, 'identity', 'issuer'],
  clientId: [text, 'identity', 'clientId'],
  consoleUrl: [text, 'console', 'url'],
  consoleCertificateArn: [text, 'console', 'certificateArn'],
  adminGroups: [list, 'adminGroups'],
  workerGroups: [list, 'workerGroups'],
  scope: [text, 'scope'],
  profile: [text, 'profile'],
  sessions: [text, 'sessions'],
  jobs: [flag, 'jobs'],
  monitoring: [text, 'monitoring'],
  sessionPrefix: [text, 'sessionPolicy', 'prefix'],
  sessionCookie: [text, 'sessionPolicy', 'cookie'],
  sessionRolePointers: [list, 'sessionPolicy', 'rolePointers'],
  sessionUserPointers: [list, 'sessionPolicy', 'userPointers'],
  sessionCreatedAtPointers: [list, 'sessionPolicy', 'createdAtPointers'],
  sessionAdminRoles: [list, 'sessionPolicy', 'adminRoles'],
  sessionWorkerRoles: [list, 'sessionPolicy', 'workerRoles'],
  cacheVpcCidr: [text, 'cache', 'vpcCidr'],
  cacheAvailabilityZones: [list, 'cache', 'availabilityZones'],
  cacheUserIds: [list, 'cache', 'userIds'],
  cacheSnapshotRetention: [number, 'cache', 'snapshotRetention'],
  cacheSnapshotTime: [text, 'cache', 'snapshotTime'],
  cacheMaximumGigabytes: [number, 'cache', 'maximumGigabytes'],
  cacheMaximumEcpuPerSecond: [number, 'cache', 'maximumEcpuPerSecond'],
  redisHost: [text, 'redis', 'host'],
  redisPort: [number, 'redis', 'port'],
  redisTls: [flag, 'redis', 'tls'],
  redisAuth: [text, 'redis', 'auth', 'type'],
  redisUser: [text, 'redis', 'auth', 'user'],
  redisCache: [text, 'redis', 'auth', 'cache'],
  redisServerless: [flag, 'redis', 'auth', 'serverless'],
  redisSecretArn: [text, 'redis', 'auth', 'secretArn'],
  redisSecretVersion: [text, 'redis', 'auth', 'secretVersion'],
  redisVpcId: [text, 'redis', 'vpcId'],
  redisSubnetIds: [list, 'redis', 'subnetIds'],
  redisSecurityGroupId: [text, 'redis', 'securityGroupId'],
  stateMachines: [list, 'workloads', 'stateMachines'],
  eventSourceMappings: [list, 'workloads', 'eventSourceMappings'],
  noticesContacts: [list, 'contacts', 'notices'],
  level1Contacts: [list, 'contacts', 'level1'],
  level2Contacts: [list, 'contacts', 'level2'],
  level3Contacts: [list, 'contacts', 'level3'],
  alarmThresholds: [jsonFile, 'alarmThresholds'],
  runbookUrl: [text, 'runbookUrl'],
  controlReservedConcurrency: [number, 'controlReservedConcurrency'],
  deletionProtection: [flag, 'deletionProtection'],
  logRetentionDays: [number, 'logRetention'],
  cloudWatchRole: [flag, 'cloudWatchRole'],
  securityPolicy: [text, 'securityPolicy'],
  metricsByMethod: [flag, 'metricsByMethod'],
};

/** Context that belongs to the CDK itself: feature flags and cached look-ups. All of it has a colon in its name. */
const isOfTheCdk = (key: string): boolean => key.includes(':') || key.startsWith('@aws-cdk');

/**
 * Reads the options from CDK context (`-c name=value`, or `context` in cdk.json). An option that doesn't exist is an
 * error, so that a slip of the pen is never silently ignored.
 */
export function contextOptions(node: Node): MaintenanceModeProps {
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node.getAllContext())) {
    if (isOfTheCdk(key)) continue;
    const entry = Object.hasOwn(CONTEXT_KEYS, key) ? CONTEXT_KEYS[key] : undefined;
    if (entry === undefined) throw new ConfigurationError(unknownOption(key, Object.keys(CONTEXT_KEYS)));
    const [read, ...path] = entry;
    assign(options, path, read(String(value).trim(), key));
  }
  return options as unknown as MaintenanceModeProps;
}

function assign(target: Record<string, unknown>, [head, ...rest]: readonly string[], value: unknown): void {
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const inner = (target[head] ?? {}) as Record<string, unknown>;
  target[head] = inner;
  assign(inner, rest, value);
}
