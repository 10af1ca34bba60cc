import { isDrained } from '../../drain/phase.ts';
import type { DrainRecord } from '../../drain/record.ts';
import type { PurgeRecord } from '../../purge/record.ts';
import { effective } from '../../state/clock.ts';
import type { State } from '../../state/state.ts';
import type { Finding } from '../finding.ts';
import { type ComponentFindings, findingsOf, type Look, silence } from './components.ts';
import { minutes } from './state.ts';

/** How far the work behind the scenes has come. Instants are ms since the epoch. */
export interface WorkFacts {
  readonly state: State;
  readonly purging: PurgeRecord;
  /** Of the maintenance that is active; null where none was made. */
  readonly drain: DrainRecord | null;
}

/** Work that is left over, by the function that takes it up again. */
export type LeftOver = 'purge' | 'starter';

/** What works tells of itself every few seconds, or every minute while it waits: silence for this long is none, ms. */
const STANDSTILL = 180_000;

/** What stands still although it should not. @param now ms since the epoch */
export function leftOver({ state, purging, drain }: WorkFacts, now: number): readonly LeftOver[] {
  return [
    ...(standsSince(state, purging, now) === null ? [] : (['purge'] as const)),
    ...(drainStandsSince(state, drain, now) === null ? [] : (['starter'] as const)),
  ];
}

/** Since when an order to delete sessions has been waiting without progress; null where none has for long. */
function standsSince({ purge }: State, { run }: PurgeRecord, now: number): number | null {
  if (purge === undefined) return null;
  const last = run?.order.id === purge.id ? Math.max(run.updatedAt, purge.at) : purge.at;
  return now - last > STANDSTILL ? last : null;
}

function drainStandsSince(state: State, drain: DrainRecord | null, now: number): number | null {
  const { maintenance } = effective(state, now);
  if (maintenance === null || maintenance.mode === 'test') return null;
  if (drain !== null && isDrained(drain, maintenance)) return null;
  const last = Math.max(drain?.updatedAt ?? 0, maintenance.startedAt);
  return now - last > STANDSTILL ? last : null;
}

export function workFindings(look: Look<WorkFacts>, now: number): ComponentFindings {
  const finding = findingsOf('services', look.latency);
  if (!look.answered) {
    const seen = `What is known of background work ${silence(look)}.`;
    const remedy = 'Look at the table of activity in the console of DynamoDB.';
    return { component: 'background_work', findings: [finding('left_over_work', 'unknown', seen, remedy)] };
  }
  const { state, purging, drain } = look.facts;
  return {
    component: 'background_work',
    findings: [
      purge(standsSince(state, purging, now), purging, now),
      drained(drainStandsSince(state, drain, now), now),
    ],
  };
}

function purge(since: number | null, { run }: PurgeRecord, now: number): Finding {
  const finding = findingsOf('services', null);
  if (since === null) return finding('session_purge', 'ok', 'No deletion of sessions stands still.');
  const why = run?.error ? ` Its last words: ${run.error}` : '';
  return finding(
    'session_purge',
    'failed',
    `Sessions are to be deleted, and nothing has moved for ${minutes(now - since)}.${why} It was started again.`,
    'Look at the log of the function purge, and at `redis`. The gate honours none of these sessions meanwhile.',
  );
}

function drained(since: number | null, now: number): Finding {
  const finding = findingsOf('services', null);
  if (since === null) return finding('job_drain', 'ok', 'No drain of jobs stands still.');
  return finding(
    'job_drain',
    'failed',
    `Jobs are to be drained, and nothing has moved for ${minutes(now - since)}. The drain was started again.`,
    'Look at the executions of the state machine of the drain, and at the logs of the functions starter and drain.',
  );
}

/** How far the event log has been told to the world. */
export interface PublicationFacts {
  /** The newest event that is older than a minute; 0 where there is none. */
  readonly settled: number;
  /** All events up to this one have been handed to the bus; null before the first was. */
  readonly published: number | null;
  /** Messages in the dead-letter queue, about. */
  readonly deadLetters: number | null;
}

export function publicationFindings(look: Look<PublicationFacts>): ComponentFindings {
  const finding = findingsOf('services', look.latency);
  if (!look.answered) {
    const seen = `Nobody knows whether all events were published: the look ${silence(look)}.`;
    const remedy = 'Look at the table of activity and at the dead-letter queue in the console.';
    return { component: 'publication', findings: [finding('publication', 'unknown', seen, remedy)] };
  }
  const { settled, published, deadLetters } = look.facts;
  const behind = settled - (published ?? 0);
  return {
    component: 'publication',
    findings: [
      behind <= 0
        ? finding('publication', 'ok', 'All events that are older than a minute were published.')
        : finding(
            'publication',
            'warning',
            `${behind === 1 ? '1 event has' : `${behind} events have`} not been published for a minute and more. It is tried again every minute.`,
            'Look for `publication_failed` in the log of the function publisher.',
          ),
      letters(deadLetters),
    ],
  };
}

function letters(count: number | null): Finding {
  const finding = findingsOf('logs', null);
  const remedy =
    'Read them in the console of SQS: each names the function that gave up, and why. Delete them when the cause is cured.';
  if (count === null)
    return finding('dead_letters', 'unknown', 'The dead-letter queue could not be looked at.', remedy);
  return finding(
    'dead_letters',
    count > 0 ? 'warning' : 'ok',
    `${count} messages are in the dead-letter queue.`,
    remedy,
  );
}

/** Tick looks for the issuer's keys every minute and writes them anew every hour; ms. */
const OLD_KEYS = 24 * 3600 * 1000;

/** @param look when the keys were fetched, ms since the epoch; null when none are kept */
export function issuerKeyFindings(look: Look<number | null>, now: number): ComponentFindings {
  const finding = findingsOf('permissions', look.latency);
  const remedy = 'Look for `tick_failed` in the log of the function tick: it fetches them every minute.';
  const of = (...told: Parameters<typeof finding>): ComponentFindings => ({
    component: 'issuer_keys',
    findings: [finding(...told)],
  });
  if (!look.answered)
    return of('issuer_keys', 'unknown', `The store of the issuer's keys ${silence(look)}.`, remedy);
  const fetched = look.facts;
  if (fetched === null)
    return of(
      'issuer_keys',
      'failed',
      "No keys of the issuer are kept: nobody's token can be checked.",
      remedy,
    );
  const age = Math.max(0, now - fetched);
  return of(
    'issuer_keys',
    age > OLD_KEYS ? 'warning' : 'ok',
    `The issuer's keys were renewed ${minutes(age)} ago.`,
    remedy,
  );
}
