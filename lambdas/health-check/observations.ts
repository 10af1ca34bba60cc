import type { DrainRecords } from '../../core/drain/record.ts';
import type { EventLog } from '../../core/events/event-log.ts';
import {
  type AdminPathFacts,
  adminObstacle,
  type CanaryAnswer,
  expectedOf,
  type NewestState,
} from '../../core/health/agreement.ts';
import type { Observations } from '../../core/health/checks/checks.ts';
import type { ChainFacts } from '../../core/health/checks/configuration.ts';
import type { DeployedCache } from '../../core/health/checks/services.ts';
import type { ObservedAlarm } from '../../core/health/health-record.ts';
import {
  drainSilence,
  type LeftOver,
  leftOver,
  purgeFacts,
  type WorkFacts,
} from '../../core/health/left-over.ts';
import { type Observation, observed, part, unable } from '../../core/health/observation.ts';
import type { RedisFacts } from '../../core/health/redis-facts.ts';
import { dueEventFacts, emergencyAge, plannedEndFacts } from '../../core/health/state-facts.ts';
import type { PurgeRecordItem } from '../../core/purge/record.ts';
import { effective } from '../../core/state/clock.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import { observe } from './observe.ts';
import { watchEnforcement } from './probes/enforcement.ts';

/** What is asked of sessions. */
export interface SessionProbes {
  readonly redis: () => Promise<RedisFacts>;
  /** Absent where the Redis is not the stack's own. */
  readonly cache?: (() => Promise<DeployedCache>) | undefined;
  readonly purging: Pick<PurgeRecordItem, 'read'>;
  /** Has a deletion that stands still taken up again. */
  readonly restart: () => Promise<void>;
}

/** What is asked of jobs. */
export interface JobProbes {
  readonly count: () => Promise<number>;
  readonly drains: DrainRecords;
  /** Has a drain that stands still taken up again. */
  readonly restart: () => Promise<void>;
}

/** What the health check asks. Everything may reject. */
export interface Probes {
  readonly events: Pick<EventLog, 'head' | 'page'>;
  /** Whether the newest events are what was written. */
  readonly chain: () => Promise<ChainFacts>;
  /** A write on a condition into the event log's table, which leaves no trace in the log. */
  readonly writeProbe: () => Promise<void>;
  /** Calls of the event log that were throttled since this was asked last. */
  readonly takeThrottles: () => number;
  /** Absent where there are no sessions. */
  readonly sessions?: SessionProbes | undefined;
  /** Absent where there are no jobs. */
  readonly jobs?: JobProbes | undefined;
  readonly published: () => Promise<number | null>;
  readonly deadLetters: () => Promise<number>;
  readonly issuerKeys: () => Promise<{ readonly fetchedAt: number } | null>;
  readonly canary: () => Promise<CanaryAnswer>;
  readonly adminPath: () => Promise<AdminPathFacts>;
  /** The status of the application's answer past the gateway. */
  readonly origin: () => Promise<number>;
  readonly alarms: () => Promise<readonly ObservedAlarm[]>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** What a run observes: for the checks, and what else it needs of that. Null where it is not known. */
interface RunObservations {
  readonly checks: Observations;
  readonly leftOver: () => Promise<readonly LeftOver[]>;
  readonly activeJobs: () => Promise<number | null>;
  /** Whether one of the newest events is not what was written. */
  readonly isTampered: () => Promise<boolean | null>;
  /** Calls of the canary that were not decided as the log says. */
  readonly mismatches: () => Promise<number | null>;
  readonly alarms: () => Promise<readonly ObservedAlarm[] | null>;
}

/** The gateway is observed until it may not differ from the log any more, ms. */
const ENFORCEMENT_LIMIT = 8000;
/** Events that are younger than this, ms, are on their way to the bus. */
const SETTLED_AFTER = 60_000;

const LOG_AWAY = 'See event_log_read.';
const ACTIVITY = 'Look at the table of activity in the console of DynamoDB.';

/** Asks everything at once, each in its own time, so that none can hide another. Nothing of it rejects. */
export function observeAll(probes: Probes, readNewest: () => Promise<NewestState>): RunObservations {
  const { log, now, sessions } = probes;
  const reading = observe({ probe: 'event_log_read', who: 'The event log' }, readNewest, log);
  // What is judged by the state waits for it; all others go at once.
  const newest = reading.then((state) => knownOf(state));
  const writing = observe(
    { probe: 'event_log_write', who: 'A write beside the event log' },
    probes.writeProbe,
    log,
  );
  const chain = observe({ probe: 'event_chain', who: 'The event log', unable: LOG_AWAY }, probes.chain, log);
  const redis = sessions && observe({ probe: 'redis', who: 'The probe of Redis' }, sessions.redis, log);
  const decisions = observe(
    { probe: 'enforcement', who: 'The canary route' },
    () => watchEnforcement({ ...probes, newest: () => readNewest().catch(() => null) }),
    log,
    ENFORCEMENT_LIMIT,
  );
  const adminPath = observe({ probe: 'admin_path', who: 'The control API' }, probes.adminPath, log);
  const origin = observe({ probe: 'origin', who: 'The application' }, probes.origin, log);
  const issuerKeys = observe(
    { probe: 'issuer_keys', who: "The store of the issuer's keys", unable: LOG_AWAY },
    probes.issuerKeys,
    log,
  );
  const unpublished = observe(
    { probe: 'publication', who: 'The cursor of publication', unable: ACTIVITY },
    () => countUnpublished(probes),
    log,
  );
  const letters = observe(
    { probe: 'dead_letters', who: 'SQS', unable: 'See the dead-letter queue in the SQS console.' },
    probes.deadLetters,
    log,
  );
  const work = observe(
    { probe: 'background_work', who: 'What is known of background work', unable: ACTIVITY },
    async () => workFacts(probes, await newest),
    log,
  );
  const jobs = probes.jobs && observe({ probe: 'jobs', who: 'The table of jobs' }, probes.jobs.count, log);
  const alarms = observe(
    { probe: 'alarms', who: 'CloudWatch', unable: 'See the alarms in the CloudWatch console.' },
    probes.alarms,
    log,
  );
  const cache = sessions?.cache;
  const caches =
    cache &&
    observe(
      {
        probe: 'cache',
        who: 'ElastiCache',
        unable: 'See the cache in the ElastiCache console. What matters to requests is `redis`.',
      },
      async () => [await cache()],
      log,
    );

  const ofState = async <T>(facts: (state: State, now: number) => T): Promise<Observation<T> | null> =>
    ifKnown(await reading, ({ state }) => facts(state, now()));

  const checks: Observations = {
    logRead: async () => {
      const read = await reading;
      const milliseconds = read.latency ?? null;
      return part(read, ({ state }) => ({ events: state.version === 0 ? 0 : 1, milliseconds }));
    },
    logWrite: async () => {
      const written = await writing;
      return part(written, () => ({ milliseconds: written.latency ?? null }));
    },
    chain: () => chain,
    logThrottles: async () => {
      await writing;
      return ifKnown(await reading, () => probes.takeThrottles());
    },
    plannedEnd: () => ofState(plannedEndFacts),
    emergencyAge: () => ofState(emergencyAge),
    dueEvent: async () =>
      (await ofState(dueEventFacts)) ??
      unable('Nobody knows whether something is due: the state could not be read.', LOG_AWAY),
    ...(redis && sessionChecks(redis, newest, now)),
    ...(caches && { caches: () => caches }),
    decisions: async () =>
      part(await decisions, ({ answers, differing, newest: known }) => ({
        answers,
        differing,
        newest: known && { expected: expectedOf(known.state, now()), version: known.state.version },
      })),
    adminPath: async () => {
      const state = await newest;
      return part(await adminPath, (facts) => {
        const obstacle = adminObstacle(facts, state, now());
        return {
          who: 'An admin' as const,
          ways: [{ name: 'the API' as const, isOpen: obstacle === undefined, obstacle }],
        };
      });
    },
    originStatus: async () => {
      const answer = await origin;
      return answer.outcome === 'observed' ? answer : observed(null, answer.latency ?? null);
    },
    issuerKeysAge: async () => part(await issuerKeys, (keys) => keys && Math.max(0, now() - keys.fetchedAt)),
    unpublished: () => unpublished,
    deadLetters: async () => part(await letters, (messages) => [{ name: 'the dead-letter queue', messages }]),
    ...(sessions && {
      purge: async () =>
        part(await work, ({ state, purging }) =>
          purging === undefined ? null : purgeFacts(state, purging, now()),
        ),
    }),
    ...(jobs && {
      drainSilence: async () =>
        part(await work, ({ state, drain }) => drainSilence(state, drain ?? null, now())),
      activeJobs: () => jobs,
    }),
    alarms: () => alarms,
  };
  return {
    checks,
    leftOver: async () => {
      const known = knownOf(await work);
      return known === null ? [] : leftOver(known, now());
    },
    activeJobs: async () => (jobs ? knownOf(await jobs) : null),
    isTampered: async () => {
      const known = knownOf(await chain);
      return known && known.fault !== null;
    },
    mismatches: async () => {
      const known = knownOf(await decisions);
      return known?.newest ? known.differing.length : null;
    },
    alarms: async () => knownOf(await alarms),
  };
}

function knownOf<T>(observation: Observation<T>): T | null {
  return observation.outcome === 'observed' ? observation.value : null;
}

/** What is part of something that was observed; null where it was not, which the check of that says. */
function ifKnown<T, U>(observation: Observation<T>, pick: (value: T) => U): Observation<U> | null {
  return observation.outcome === 'observed' ? observed(pick(observation.value)) : null;
}

/** What the checks of sessions ask. */
function sessionChecks(
  redis: Promise<Observation<RedisFacts>>,
  newest: Promise<NewestState | null>,
  now: () => number,
): Observations {
  const ofRedis = async <T>(facts: (redis: RedisFacts) => T) => ifKnown(await redis, facts);
  return {
    redis: async () => {
      const found = await redis;
      return found.outcome === 'observed' ? observed(found.value, found.value.ping) : found;
    },
    cacheMemory: () => ofRedis(({ usedBytes, maximumBytes }) => ({ bytes: usedBytes, limit: maximumBytes })),
    evictions: () =>
      ofRedis(({ evictedKeys }) => ({
        keys: evictedKeys,
        throttled: null,
        span: 'since Redis started' as const,
      })),
    evictionPolicy: () => ofRedis(({ evictionPolicy }) => evictionPolicy),
    keys: () => ofRedis(({ keys }) => keys),
    stateCopy: async () => stateCopy(await redis, await newest, now()),
  };
}

function stateCopy(redis: Observation<RedisFacts>, newest: NewestState | null, now: number) {
  if (newest === null) {
    return unable('The event log could not be read, so nothing is known of its copy.', LOG_AWAY);
  }
  const { state, writtenAt } = newest;
  return ifKnown(redis, ({ mirror }) => ({
    copy: mirror?.version ?? 0,
    log: state.version,
    age: writtenAt === null ? null : now - writtenAt,
  }));
}

/** How many events that are older than a minute the bus has not got. */
async function countUnpublished({ events, published, now }: Probes): Promise<number> {
  const at = now();
  const [{ items }, cursor] = await Promise.all([events.page({ limit: 20 }), published()]);
  const newest = items.find((event) => at - event.at > SETTLED_AFTER)?.number ?? 0;
  return Math.max(0, newest - (cursor ?? 0));
}

async function workFacts({ sessions, jobs, now }: Probes, newest: NewestState | null): Promise<WorkFacts> {
  if (newest === null) throw new Error('The state could not be read.');
  const { state } = newest;
  const { maintenance } = effective(state, now());
  const [purge, drain] = await Promise.all([
    sessions?.purging.read(),
    maintenance === null ? null : jobs?.drains(maintenance.id).read(),
  ]);
  return { state, purging: purge?.entry, drain: jobs && (drain?.entry ?? null) };
}
