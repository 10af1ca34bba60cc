import type { DrainRecords } from '../../core/drain/record.ts';
import { EVENT_SOURCE } from '../../core/environment.ts';
import { stateOf } from '../../core/events/append-change.ts';
import type { EventLog } from '../../core/events/event-log.ts';
import type { EventType } from '../../core/events/event-types.ts';
import { alarmFindings, raisedIn } from '../../core/health/checks/alarms.ts';
import { type ComponentFindings, findingsOf, type Look } from '../../core/health/checks/components.ts';
import {
  type AdminPathFacts,
  adminPathFindings,
  type CanaryAnswer,
  DECISIVE_EVENTS,
  enforcementFindings,
  type NewestState,
  type OriginFacts,
  originFindings,
} from '../../core/health/checks/enforcement.ts';
import {
  type CacheFacts,
  cacheFindings,
  type RedisFacts,
  redisFindings,
} from '../../core/health/checks/redis.ts';
import { eventLogFindings, stateFindings } from '../../core/health/checks/state.ts';
import {
  issuerKeyFindings,
  type LeftOver,
  leftOver,
  type PublicationFacts,
  publicationFindings,
  type WorkFacts,
  workFindings,
} from '../../core/health/checks/work.ts';
import {
  changeWatchRecord,
  type MeasuredLag,
  type WatchRecords,
  withAlarms,
  withLag,
} from '../../core/health/enforcement-record.ts';
import { inOrder } from '../../core/health/finding.ts';
import type { AlarmSeen, HealthRecord, HealthRecordStore } from '../../core/health/health-record.ts';
import type { PurgeRecordItem } from '../../core/purge/record.ts';
import { effective } from '../../core/state/clock.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import { lookAt } from './look.ts';
import { lagLine, metricLines } from './measure.ts';
import { firstShown, watchEnforcement } from './probes/enforcement.ts';

export interface HealthCheckParts {
  readonly events: Pick<EventLog, 'head' | 'page'>;
  /** A write on a condition into the event log's table, which leaves no trace in the log. */
  readonly writeProbe: () => Promise<void>;
  /** Calls of the event log that were throttled since this was asked last. */
  readonly takeThrottles: () => number;
  readonly records: HealthRecordStore;
  readonly watched: WatchRecords;
  readonly purging: Pick<PurgeRecordItem, 'read'>;
  readonly drains: DrainRecords;
  readonly published: () => Promise<number | null>;
  readonly deadLetters: () => Promise<number>;
  readonly countJobs: () => Promise<number>;
  readonly issuerKeys: () => Promise<{ readonly fetchedAt: number } | null>;
  readonly redis: () => Promise<RedisFacts>;
  /** Absent where the Redis is not the stack's own. */
  readonly cache?: () => Promise<CacheFacts>;
  readonly canary: () => Promise<CanaryAnswer>;
  readonly adminPath: () => Promise<AdminPathFacts>;
  readonly origin: () => Promise<OriginFacts>;
  readonly alarms: () => Promise<readonly AlarmSeen[]>;
  readonly restart: (what: LeftOver) => Promise<void>;
  readonly log: Log;
  /** Writes a line of the log as it is. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly wait: (milliseconds: number) => Promise<void>;
}

/** Milliseconds for one look; together with what follows well below a minute. */
const LIMIT = 3000;
/** The gate is looked at until it may not differ from the log any more. */
const ENFORCEMENT_LIMIT = 8000;
/** Events that are younger than this, ms, are on their way to the bus. */
const SETTLED_AFTER = 60_000;

/** Events among which one is looked for that has just come: those that were overtaken are not worth a measurement. */
const NEWEST = 5;

/** What invoked it: the minute, or an event of maintenance on the bus. */
export interface HealthCheckEvent {
  readonly source?: string;
  readonly detail?: {
    readonly type?: EventType;
    readonly version?: number;
    readonly maintenance_id?: string | null;
  };
}

/**
 * Looks at every part once a minute, each in its own time, so that none can hide another; and after an event at how
 * soon the gate shows it. Never rejects for what it found: a health check that fails is one that says nothing.
 */
export function createHealthCheckHandler(parts: HealthCheckParts) {
  /** The state as it was read last, for the time when the log can't be read. */
  let known: NewestState | null = null;

  const readNewest = async (): Promise<NewestState> => {
    const head = await parts.events.head();
    known = { state: stateOf(head), writtenAt: head?.at ?? null };
    return known;
  };

  return async (
    event: HealthCheckEvent,
    { awsRequestId }: { readonly awsRequestId: string },
  ): Promise<void> => {
    if (event.source === EVENT_SOURCE) return measureLag(parts, event, awsRequestId);
    const record = await run(parts, readNewest, () => known, awsRequestId);
    await keep(parts, record, awsRequestId);
  };
}

async function run(
  parts: HealthCheckParts,
  readNewest: () => Promise<NewestState>,
  lastKnown: () => NewestState | null,
  requestId: string,
): Promise<HealthRecord & { readonly state: State | null }> {
  const { log, now } = parts;
  const checkedAt = now();
  const look = <Facts>(what: string, of: () => Promise<Facts>, limit = LIMIT): Promise<Look<Facts>> =>
    lookAt(what, limit, of, log);

  const reading = look('event_log_read', readNewest);
  // What is judged by the state waits for it; all others go at once.
  const newest = reading.then((found) => (found.answered ? found.facts : null));
  const [read, written, redis, cache, enforcement, adminPath, origin, keys, publication, work, jobs, alarms] =
    await Promise.all([
      reading,
      look('event_log_write', parts.writeProbe),
      look('redis', parts.redis),
      parts.cache === undefined ? null : look('cache', parts.cache),
      look(
        'enforcement',
        () => watchEnforcement({ ...parts, newest: () => readNewest().catch(() => null) }),
        ENFORCEMENT_LIMIT,
      ),
      look('admin_path', parts.adminPath),
      look('origin', parts.origin),
      look('issuer_keys', async () => (await parts.issuerKeys())?.fetchedAt ?? null),
      look('publication', () => publicationFacts(parts, now())),
      look('background_work', async () => workFacts(parts, await newest)),
      look('jobs', parts.countJobs),
      look('alarms', parts.alarms),
    ]);
  const stateRead: Look<{ state: State; throttled: number }> = read.answered
    ? { ...read, facts: { state: read.facts.state, throttled: parts.takeThrottles() } }
    : read;
  const at = now();
  const before = await newest;
  const components: ComponentFindings[] = [
    stateFindings(stateRead, at),
    eventLogFindings(stateRead, written),
    redisFindings(redis, before, at),
    ...(cache === null ? [] : [cacheFindings(cache)]),
    enforcementFindings(enforcement, at),
    adminPathFindings(adminPath, before, at),
    originFindings(origin),
    issuerKeyFindings(keys, at),
    publicationFindings(publication),
    workFindings(work, at),
    jobFindings(jobs),
    alarmFindings(alarms),
  ];
  if (work.answered) await restartWhatIsLeft(parts, leftOver(work.facts, at), requestId);
  const state = lastKnown()?.state ?? null;
  const mismatches =
    enforcement.answered && enforcement.facts.newest !== null ? enforcement.facts.mismatches : null;
  const measured = { state, activeJobs: jobs.answered ? jobs.facts : null, mismatches, components };
  for (const line of metricLines(measured, at)) parts.write(line);
  return {
    checkedAt,
    findings: inOrder(components.flatMap(({ findings }) => findings)),
    alarms: alarms.answered ? alarms.facts : null,
    state,
  };
}

function jobFindings(look: Look<number>): ComponentFindings {
  const finding = findingsOf('services', look.latency);
  return {
    component: 'jobs',
    findings: [
      look.answered
        ? finding('active_jobs', 'ok', `${look.facts} jobs are active.`)
        : finding(
            'active_jobs',
            'failed',
            'Jobs could not be counted.',
            'Look at the table of jobs in the console of DynamoDB.',
          ),
    ],
  };
}

async function publicationFacts(
  { events, published, deadLetters }: HealthCheckParts,
  now: number,
): Promise<PublicationFacts> {
  const [{ items }, cursor, letters] = await Promise.all([
    events.page({ limit: 20 }),
    published(),
    deadLetters().catch(() => null),
  ]);
  const settled = items.find(({ at }) => now - at > SETTLED_AFTER)?.number ?? 0;
  return { settled, published: cursor, deadLetters: letters };
}

async function workFacts(
  { purging, drains, now }: HealthCheckParts,
  newest: NewestState | null,
): Promise<WorkFacts> {
  if (newest === null) throw new Error('The state could not be read.');
  const { state } = newest;
  const { maintenance } = effective(state, now());
  const [purge, drain] = await Promise.all([
    purging.read(),
    maintenance === null ? null : drains(maintenance.id).read(),
  ]);
  return { state, purging: purge.entry, drain: drain?.entry ?? null };
}

async function restartWhatIsLeft(
  { restart, log }: HealthCheckParts,
  left: readonly LeftOver[],
  requestId: string,
): Promise<void> {
  for (const what of left) {
    const facts = { function: what, request_id: requestId };
    try {
      await restart(what);
      log.warn('Work that stood still was started again.', { event: 'work_restarted', ...facts });
    } catch (error) {
      log.warn('Work that stands still could not be started again.', {
        event: 'work_restart_failed',
        ...facts,
        error,
      });
    }
  }
}

/** Keeps the record, and puts the alarms that are raised to the maintenance that is active. */
async function keep(
  { records, watched, log, now }: HealthCheckParts,
  { state, ...record }: HealthRecord & { readonly state: State | null },
  requestId: string,
): Promise<void> {
  const bad = record.findings.filter(({ status }) => status === 'failed' || status === 'warning');
  log.info('The health was checked.', {
    event: 'health_checked',
    request_id: requestId,
    failed: bad.filter(({ status }) => status === 'failed').map(({ check }) => check),
    warnings: bad.filter(({ status }) => status === 'warning').map(({ check }) => check),
  });
  const raised = raisedIn(record.alarms ?? []).map(({ name }) => name);
  const active = state === null ? null : effective(state, now()).maintenance;
  try {
    await records.write(record);
    if (active !== null && raised.length > 0) {
      await changeWatchRecord(watched, active.id, (seen) => withAlarms(seen, raised));
    }
  } catch (error) {
    log.warn('What the health check found could not be kept.', {
      event: 'health_record_failed',
      request_id: requestId,
      error,
    });
  }
}

/** How soon the gate shows an event: told as a metric, and kept for the report of its maintenance. */
async function measureLag(
  parts: HealthCheckParts,
  { detail = {} }: HealthCheckEvent,
  requestId: string,
): Promise<void> {
  const { events, watched, log, write, now } = parts;
  const { version, type } = detail;
  if (version === undefined || type === undefined) return;
  try {
    const { items } = await events.page({ limit: NEWEST });
    const event = items.find(({ number }) => number === version);
    const isOvertaken = items.some((other) => other.number > version && DECISIVE_EVENTS.includes(other.type));
    if (event === undefined || isOvertaken) return;
    const shown = await firstShown(version, parts);
    const milliseconds = shown === null ? null : Math.max(0, shown - event.at);
    if (milliseconds !== null) write(lagLine(now(), milliseconds));
    const facts = { event: 'enforcement_measured', request_id: requestId, version, type, milliseconds };
    if (milliseconds === null) log.warn('The gateway did not show an event within five seconds.', facts);
    else log.info('The gateway shows an event.', facts);
    const lag: MeasuredLag = { version, type, at: event.at, milliseconds };
    if (event.maintenanceId !== null) {
      await changeWatchRecord(watched, event.maintenanceId, (record) => withLag(record, lag));
    }
  } catch (error) {
    log.warn('How soon the gateway shows an event could not be measured.', {
      event: 'enforcement_unmeasured',
      request_id: requestId,
      version,
      error,
    });
  }
}
