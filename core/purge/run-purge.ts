import { SessionStoreUnavailableError, StoreUnavailableError } from '../errors.ts';
import { stateOf } from '../events/append-change.ts';
import type { EventLog } from '../events/event-log.ts';
import type { ScanPosition, SeenSession, SessionStore } from '../sessions/session-store.ts';
import { effective } from '../state/clock.ts';
import type { PurgeOrder, State } from '../state/state.ts';
import { FIRST_BATCH, keysToPass, nextBatchSize } from './batch-size.ts';
import { PurgeLease } from './lease.ts';
import { Prefetch } from './prefetch.ts';
import { advanced, beginRun, failed, type PurgedPiece } from './progress.ts';
import { appendPurgeReceipt } from './receipt.ts';
import type { PurgeRecord, PurgeRecordItem, PurgeRun } from './record.ts';
import { isClosedToMembers, type PurgeCircumstances, sessionVerdict, sliceOrder } from './verdict.ts';

/** Sessions that one call was to delete. */
export interface EndedBatch {
  readonly order: PurgeOrder;
  /** The version of the state that it was decided by. */
  readonly version: number;
  readonly sessions: readonly SeenSession[];
  /** How many of them are deleted: the others have changed or gone meanwhile. */
  readonly deleted: number;
  /** How many were deleted before, for the same order or by the same slice. */
  readonly deletedBefore: number;
}

export interface PurgeParts {
  readonly store: Pick<SessionStore, 'scan' | 'endUnchanged' | 'size'>;
  readonly record: PurgeRecordItem;
  readonly events: EventLog;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds since some moment, to measure by. */
  readonly stopwatch: () => number;
  /** Unique to this call. */
  readonly owner: string;
  /** Told of every batch. */
  readonly onEnded: (batch: EndedBatch) => void;
}

interface PurgeLimits {
  /** When to stop in good order and leave the rest to the next call, ms since the epoch. */
  readonly until: number;
  /** Keys of any kind that a slice goes past. */
  readonly sliceKeys: number;
}

export type PurgeOutcome =
  /** There was nothing to do. */
  | { readonly outcome: 'idle' }
  /** Somebody else is at it. */
  | { readonly outcome: 'busy' }
  /** The order has been carried out, and the receipt is in the log. */
  | { readonly outcome: 'completed'; readonly run: PurgeRun }
  /** A slice has been looked through. */
  | { readonly outcome: 'swept'; readonly deleted: number }
  /** Time was up; the next call goes on. */
  | { readonly outcome: 'handed_on'; readonly run: PurgeRun }
  /** The session store gave no good answer; the next call goes on from there. */
  | { readonly outcome: 'failed'; readonly error: SessionStoreUnavailableError };

/** Between two saves, ms: what a kill can leave uncounted, and how old the state is at most that decides. */
const SAVED_EVERY = 2000;

/**
 * Deletes the sessions that the newest state says are to be deleted. It can be called at any time, by anybody, as often
 * as they like, and be killed between any two steps: state and record alone tell what there is to do.
 *
 * - An order that stands is carried out in two passes through all keys; the receipt takes it away.
 * - Without an order, while the application is closed to members, the next slice of the keys is looked through.
 * - Otherwise nothing is done.
 *
 * Rejects with StoreUnavailableError when the event log or the record can't be reached; the next call goes on.
 */
export async function runPurge(parts: PurgeParts, limits: PurgeLimits): Promise<PurgeOutcome> {
  const { events, now } = parts;
  const state = stateOf(await events.head());
  if (state.purge === undefined && !isClosedToMembers(state, now())) return { outcome: 'idle' };
  const lease = await PurgeLease.take(parts);
  if (lease === null) return { outcome: 'busy' };
  const purge = new Purge(parts, limits, lease);
  try {
    return (await purge.carryOutOrders()) ?? (await purge.sweep());
  } finally {
    await purge.idle();
  }
}

/** A state, and when the reading of it began. */
interface Look {
  readonly state: State;
  readonly asOf: number;
}

/** One call's work, under its lease. */
class Purge {
  readonly #parts: PurgeParts;
  readonly #limits: PurgeLimits;
  readonly #lease: PurgeLease;
  readonly #scan: Prefetch;
  /** Sessions that are worked on at once, and keys that a scan goes past to find so many. */
  #batchSize = FIRST_BATCH;
  #keys = FIRST_BATCH;
  #ended: PurgeRecord['ended'];
  /** Whether the number is known of everything that was deleted. */
  #isCounted = true;

  constructor(parts: PurgeParts, limits: PurgeLimits, lease: PurgeLease) {
    this.#parts = parts;
    this.#limits = limits;
    this.#lease = lease;
    this.#scan = new Prefetch(parts.store, parts.stopwatch);
    this.#ended = lease.entry.ended;
  }

  /** Carries out the order that stands, and those that take its place meanwhile; null when none does. */
  async carryOutOrders(): Promise<PurgeOutcome | null> {
    const { run } = this.#lease.entry;
    let replaced = run?.finishedAt === null ? run : null;
    for (;;) {
      const look = await this.#look();
      const { purge: order } = look.state;
      if (order === undefined) return null;
      const begun = run?.order.id === order.id ? run : beginRun(order, this.#parts.now(), replaced);
      const result = await this.#carryOut(begun, look);
      if ('outcome' in result) return result;
      replaced = result;
    }
  }

  /** Waits until it asks nothing of the session store any more. */
  idle(): Promise<void> {
    return this.#scan.idle();
  }

  /** Goes past a further slice of the keys, for sessions that appeared in spite of all. */
  async sweep(): Promise<PurgeOutcome> {
    let look = await this.#look();
    let slice = this.#lease.entry.slice;
    let deleted = 0;
    try {
      for (let passed = 0; passed < this.#limits.sliceKeys && !this.#isTimeUp(); ) {
        if (this.#lease.age >= SAVED_EVERY) {
          look = await this.#look();
          if (!(await this.#save({ slice }))) return { outcome: 'busy' };
        }
        const order = sliceOrder(look.state, this.#parts.now());
        if (order === null) break;
        const piece = await this.#purgePiece(order, slice, look, deleted);
        slice = piece.next;
        passed += piece.passed;
        deleted += piece.deleted;
        if (slice === null) break;
      }
    } catch (error) {
      return this.#giveUp(error, { slice });
    }
    await this.#release({ slice });
    return { outcome: 'swept', deleted };
  }

  /** Returns the run where its order does not stand any more. */
  async #carryOut(begun: PurgeRun, seen: Look): Promise<PurgeOutcome | PurgeRun> {
    let run = begun;
    let look = seen;
    try {
      if (!(await this.#save({ run }))) return { outcome: 'busy' };
      while (run.finishedAt === null) {
        if (this.#isTimeUp()) {
          await this.#release({ run });
          return { outcome: 'handed_on', run };
        }
        if (this.#lease.age >= SAVED_EVERY) {
          look = await this.#look();
          if (look.state.purge?.id !== run.order.id) return run;
          if (!(await this.#save({ run }))) return { outcome: 'busy' };
        }
        run = await this.#step(run, look);
      }
    } catch (error) {
      const { now } = this.#parts;
      return this.#giveUp(error, { run: failed(run, { error, isCounted: this.#isCounted, now: now() }) });
    }
    if (!(await this.#save({ run }))) return { outcome: 'busy' };
    if (!(await appendPurgeReceipt(this.#parts, run))) return run;
    await this.#release({});
    return { outcome: 'completed', run };
  }

  async #step(run: PurgeRun, look: Look): Promise<PurgeRun> {
    const keys = run.position === null ? await this.#parts.store.size() : run.keys;
    const piece = await this.#purgePiece(run.order, run.position, look, run.counts.deleted);
    return advanced({ ...run, keys }, piece, this.#parts.now());
  }

  async #purgePiece(
    order: PurgeOrder,
    position: ScanPosition | null,
    { state, asOf }: Look,
    deletedBefore: number,
  ): Promise<PurgedPiece> {
    const { now, onEnded } = this.#parts;
    const { step, time: scanTime } = await this.#scan.from(position, this.#keys);
    // Saved is only what lies behind: the next piece is seen again by whoever goes on, should this call end here.
    if (step.next !== null) this.#scan.begin(step.next, this.#keys);
    const instant = now();
    const circumstances: PurgeCircumstances = {
      isClosed: isClosedToMembers(state, instant),
      asOf,
      now: instant,
    };
    const sessions = step.sessions.filter(
      ({ facts }) => sessionVerdict(facts, order, circumstances) === 'end',
    );
    const [deleted, endTime] = await this.#timed(() => this.#end(sessions));
    this.#batchSize = nextBatchSize(this.#batchSize, Math.max(scanTime, endTime));
    this.#keys = keysToPass(this.#batchSize, { passed: step.passed, found: step.sessions.length });
    if (sessions.length > 0) {
      this.#countEnded(order, state, deleted, instant);
      onEnded({ order, version: state.version, sessions, deleted, deletedBefore });
    }
    return {
      next: step.next,
      passed: step.passed,
      seen: step.sessions.length,
      toDelete: sessions.length,
      deleted,
      unparsable: sessions.filter(({ facts }) => !facts.readable || facts.roleName === null).length,
    };
  }

  async #end(sessions: readonly SeenSession[]): Promise<number> {
    if (sessions.length === 0) return 0;
    try {
      return await this.#parts.store.endUnchanged(sessions);
    } catch (error) {
      this.#isCounted = false;
      throw error;
    }
  }

  /** Counts for the maintenance that the order belongs to, else for the one that is active. */
  #countEnded({ maintenanceId }: PurgeOrder, state: State, deleted: number, now: number): void {
    const id = maintenanceId ?? effective(state, now).maintenance?.id;
    if (id === undefined) return;
    const before = this.#ended?.maintenanceId === id ? this.#ended.deleted : 0;
    this.#ended = { maintenanceId: id, deleted: before + deleted };
  }

  async #timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
    const { stopwatch } = this.#parts;
    const startedAt = stopwatch();
    const result = await work();
    return [result, stopwatch() - startedAt];
  }

  async #look(): Promise<Look> {
    const asOf = this.#parts.now();
    return { state: stateOf(await this.#parts.events.head()), asOf };
  }

  #isTimeUp(): boolean {
    return this.#parts.now() >= this.#limits.until;
  }

  #save(changes: Partial<Pick<PurgeRecord, 'run' | 'slice'>>): Promise<boolean> {
    return this.#lease.save({ ...changes, ended: this.#ended });
  }

  #release(changes: Partial<Pick<PurgeRecord, 'run' | 'slice'>>): Promise<boolean> {
    return this.#lease.release({ ...changes, ended: this.#ended });
  }

  /** Leaves the record in good order where it can be reached. Errors that are not the session store's are thrown on. */
  async #giveUp(error: unknown, changes: Partial<Pick<PurgeRecord, 'run' | 'slice'>>): Promise<PurgeOutcome> {
    if (error instanceof StoreUnavailableError) throw error;
    await this.#release(changes);
    if (error instanceof SessionStoreUnavailableError) return { outcome: 'failed', error };
    throw error;
  }
}
