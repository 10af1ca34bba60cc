import type { Command } from '../../core/commands/command.ts';
import { executeCommand, stateOf } from '../../core/events/append-change.ts';
import { type EndedBatch, type PurgeOutcome, type PurgeParts, runPurge } from '../../core/purge/run-purge.ts';
import type { State } from '../../core/state/state.ts';
import { ALICE, enable, NOW } from './examples.ts';
import { InMemoryEventLog } from './in-memory-event-log.ts';
import { InMemoryPurgeRecord } from './in-memory-purge-record.ts';
import { MemorySessionStore } from './memory-session-store.ts';
import { POLICY } from './sessions.ts';

/** The end of a function that is killed: it does nothing any more and hears of nothing. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

interface CallOptions {
  /** How many calls to stores it makes before it is killed. */
  readonly lives?: number;
  /** Whether the last of them is carried out before. */
  readonly diesAfterwards?: boolean;
  /** ms from its begin until it has to stop. */
  readonly time?: number;
  readonly sliceKeys?: number;
}

/**
 * The purge over stores in memory. Every call to a store takes a while by the bench's clock, so that saves come due;
 * batches are small, so that there are many.
 */
export class PurgeBench {
  readonly sessions = new MemorySessionStore(POLICY);
  readonly record = new InMemoryPurgeRecord();
  readonly events = new InMemoryEventLog();
  readonly ended: EndedBatch[] = [];
  time = NOW;
  /** ms that each call to a store takes. */
  callTime = 150;
  readonly #store: PurgeParts['store'] | undefined;
  #owners = 0;
  #ids = 0;

  /** @param store another one than `sessions` */
  constructor(store?: PurgeParts['store']) {
    this.#store = store;
  }

  /** Calls the purge as a function of its own; kills it where it is told to. */
  async purge(options: CallOptions = {}): Promise<PurgeOutcome> {
    const { lives = Number.POSITIVE_INFINITY, diesAfterwards = false, time = 3_600_000 } = options;
    let left = lives;
    const live = async <T>(call: () => Promise<T>): Promise<T> => {
      this.time += this.callTime;
      left -= 1;
      if (left < 0) throw new Killed();
      const result = left === 0 && !diesAfterwards ? new Killed() : await call();
      if (left === 0) throw new Killed();
      return result as T;
    };
    this.#owners += 1;
    return runPurge(this.#partsWith(live, `run-${this.#owners}`), {
      until: this.time + time,
      sliceKeys: options.sliceKeys ?? 1_000_000,
    });
  }

  /** Calls it again and again, each after the lease of the one before has run out. */
  async purgeUntil(outcome: PurgeOutcome['outcome'], limit = 200): Promise<PurgeOutcome> {
    for (let calls = 0; calls < limit; calls += 1) {
      const come = await this.purge();
      if (come.outcome === outcome) return come;
      this.time += 20_000;
    }
    throw new Error(`It has not come to ${outcome}.`);
  }

  async command(command: Command, actor = ALICE): Promise<void> {
    this.#ids += 1;
    const { outcome } = await executeCommand(
      { log: this.events, now: () => this.time, newId: () => `m-${this.#ids}` },
      { command, actor, answer: () => null },
    );
    if (outcome !== 'done') throw new Error(`The command came to ${outcome}.`);
  }

  /** Begins a maintenance that ends sessions. */
  async enable(): Promise<void> {
    await this.command(enable());
  }

  async state(): Promise<State> {
    return stateOf(await this.events.head());
  }

  async receipts() {
    const { items } = await this.events.page({ limit: 100 });
    return items.filter((event) => event.type === 'sessions_purged');
  }

  #partsWith(live: <T>(call: () => Promise<T>) => Promise<T>, owner: string): PurgeParts {
    const { record, events } = this;
    const store = this.#store ?? inSmallBatches(this.sessions);
    return {
      store: {
        scan: (...given) => live(() => store.scan(...given)),
        endUnchanged: (...given) => live(() => store.endUnchanged(...given)),
        size: () => live(() => store.size()),
      },
      record: {
        read: () => live(() => record.read()),
        replace: (revision, entry) => live(() => record.replace(revision, entry)),
      },
      events: {
        head: () => live(() => events.head()),
        append: (...given) => live(() => events.append(...given)),
        page: (given) => live(() => events.page(given)),
        findByIdempotencyKey: (...given) => live(() => events.findByIdempotencyKey(...given)),
      },
      now: () => this.time,
      stopwatch: () => this.time / 1000,
      owner,
      onEnded: (batch) => this.ended.push(batch),
    };
  }
}

/** A twentieth of what is asked for. */
function inSmallBatches(store: MemorySessionStore): PurgeParts['store'] {
  return {
    scan: (position, size) => store.scan(position, Math.ceil(size / 20)),
    endUnchanged: (sessions) => store.endUnchanged(sessions),
    size: () => store.size(),
  };
}

/** Texts of sessions by what they are to the purge. */
export const SESSION_TEXTS = {
  admin: (createdAt: number, user = 'alice') =>
    JSON.stringify({ role: 'admin', user, created_at: createdAt }),
  member: (createdAt: number, user = 'mia') =>
    JSON.stringify({ role: 'reviewer', user, created_at: createdAt }),
  worker: (createdAt: number) => JSON.stringify({ role: 'worker', user: 'walt', created_at: createdAt }),
  nested: (createdAt: number) => JSON.stringify({ user: { role: 'ADMIN' }, created_at: createdAt }),
  ageless: () => JSON.stringify({ role: 'reviewer', user: 'mia' }),
  roleless: () => JSON.stringify({ user: 'mia' }),
  malformed: () => '{"role": "admin"',
} as const;
