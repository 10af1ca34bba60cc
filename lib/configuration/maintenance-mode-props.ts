import type { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** A domain of one's own for the API; without one, paths carry the stage's prefix, which breaks absolute links. */
export interface CustomDomain {
  /** The host name, such as `app.example.com`. */
  readonly domainName: string;
  /** The certificate in AWS Certificate Manager, in the stack's region. */
  readonly certificateArn: string;
}

/** An identity provider that exists already. */
export interface ExternalIdentity {
  /** The issuer's URL, exactly as tokens carry it in `iss`, without a trailing slash. */
  readonly issuer: string;
  /** The client (audience) that tokens are issued to. */
  readonly clientId: string;
}

/** How many requests a class of callers may send, all of its callers together. */
export interface CallerLimit {
  /** Requests a second, on average. */
  readonly rateLimit: number;
  /** Requests that may arrive at once. */
  readonly burstLimit: number;
}

/** The limit of a class that maintenance may lower. */
export interface LoweredCallerLimit extends CallerLimit {
  /** What holds while maintenance is active in normal or emergency mode. @default the same as otherwise */
  readonly maintenance?: CallerLimit;
}

/** Limits by class of caller. A class left out has no limit but the stage's. */
export interface CallerLimits {
  readonly anonymous?: LoweredCallerLimit;
  readonly member?: LoweredCallerLimit;
  readonly worker?: LoweredCallerLimit;
  /** Never lowered. */
  readonly admin?: CallerLimit;
}

/** How much may be sent. Source: API Gateway, "Throttle requests to your REST APIs"; docs/throttling.md. */
export interface Throttling {
  /** Requests a second, on average. @default 1000 */
  readonly rateLimit?: number;
  /** Requests that may arrive at once. @default 2000 */
  readonly burstLimit?: number;
  /** @default none: callers share the stage's limit */
  readonly callers?: CallerLimits;
  /**
   * The claim of an access token that holds the value of an API key of your own: its bearer is metered by that key
   * instead of its class. The key's usage plan must be attached to the stage. Admins stay metered as admins.
   * @default none
   */
  readonly apiKeyClaim?: string;
  /** Requests per five minutes that one source address may send, held by a web ACL (AWS WAF). @default no web ACL */
  readonly wafRateLimit?: number;
}

/** What the application's sessions in Redis look like. */
export interface SessionPolicyOptions {
  /**
   * Begins the key of every session; what follows is its id. Everything that begins so is deleted when sessions end.
   * @default 'vedfolnir:session:'
   */
  readonly prefix?: string;
  /** The cookie that holds a session's id. @default 'session_id' */
  readonly cookie?: string;
  /** JSON pointers (RFC 6901) to the role; the first that leads to a text counts. @default /role, /user/role */
  readonly rolePointers?: readonly string[];
  /**
   * JSON pointers to the user's name.
   * @default /user, /username, /user/username, /user/name, /user_id, /user/id
   */
  readonly userPointers?: readonly string[];
  /** JSON pointers to the instant of its begin. @default /created_at, /createdAt, /user/created_at */
  readonly createdAtPointers?: readonly string[];
  /** Roles of admins, who keep their sessions. @default ['admin'] */
  readonly adminRoles?: readonly string[];
  /** Roles of workers. @default ['worker'] */
  readonly workerRoles?: readonly string[];
}

/** The cache that the stack makes where no Redis exists: ElastiCache Serverless for Valkey in a network of its own. */
export interface Cache {
  /** Addresses of its network; another than that of any network that it is peered with. @default '10.71.0.0/24' */
  readonly vpcCidr?: string;
  /** Two or three zones in which ElastiCache Serverless is offered. @default the first two of the region */
  readonly availabilityZones?: readonly string[];
  /** Further ElastiCache users who may sign in: the application's own. @default none */
  readonly userIds?: readonly string[];
  /** Daily snapshots that are kept; 0 for none. @default 1 */
  readonly snapshotRetention?: number;
  /** When they are made, UTC. @default '03:00' */
  readonly snapshotTime?: string;
  /** Gigabytes that it may grow to. @default ElastiCache's own limit */
  readonly maximumGigabytes?: number;
  /** Processing units (ECPU) that it may use in a second. @default ElastiCache's own limit */
  readonly maximumEcpuPerSecond?: number;
}

/** How the functions sign in at a Redis that exists already. */
export type RedisSignIn =
  /** ElastiCache with IAM. */
  | {
      readonly type: 'iam';
      /** The id of the ElastiCache user, which is its name too. docs/configuration.md says what it must be allowed. */
      readonly user: string;
      /** Name of the serverless cache, or of the replication group. */
      readonly cache: string;
      /** Whether it is a serverless cache. @default true */
      readonly serverless?: boolean;
    }
  | {
      readonly type: 'password';
      /** @default the default user */
      readonly user?: string;
      /** The secret whose whole text is the password. Read at deployment; see docs/configuration.md. */
      readonly secretArn: string;
      /** The version of it to read, after a rotation. @default the current one at the time of deployment */
      readonly secretVersion?: string;
    }
  | { readonly type: 'none' };

/** A Redis, Valkey or ElastiCache that exists already. Its network needs a way to DynamoDB. */
export interface ExistingRedis {
  /** The endpoint of a cluster, or of a single server. */
  readonly host: string;
  /** @default 6379 */
  readonly port?: number;
  /** @default true */
  readonly tls?: boolean;
  readonly auth: RedisSignIn;
  readonly vpcId: string;
  /** Where the functions run. */
  readonly subnetIds: readonly string[];
  /** The security group in front of Redis. It gets a rule that lets the functions in. */
  readonly securityGroupId: string;
}

/** Work beside the registry of jobs that maintenance ends well. docs/jobs.md. */
export interface WorkloadOptions {
  /**
   * ARNs of Standard state machines. A maintenance counts as drained when none of their executions runs that began
   * before it; an emergency stops those that are left after the grace period.
   * @default none
   */
  readonly stateMachines?: readonly string[];
  /** UUIDs of Lambda event source mappings that are paused while maintenance is active. @default none */
  readonly eventSourceMappings?: readonly string[];
}

/**
 * Who is told: e-mail addresses, and https endpoints that take notifications of Amazon SNS. Each confirms by itself. With
 * `monitoring` as `essential` there are no notices, and whoever is named for a level follows the one topic of alarms.
 */
export interface Contacts {
  /** Whoever a maintenance concerns: begin, change, end, windows. @default nobody */
  readonly notices?: readonly string[];
  /** Warnings: operators. @default nobody */
  readonly level1?: readonly string[];
  /** What is grave, and warnings that nobody has cured for 15 minutes. @default nobody */
  readonly level2?: readonly string[];
  /** What is critical, and what is grave that nobody has cured for 15 minutes. @default nobody */
  readonly level3?: readonly string[];
}

/** From what on an alarm is raised. The others have nothing to choose. */
export interface AlarmThresholds {
  /** Blocked calls in each of five minutes. @default 100 */
  readonly blockedCallsPerMinute?: number;
  /** Purges of sessions that failed in a minute. @default 1 */
  readonly sessionPurgeFailuresPerMinute?: number;
  /** Minutes for which a component is unhealthy. @default 3 */
  readonly unhealthyMinutes?: number;
  /** Minutes without a health check that came to its end. @default 3 */
  readonly silentMinutes?: number;
  /** Failures of the authorizer in a minute. @default 5 */
  readonly authorizerErrorsPerMinute?: number;
  /** Calls of the authorizer that Lambda turned away in a minute. @default 5 */
  readonly authorizerThrottlesPerMinute?: number;
  /** What one in a hundred decisions took in each of five minutes, in milliseconds. @default 1000 */
  readonly authorizerMilliseconds?: number;
  /** Messages in the dead-letter queue. @default 1 */
  readonly deadLetters?: number;
}

/** The web console's own address. docs/console.md. */
export interface ConsoleOptions {
  /** `https://` and a host: the domain of the console's distribution, or one of one's own that points to it. */
  readonly url: string;
  /** The certificate of a domain of one's own, in us-east-1. @default the certificate of CloudFront */
  readonly certificateArn?: string;
}

/** A route of the origin, for the check at synthesis. */
export interface OriginRoute {
  /** One verb in upper case, or `ANY`. */
  readonly method: string;
  /** An API Gateway path template. */
  readonly path: string;
}

/**
 * What a deployment can be told. Only `origin` is needed.
 *
 * @example new MaintenanceMode(this, 'Maintenance', { origin: 'https://app.example.com' })
 */
export interface MaintenanceModeProps {
  /** The application to protect: `https://`, a host and, if need be, a port. No path. */
  readonly origin: string;
  /** What stands before the path of every request at the origin, such as the stage of an API. @default none */
  readonly originPath?: string;
  /**
   * The version of the origin's secret to send, after a rotation.
   * @default the current one at the time of deployment
   */
  readonly originSecretVersion?: string;
  /** The origin's routes. A write among them that no rule classifies is a warning at synthesis. @default none */
  readonly routes?: readonly OriginRoute[];
  /** @default the API's own execute-api address; with a domain that address is switched off */
  readonly customDomain?: CustomDomain;
  /** @default 1000 requests a second, bursts of 2000 */
  readonly throttling?: Throttling;
  /** What this deployment is called in its status, such as `Shop (production)`; 1 to 60 characters. @default no name */
  readonly name?: string;
  /** Web origins that may read answers across origins; `*` is any. @default ['*'] */
  readonly allowedOrigins?: readonly string[];
  /**
   * Routes that maintenance never blocks: a path template, for GET and HEAD, or a verb and a path template
   * (`POST /webhooks/{path+}`).
   * @default /static/{proxy+}, /favicon.ico, /robots.txt, /health, /health/{proxy+}, /api/csrf-token
   */
  readonly alwaysAllowed?: readonly string[];
  /**
   * Whether the application's session cookie counts in the control API too, for requests of the same origin: then any
   * script in the application, and whoever gets one in there, may act as its admins.
   * @default false
   */
  readonly controlCookies?: boolean;
  /** What an authorizer decides that has never been able to read the state. @default 'open' */
  readonly stateUnknown?: 'open' | 'closed';
  /** `json` if a refusal must never be HTML. @default 'negotiated' */
  readonly refusalForm?: 'negotiated' | 'json';
  /** Blocked calls a minute above which a client is told to wait longer. @default 30 */
  readonly offenderThreshold?: number;
  /** How old a sign-in may be for an emergency to be declared with it. @default 15 minutes */
  readonly freshSignIn?: Duration;
  /** @default a user pool of its own, with the groups below */
  readonly identity?: ExternalIdentity;
  /**
   * Where the web console is. With it, the stack's user pool has pages of its own to sign in at, which send back to the
   * console; without it, the console asks for name and password itself.
   * @default the domain of its distribution, and no pages of the user pool
   */
  readonly console?: ConsoleOptions;
  /** Groups whose members are admins. @default ['admins'] */
  readonly adminGroups?: readonly string[];
  /** Groups whose members are workers. @default ['workers'] */
  readonly workerGroups?: readonly string[];
  /** Name of the event log within its table. A change of it begins an empty log. @default 'default' */
  readonly scope?: string;
  /**
   * Which parts there are, unless `sessions`, `redis`, `jobs` or `monitoring` says otherwise. `smallest`: the gate, the
   * control API and windows. `essential`: and the health check with the alarms that matter most. `whole`: everything.
   * docs/configuration.md says what each holds and costs.
   * @default 'essential'
   */
  readonly profile?: 'smallest' | 'essential' | 'whole';
  /**
   * Whether the stack makes a cache for the application's sessions, in a network of its own. `none`: credentials from
   * before a maintenance are worth nothing all the same, but no session is read, listed or deleted.
   * @default as the profile says; a Redis that exists is named by `redis`
   */
  readonly sessions?: 'none' | 'cache';
  /** Whether there is a registry of jobs, and what drains them and other work. @default as the profile says */
  readonly jobs?: boolean;
  /**
   * `full`: every alarm with its escalation, notices, dashboard, saved queries and counts by client. `essential`: the
   * health check, one topic and the alarms that matter most. `none`: no alarm and no scheduled health check, and no
   * attempt is counted.
   * @default as the profile says
   */
  readonly monitoring?: 'full' | 'essential' | 'none';
  /** @default sessions as above */
  readonly sessionPolicy?: SessionPolicyOptions;
  /** @default a cache with the defaults above, where `sessions` is `cache` */
  readonly cache?: Cache;
  /** @default none */
  readonly redis?: ExistingRedis;
  /** @default none: only what is in the registry of jobs */
  readonly workloads?: WorkloadOptions;
  /** @default nobody: the topics are there, and whoever follows them is told */
  readonly contacts?: Contacts;
  /** @default thresholds as above */
  readonly alarmThresholds?: AlarmThresholds;
  /**
   * Where the troubleshooting guide is, for the link in each alarm: an address, or a path.
   * @default 'docs/troubleshooting.md', as in this project
   */
  readonly runbookUrl?: string;
  /**
   * Concurrent executions set aside for the control function, and as many for the guard of sign-ins, so that a flood
   * of other calls can't starve an admin. Recommended where the account's quota allows it.
   * @default none
   */
  readonly controlReservedConcurrency?: number;
  /** Keeps table, user pool, secret and logs when the stack goes. @default true */
  readonly deletionProtection?: boolean;
  /**
   * A key of one's own for the event log, what is counted, and the cache.
   * @default the AWS managed key of DynamoDB, and a key that is made for the cache
   */
  readonly encryptionKey?: IKey;
  /** How long logs are kept. @default 3 months */
  readonly logRetention?: RetentionDays;
  /**
   * Whether to set the account's role by which API Gateway writes logs. It is one for the whole account and region, so
   * an app that shares the account had better set it elsewhere; without any, a stage with logs can't be deployed.
   * @default false
   */
  readonly cloudWatchRole?: boolean;
  /**
   * The oldest TLS that the API and its domain take, by AWS's name. All but `SecurityPolicy_TLS13_1_2_PQ_2025_09` want
   * the host of the TLS handshake to be that of the request. A change takes API Gateway about a quarter of an hour.
   * @default 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09'
   */
  readonly securityPolicy?:
    | 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09'
    | 'SecurityPolicy_TLS13_1_2_PQ_2025_09'
    | 'SecurityPolicy_TLS13_1_3_2025_09'
    | 'SecurityPolicy_TLS13_1_3_FIPS_2025_09';
  /**
   * Whether API Gateway measures each method by itself, at the price of custom metrics: five for each method that is
   * called. Nothing here reads them. @default false
   */
  readonly metricsByMethod?: boolean;
}
