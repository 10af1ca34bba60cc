import { OVERDUE_AFTER_MS, SILENT_AFTER_MS, SLOW_PING_MS } from '../thresholds.ts';
import { checksOf, counted, minutes, named } from './check.ts';
import { STORE_REMEDY } from './configuration.ts';

/** A deployed function, as Lambda describes it. */
export interface DeployedFunction {
  readonly name: string;
  /** `Active` when it can be invoked. */
  readonly state: string;
  /** `Successful`, or why its newest version is not in force. */
  readonly lastUpdate: string;
  readonly reason: string | null;
}

/** A cache, as ElastiCache describes it. */
export interface DeployedCache {
  readonly name: string;
  /** Such as `available`; null when there is no such cache. */
  readonly status: string | null;
  /** What happened to it last, within the hour; absent where that was not asked. */
  readonly event?: string | undefined;
}

/** Counts of something by what it is counted of. */
export type Counts = readonly { readonly name: string; readonly count: number }[];

export interface ServicesFacts {
  /** Seconds since the scheduled health check ran. */
  readonly healthCheckAge: number;
  readonly alarms: readonly {
    readonly name: string;
    readonly state: string;
    readonly severity: string;
    readonly runbook?: string | null | undefined;
  }[];
  readonly functions: readonly DeployedFunction[];
  /** Failed invocations of the last 15 minutes. */
  readonly functionErrors: Counts;
  readonly caches: readonly DeployedCache[];
  /** What the health call says of it. */
  readonly sessionStore: { readonly isHealthy: boolean; readonly message: string };
  readonly redis: {
    /** Milliseconds that a PING took, apart from the probe's start. */
    readonly ping: number;
    readonly servers: number;
    /** Connections of all clients; null where Redis does not say. */
    readonly clients: number | null;
  };
  /** The versions of the state in the log and of its copy in Redis, and how long ago that of the log was written, ms. */
  readonly stateCopy: { readonly copy: number; readonly log: number; readonly age: number | null };
  /** Calls of the event log that DynamoDB turned away for being too many. */
  readonly logThrottles: number;
  /** Events that should have been handed to the bus a minute ago. */
  readonly unpublished: number;
  /** Messages by queue. */
  readonly deadLetters: readonly { readonly name: string; readonly messages: number }[];
  /** The newest order to delete sessions; null where there is none. */
  readonly purge: {
    readonly status: string;
    /** How long nothing has moved, ms; 0 where it is not known. */
    readonly silence: number;
    readonly error: string | null;
  } | null;
  /** How long a drain of jobs that has to go on has not moved, ms; null where none has to. */
  readonly drainSilence: number | null;
  readonly activeJobs: number;
}

const check = checksOf<ServicesFacts>('services');

const SESSION_STORE =
  'Cookie sessions count as anonymous until Redis is back; blocking and toggles go on. See cache_status, and the security groups of functions and cache.';
const SCHEDULE =
  'See that the rules of the schedule are enabled (`aws events list-rules`), and what it logs: `maintenance logs --function health-check --errors`.';
const FUNCTION = 'See the function in the Lambda console; deploying again (`npm run deploy`) puts it back.';

/** Whether all that has to run does. */
export const SERVICES_CHECKS = {
  health_check: check({
    of: 'healthCheckAge',
    remedy: SCHEDULE,
    judge: (seconds, say) => {
      const text = `The scheduled health check ran ${Math.round(seconds)} s ago`;
      return seconds * 1000 <= SILENT_AFTER_MS
        ? say.ok(`${text}.`)
        : say.failed(`${text}: it has fallen silent.`, SCHEDULE);
    },
  }),
  alarms: check({
    of: 'alarms',
    remedy: 'See the alarms in the CloudWatch console.',
    judge: (alarms, say) => {
      const raised = raisedOf(alarms);
      const grave = raised.filter(({ severity }) => severity !== 'info');
      if (raised.length === 0) return say.ok('No alarm is raised.');
      const which = named(raised.map(({ name, severity }) => `${name} (${severity})`));
      if (grave.length === 0) return say.ok(`Raised, for information: ${which}.`);
      const guides = [...new Set(grave.flatMap(({ runbook }) => runbook ?? []))];
      const remedy = guides.length === 0 ? 'See docs/troubleshooting.md.' : `See ${guides.join(', ')}.`;
      return grave.some(({ severity }) => severity !== 'warning')
        ? say.failed(`Raised: ${which}.`, remedy)
        : say.warning(`Raised: ${which}.`, remedy);
    },
  }),
  functions: check({
    of: 'functions',
    remedy: FUNCTION,
    judge: (all, say) => {
      const ill = all.filter(({ state }) => state !== 'Active' && state !== 'Inactive');
      const stale = all.filter(({ lastUpdate }) => lastUpdate !== 'Successful');
      const described = ({ name, state, lastUpdate, reason }: DeployedFunction): string =>
        `${name} is ${state}, its last update ${lastUpdate}${reason === null ? '' : ` (${reason})`}`;
      if (ill.length > 0) return say.failed(`${named(ill.map(described))}.`, FUNCTION);
      if (stale.length > 0) return say.warning(`${named(stale.map(described))}.`, FUNCTION);
      return say.ok(`All ${all.length} functions can be invoked.`);
    },
  }),
  function_errors: check({
    of: 'functionErrors',
    remedy: 'See functions.',
    judge: (counts, say) => {
      const failing = counts.filter(({ count }) => count > 0);
      if (failing.length === 0) return say.ok('No invocation has failed in the last 15 minutes.');
      const which = named(failing.map(({ name, count }) => `${name} ${count}`));
      return say.warning(
        `Invocations failed in the last 15 minutes: ${which}.`,
        'The lines at the time say why: see log_errors, and the log group of the function.',
      );
    },
  }),
  cache_status: check({
    of: 'caches',
    component: 'cache',
    remedy: 'See the cache in the ElastiCache console.',
    judge: (caches, say) => {
      if (caches.length === 0) return say.ok('The stack has no cache of its own.');
      const away = caches.filter(({ status }) => status !== 'available');
      if (away.length === 0) return say.ok(`${named(caches.map(({ name }) => name))} is available.`);
      const which = `${named(away.map(described))}.`;
      if (away.some(({ status }) => status === null)) {
        return say.failed(
          which,
          'Deploy the stack again, and restore its sessions from a snapshot if they matter.',
        );
      }
      const wait = 'Wait for the change to end, or see the events of the cache in the ElastiCache console.';
      return away.every(({ status }) => status === 'modifying')
        ? say.warning(which, wait)
        : say.failed(which, wait);
    },
  }),
  session_store: check({
    of: 'sessionStore',
    remedy: SESSION_STORE,
    judge: ({ isHealthy, message }, say) =>
      isHealthy ? say.ok(message) : say.warning(message, SESSION_STORE),
  }),
  dead_letters: check({
    of: 'deadLetters',
    remedy: 'See the queue in the SQS console.',
    judge: (queues, say) => {
      const filled = queues.filter(({ messages }) => messages > 0);
      if (filled.length === 0) return say.ok('Nothing lies in the dead-letter queues.');
      return say.failed(
        `Undelivered: ${named(filled.map(({ name, messages }) => `${counted(messages, 'message')} in ${name}`))}.`,
        'Read what they say and why they failed (`aws sqs receive-message`), mend that, then hand over again what is not outdated: docs/troubleshooting.md#dead-letters.',
      );
    },
  }),
  session_purge: check({
    of: 'purge',
    component: 'background_work',
    remedy: 'See status_read.',
    judge: (purge, say) => {
      const remedy =
        'It is tried again every minute. See session_store and the log of the function `purge`; `maintenance status` shows how far it has come.';
      if (purge === null) return say.ok('No sessions wait to be deleted.');
      const { status, silence, error } = purge;
      if (status === 'completed') return say.ok('The newest purge of sessions is through.');
      const why = error === null ? '' : `: ${error}`;
      const text = `Sessions are still to be deleted, and nothing has moved for ${minutes(silence)}${why}.`;
      if (silence > SILENT_AFTER_MS) return say.failed(text, remedy);
      return status === 'failed' ? say.warning(text, remedy) : say.ok('Sessions are being deleted.');
    },
  }),
  event_log_throttles: check({
    of: 'logThrottles',
    component: 'event_log',
    remedy: STORE_REMEDY,
    judge: (count, say) =>
      count === 0
        ? say.ok('No request to the event log was throttled.')
        : say.warning(
            `${counted(count, 'request')} to the event log ${count === 1 ? 'was' : 'were'} throttled.`,
            STORE_REMEDY,
          ),
  }),
  redis: check({
    of: 'redis',
    component: 'session_store',
    remedy:
      'Look whether the cache is available (`cache_status`), and at the log of the function redis-probe: a role that may not sign in and a security group that lets nobody through look the same. Blocking goes on without Redis.',
    judge: ({ ping, servers, clients }, say) => {
      const connected = clients === null ? '' : `, ${counted(clients, 'connection')}`;
      const text = `Redis answered a PING in ${Math.round(ping)} ms; ${counted(servers, 'server')}${connected}.`;
      return ping > SLOW_PING_MS
        ? say.warning(
            text,
            'Look at the metrics of the cache: processing units, throttled commands, connections.',
          )
        : say.ok(text);
    },
  }),
  state_copy: check({
    of: 'stateCopy',
    component: 'session_store',
    remedy: 'See redis.',
    judge: ({ copy, log, age }, say) => {
      if (log === 0) return say.ok('There is no event yet, and nothing to copy.');
      const text = `The copy of the state in Redis is of version ${copy}, the log of ${log}.`;
      const isUnderWay = copy < log && age !== null && age <= OVERDUE_AFTER_MS;
      return copy === log || isUnderWay
        ? say.ok(text)
        : say.warning(
            text,
            'It is renewed every minute by the function purge: look for `mirror_failed` in its log. The copy counts only while the event log can’t be read.',
          );
    },
  }),
  publication: check({
    of: 'unpublished',
    component: 'publication',
    remedy: 'Look at the table of activity in the console of DynamoDB.',
    judge: (count, say) =>
      count <= 0
        ? say.ok('All events that are older than a minute were published.')
        : say.warning(
            `${counted(count, 'event has', 'events have')} not been published for a minute and more. It is tried again every minute.`,
            'Look for `publication_failed` in the log of the function publisher.',
          ),
  }),
  job_drain: check({
    of: 'drainSilence',
    component: 'background_work',
    remedy: 'Look at the table of activity in the console of DynamoDB.',
    judge: (silence, say) =>
      silence === null || silence <= SILENT_AFTER_MS
        ? say.ok('No drain of jobs stands still.')
        : say.failed(
            `Jobs are to be drained, and nothing has moved for ${minutes(silence)}. The drain was started again.`,
            'Look at the executions of the state machine of the drain, and at the logs of the functions starter and drain.',
          ),
  }),
  active_jobs: check({
    of: 'activeJobs',
    component: 'jobs',
    remedy: 'Look at the table of jobs in the console of DynamoDB.',
    judge: (count, say) => say.ok(`${counted(count, 'job is', 'jobs are')} active.`),
  }),
};

/** Those that are raised. */
export function raisedOf<A extends { readonly state: string }>(alarms: readonly A[]): readonly A[] {
  return alarms.filter(({ state }) => state === 'alarm');
}

function described({ name, status, event }: DeployedCache): string {
  const is = status === null ? 'does not exist' : `is ${status}`;
  return `${name} ${is}${event === undefined ? '' : ` (${event.replace(/\.$/, '')})`}`;
}
