/**
 * The names of every environment variable that the infrastructure sets and the functions read,
 * in one place so that the two cannot drift apart.
 */
export const ENV = {
  /** Name of the DynamoDB table that holds the event log. */
  stateTable: 'STATE_TABLE',
  /** Name of the event log within the table; one deployment has one. */
  scope: 'SCOPE',
  /** Issuer URL of the identity provider, without a trailing slash. */
  issuer: 'ISSUER',
  /** The client (audience) that tokens must have been issued to. */
  clientId: 'CLIENT_ID',
  /** Groups whose members are admins, separated by commas. */
  adminGroups: 'ADMIN_GROUPS',
  /** Groups whose members are workers, separated by commas. */
  workerGroups: 'WORKER_GROUPS',
  /** Path templates that are never blocked, separated by commas. */
  alwaysAllowed: 'ALWAYS_ALLOWED',
  /** `open` or `closed`: what to decide when no state has ever been read. */
  stateUnknown: 'STATE_UNKNOWN',
  /** Origins that may read answers across origins, separated by commas; `*` is any. */
  allowedOrigins: 'ALLOWED_ORIGINS',
  /** `negotiated` or `json`: the forms that a refusal may take. */
  refusalForm: 'REFUSAL_FORM',
  /** Blocked calls a minute above which a client counts as a repeat offender. */
  offenderThreshold: 'OFFENDER_THRESHOLD',
  /** Seconds since sign-in up to which an emergency may be declared. */
  freshSignInSeconds: 'FRESH_SIGN_IN_SECONDS',
  /** Which API key meters which class of callers, as JSON; absent when callers are not throttled by class. */
  usageKeys: 'USAGE_KEYS',
  /** The claim of a token that names the API key of its bearer; absent when there is none. */
  apiKeyClaim: 'API_KEY_CLAIM',
  /** What of maintenance mode is deployed, as JSON: see DeployedParts. */
  parts: 'PARTS',
  /** Name of the DynamoDB table that holds what is counted. */
  activityTable: 'ACTIVITY_TABLE',
  /** Name of the DynamoDB table that holds jobs. */
  jobTable: 'JOB_TABLE',
  /** Name of the EventBridge bus that events are published to. */
  eventBus: 'EVENT_BUS',
  /** Where Redis is and how to sign in there, as JSON: see RedisSettings. */
  redis: 'REDIS',
  /** `true` where a session's cookie counts on control routes. */
  controlCookies: 'CONTROL_COOKIES',
  /** What the application's sessions look like, as JSON: see SessionPolicy. */
  sessions: 'SESSIONS',
  /** The work beside the registry of jobs that maintenance ends well, as JSON: see Workloads. */
  workloads: 'WORKLOADS',
  /** ARN of the state machine that drains jobs. */
  drainMachine: 'DRAIN_MACHINE',
  /** Namespace of the metrics of this deployment. */
  metricNamespace: 'METRIC_NAMESPACE',
  /** What stands before the name of every alarm of this deployment. */
  alarmPrefix: 'ALARM_PREFIX',
  /** Where clients reach the API, without a trailing slash. */
  apiUrl: 'API_URL',
  /** The application behind the gate, without a trailing slash. */
  originUrl: 'ORIGIN_URL',
  /** Name of the function that looks at Redis. */
  redisProbe: 'REDIS_PROBE',
  /** Name of the serverless cache that is the stack's own; absent where the Redis is somebody else's. */
  cacheName: 'CACHE_NAME',
  /** URL of the queue of what could not be delivered. */
  deadLetterQueue: 'DEAD_LETTER_QUEUE',
  /** Name of the function that ends sessions. */
  purgeFunction: 'PURGE_FUNCTION',
  /** Name of the function that starts drains. */
  starterFunction: 'STARTER_FUNCTION',
  /** ARNs of the topics of the three levels of escalation, as JSON: `{"1": …, "2": …, "3": …}`. */
  levelTopics: 'LEVEL_TOPICS',
  /** What statistics are of, as JSON: see Watched. */
  watched: 'WATCHED',
  /** ARN of the topic of notices. */
  noticesTopic: 'NOTICES_TOPIC',
} as const;

/** The `source` of every event on the bus. */
export const EVENT_SOURCE = 'enhanced-maintenance-mode';

/** The `detail-type` of a job that is to be done again: the only event that the function of the jobs may publish. */
export const JOB_REQUEUED = 'Job Requeued';

/**
 * Namespace of every metric of a deployment: two in one account and region must never add up, nor hide each other's
 * silence.
 *
 * @param scope name of the event log
 */
export function metricNamespaceOf(stackName: string, scope: string): string {
  return `EnhancedMaintenanceMode/${stackName}/${scope}`;
}

/** Path under which the control API is served. */
export const CONTROL_BASE_PATH = '/api/maintenance';

/** Path of the maintenance page for people. */
export const PAGE_PATH = '/maintenance';

/** Path of the route that is blocked in every enforcing mode, to prove that the block blocks. */
export const CANARY_PATH = '/api/maintenance/canary';
