import { blockedOperations } from '../decision/decide.ts';
import type { EventDraft, MaintenanceEvent } from '../events/event.ts';
import type { DrainDetails, EventType } from '../events/event-types.ts';
import { nextOccurrence } from '../state/schedule.ts';
import { type Maintenance, ownOperations, plannedEnd, type State } from '../state/state.ts';
import { readableUtc } from '../text.ts';
import type { WindowView } from '../windows/schemas.ts';
import { viewOfFacts } from '../windows/window-facts.ts';

/** What people are told of an event, as a mail shows it. */
export interface Notice {
  /** ASCII, one line, under 100 characters, as Amazon SNS asks for; never holds what somebody has written. */
  readonly subject: string;
  readonly body: string;
}

type Noticed = Exclude<
  EventType,
  | 'rules_changed'
  | 'refreshed'
  | 'log_level_changed'
  | 'window_schedule_extended'
  | 'principal_revoked'
  | 'sessions_purge_requested'
  | 'sessions_purged'
>;

/** What is said first, and what is to be done. */
interface Words {
  readonly title: (facts: Facts) => string;
  readonly advice: (facts: Facts) => string;
}

interface Facts {
  readonly event: EventDraft;
  /** The maintenance after the event, null when none is active. */
  readonly maintenance: Maintenance | null;
}

const TITLES: Readonly<Record<Maintenance['mode'], string>> = {
  normal: 'Maintenance has begun',
  emergency: 'EMERGENCY maintenance has begun',
  test: 'A maintenance rehearsal has begun',
};

const ADVICE: Readonly<Record<Maintenance['mode'], string>> = {
  normal:
    'Save what you are working on; calls that are blocked are answered 503 and can be repeated when it is over.',
  emergency: 'Wait for the notice that it is over. Only administrators can work meanwhile.',
  test: 'Nothing. Nothing is blocked; it is only recorded what would be.',
};

const begun: Words = {
  title: ({ maintenance }) => TITLES[maintenance?.mode ?? 'normal'],
  advice: ({ maintenance }) => ADVICE[maintenance?.mode ?? 'normal'],
};
const ended: Words = {
  title: () => 'Maintenance is over',
  advice: () => 'Go on as usual. Whoever was signed out signs in again.',
};
const words = (title: string, advice: string): Words => ({ title: () => title, advice: () => advice });

const WORDS: Readonly<Record<Noticed, Words>> = {
  activated: begun,
  window_begun: begun,
  escalated: { title: () => 'Maintenance has become an EMERGENCY', advice: begun.advice },
  deescalated: { title: () => 'The emergency is over, maintenance goes on', advice: begun.advice },
  updated: { title: () => 'Maintenance has changed', advice: begun.advice },
  deactivated: ended,
  auto_ended: ended,
  window_ended: ended,
  reset: words(
    'Maintenance has been reset',
    'Go on as usual. Operators: see "maintenance status" and "maintenance history".',
  ),
  window_scheduled: words('Maintenance is planned', 'Plan your work around it.'),
  window_changed: words('Planned maintenance has changed', 'Plan your work around the new times.'),
  window_cancelled: words('Planned maintenance is cancelled', 'Nothing: it does not take place.'),
  window_absorbed: words(
    'Planned maintenance is part of the one that is active',
    'Nothing: what is active goes on as it is.',
  ),
  drained: words('No jobs are left, ready for maintenance', 'Operators: begin the work.'),
  drain_incomplete: words(
    'Jobs are left that could not be terminated',
    'Operators: see "maintenance jobs list", end what is left where it runs, then begin the work.',
  ),
};

/** The events that people are told of. */
export const NOTICED_EVENTS = Object.keys(WORDS) as readonly Noticed[];

/**
 * What people are told of an event, null where they are not told of such events.
 *
 * @example noticeOf(event)?.subject // 'Maintenance has begun (version 42)'
 */
export function noticeOf(event: EventDraft & Pick<MaintenanceEvent, 'number'>): Notice | null {
  const { type, state, reason, number } = event;
  if (!Object.hasOwn(WORDS, type)) return null;
  const { title, advice } = WORDS[type as Noticed];
  const facts = { event, maintenance: state.maintenance };
  const publicReason = state.maintenance?.publicReason;
  const lines = [
    `${title(facts)}.`,
    '',
    ...factsOf(event).map(([name, value]) => `${name}: ${oneLine(value)}`),
    `What to do: ${advice(facts)}`,
    `Version: ${number}`,
    // Last, so that no line of it can be taken for one of ours.
    ...(reason === null ? [] : ['', 'Reason:', reason]),
    ...(publicReason === undefined ? [] : ['', 'What everybody who is blocked reads:', publicReason]),
  ];
  return { subject: `${title(facts)} (version ${number})`, body: `${lines.join('\n')}\n` };
}

/** Whether whoever began the maintenance wanted nobody to be told of it. */
export function isSilent({ maintenanceId, state }: EventDraft, before: State | null): boolean {
  const told = [state.maintenance, before?.maintenance].find((each) => each?.id === maintenanceId);
  return told?.notifyUsers === false;
}

/** What the record of an event's notice is kept under: its maintenance, or the window that it is about. */
export function noticeSubject({ maintenanceId, details }: EventDraft): string {
  const window = 'window' in details && typeof details.window === 'object' ? details.window : null;
  return maintenanceId ?? window?.id ?? 'none';
}

function factsOf(event: EventDraft): [name: string, value: string][] {
  const { state, actor, at, maintenanceId } = event;
  const { maintenance } = state;
  const who: [string, string] = ['By', actor.role === 'system' ? 'the clock' : actor.id];
  switch (event.type) {
    case 'window_scheduled':
    case 'window_changed':
    case 'window_cancelled':
      return [...windowFacts(viewOfFacts(event.details.window)), who];
    case 'deactivated':
    case 'auto_ended':
    case 'window_ended':
      return [
        who,
        ['Ended at', utc(at)],
        ['Duration', `${event.details.duration} seconds`],
        ...nextFacts(state),
        ['Maintenance', String(maintenanceId)],
      ];
    case 'drained':
    case 'drain_incomplete':
      return [...drainFacts(event.details), ...activeFacts(state)];
    default:
      return maintenance === null ? [who] : [...activeFacts(state), who, ['Told at', utc(at)]];
  }
}

function activeFacts(state: State): [string, string][] {
  const { maintenance } = state;
  if (maintenance === null) return [];
  const end = plannedEnd(maintenance);
  const isTest = maintenance.mode === 'test';
  const blocked = blockedOperations(maintenance, ownOperations(state)).join(', ');
  const automatic = maintenance.mode !== 'emergency' && maintenance.autoEnd;
  return [
    ['Mode', maintenance.mode],
    ['Since', utc(maintenance.mode === 'emergency' ? maintenance.declaredAt : maintenance.startedAt)],
    [
      'Until',
      end === null
        ? 'not known'
        : `${utc(end)}, ${automatic ? 'by itself' : 'or when an administrator ends it'}`,
    ],
    [isTest ? 'Would be blocked' : 'Blocked', maintenance.mode === 'emergency' ? 'everything' : blocked],
    ['Maintenance', maintenance.id],
  ];
}

function windowFacts(window: WindowView): [string, string][] {
  return [
    ['Window', window.id],
    ['Mode', window.mode],
    ['From', utc(Date.parse(window.starts_at))],
    ['Until', utc(Date.parse(window.ends_at))],
    ...(window.rrule === null
      ? []
      : ([['Repeated', `${window.rrule} (${window.timezone})`]] as [string, string][])),
  ];
}

function nextFacts({ windows }: State): [string, string][] {
  const next = nextOccurrence(windows);
  return next === null ? [] : [['Next maintenance', utc(next.startsAt)]];
}

function drainFacts(details: DrainDetails): [string, string][] {
  const held = details.failed.map(({ kind, id, reason }) => `${kind} ${id ?? '(all)'}: ${reason}`);
  return [
    ['Jobs found', String(details.found)],
    ['Terminated', String(details.terminated)],
    ['Lost', String(details.lost)],
    ...(details.left === 0 ? [] : ([['Left', String(details.left)]] as [string, string][])),
    ...(held.length === 0 ? [] : ([['Holding it back', held.join('; ')]] as [string, string][])),
  ];
}

/** Names come from elsewhere: none begins a line of its own. */
function oneLine(value: string): string {
  return value.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** @example utc(0) // '1970-01-01 00:00:00 UTC' */
function utc(instant: number): string {
  return readableUtc(instant, 'second');
}
