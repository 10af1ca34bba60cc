import { applyCommand } from '../commands/apply-command.ts';
import type { Command } from '../commands/command.ts';
import { holding } from '../commands/conflicts.ts';
import type { CommandOutcome, Conflict, FieldProblem } from '../commands/outcome.ts';
import { StoreUnavailableError } from '../errors.ts';
import { INITIAL_STATE, type State } from '../state/state.ts';
import { dueEvent } from './due-event.ts';
import type { Actor, EventDraft, Idempotency, MaintenanceEvent } from './event.ts';
import type { EventLog, Head } from './event-log.ts';
import { isReceipt } from './event-types.ts';

/** A request to change the state, as it comes in from any way in. */
export interface ChangeRequest {
  readonly actor: Actor;
  /** Applies the change to a state in which nothing is due at `now`. */
  readonly apply: (state: State, now: number) => CommandOutcome | Promise<CommandOutcome>;
  /** The version that the caller has seen; the command is refused when anything but receipts came after it. */
  readonly expectedVersion?: number | undefined;
  readonly idempotency?: { readonly key: string; readonly requestHash: string } | undefined;
  /** Makes the answer from the event-to-be, a promise or not; it is kept in the log with the event. */
  readonly answer: (accepted: EventDraft, before: State) => unknown;
}

export interface CommandRequest extends Omit<ChangeRequest, 'apply'> {
  readonly command: Command;
}

export type ChangeOutcome =
  /** Carried out: the event is in the log. */
  | {
      readonly outcome: 'done';
      readonly event: MaintenanceEvent;
      readonly before: State;
      readonly answer: unknown;
    }
  /** The same request was carried out before; this is its answer. */
  | { readonly outcome: 'repeated'; readonly answer: unknown }
  /** The idempotency key belongs to another request. */
  | { readonly outcome: 'key_reused' }
  | { readonly outcome: 'version_mismatch'; readonly state: State }
  | { readonly outcome: 'conflict'; readonly conflict: Conflict; readonly state: State }
  | { readonly outcome: 'invalid'; readonly problems: readonly FieldProblem[] };

interface Dependencies {
  readonly log: EventLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
}

/** How long a repeated idempotency key gets the first answer again, ms. */
const REMEMBERED_MS = 24 * 3600 * 1000;

/** More events than this in a row, written by others while one command tries, means that something is wrong. */
const MAX_TRIES = 20;

/** More receipts than this in a row, after what the caller has seen, are not looked through. */
const MAX_RECEIPTS = 10;

export function stateOf(head: Head): State {
  return head?.state ?? INITIAL_STATE;
}

function sinceOf(head: Head): number {
  return head?.at ?? 0;
}

/**
 * Writes the events that the clock has made due, one at a time, and returns the newest event.
 * Rejects with StoreUnavailableError.
 */
export async function appendDueEvents({ log, now }: Pick<Dependencies, 'log' | 'now'>): Promise<Head> {
  // Any number of events may be due, where nobody has looked for long; only those that others wrote are counted.
  for (let tries = 0; tries < MAX_TRIES; ) {
    const head = await log.head();
    const due = dueEvent(stateOf(head), now(), sinceOf(head));
    if (due === null) return head;
    const { outcome } = await log.append(due, head);
    if (outcome === 'conflict') tries += 1;
  }
  throw new StoreUnavailableError('The event log changes faster than due events can be written.');
}

/** Carries out one command, see `appendChange`. */
export function executeCommand(dependencies: Dependencies, request: CommandRequest): Promise<ChangeOutcome> {
  const { command, ...change } = request;
  const { actor } = request;
  const { newId } = dependencies;
  return appendChange(dependencies, {
    ...change,
    apply: (state, now) => applyCommand(state, command, { actor, now, newId }),
  });
}

/**
 * Carries out one change: appends what is due, applies the change to the result, appends its event.
 * When somebody else's command takes the place in the log meanwhile, that one has won and this one is refused;
 * events of the clock only make it look again. Rejects with StoreUnavailableError, and then nothing is promised:
 * the caller looks at the state, or repeats the request with its idempotency key.
 */
export async function appendChange(
  dependencies: Pick<Dependencies, 'log' | 'now'>,
  request: ChangeRequest,
): Promise<ChangeOutcome> {
  const { log, now } = dependencies;
  let seen: number | null = null;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const head = await appendDueEvents(dependencies);
    const state = stateOf(head);
    const earlier = await findEarlier(dependencies, request);
    if (earlier !== null) return earlier;
    if (await isOutdated(log, request.expectedVersion, state.version)) {
      return { outcome: 'version_mismatch', state };
    }
    const overtaken = seen !== null && (await changedByOthers(log, seen, state.version));
    const instant = now();
    if (dueEvent(state, instant, sinceOf(head)) !== null) continue;
    const applied = await request.apply(state, instant);
    if (applied.outcome === 'invalid') return applied;
    if (applied.outcome === 'conflict') return { ...applied, state };
    if (overtaken) return { outcome: 'conflict', conflict: stateChanged(state), state };
    seen = state.version;
    const answer = await request.answer(applied.draft, state);
    const appended = await log.append(applied.draft, head, idempotencyOf(request, answer));
    if (appended.outcome === 'appended') {
      await appendDueIfReachable(dependencies);
      return { outcome: 'done', event: appended.event, before: state, answer };
    }
  }
  throw new StoreUnavailableError('The event log changes faster than this command can be judged.');
}

/** The command is in the log already: what the clock adds to it can wait for the next command or tick. */
async function appendDueIfReachable(dependencies: Pick<Dependencies, 'log' | 'now'>): Promise<void> {
  try {
    await appendDueEvents(dependencies);
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
  }
}

/** Whether the caller has seen another version than the newest, receipts aside: they come by themselves. */
async function isOutdated(log: EventLog, expected: number | undefined, newest: number): Promise<boolean> {
  if (expected === undefined || expected === newest) return false;
  const between = newest - expected;
  if (between < 0 || between > MAX_RECEIPTS) return true;
  const { items } = await log.page({ limit: between, before: newest + 1 });
  return !items.every(({ type }) => isReceipt(type));
}

/** Whether somebody's command, and not only the clock, is behind the events after `seen`. */
async function changedByOthers(log: EventLog, seen: number, newest: number): Promise<boolean> {
  if (newest <= seen) return false;
  const { items } = await log.page({ limit: Math.min(100, newest - seen), before: newest + 1 });
  return items.some((event) => event.number > seen && event.actor.role !== 'system');
}

function idempotencyOf(request: ChangeRequest, answer: unknown): Idempotency | undefined {
  return request.idempotency === undefined ? undefined : { ...request.idempotency, answer };
}

async function findEarlier(
  { log, now }: Pick<Dependencies, 'log' | 'now'>,
  { idempotency, actor }: ChangeRequest,
): Promise<ChangeOutcome | null> {
  if (idempotency === undefined) return null;
  const event = await log.findByIdempotencyKey(actor.id, idempotency.key, now() - REMEMBERED_MS);
  const kept = event?.idempotency;
  if (!kept) return null;
  if (kept.requestHash !== idempotency.requestHash) return { outcome: 'key_reused' };
  return { outcome: 'repeated', answer: kept.answer };
}

function stateChanged({ maintenance, version }: State): Conflict {
  const now = maintenance === null ? 'No maintenance is active' : holding(maintenance);
  return {
    code: 'state_changed',
    message: `Somebody else changed the state while this call was being carried out. ${now} (version ${version}).`,
    remedy: 'GET /api/maintenance/status, then repeat the call if it is still wanted',
  };
}
