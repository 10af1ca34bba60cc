/** One log event. */
export interface LogEntry {
  /** Milliseconds since 1970 by the movable clock, as the function that wrote it saw the time. */
  readonly timestamp: number;
  /** The function's name in the local cloud, or {@link ACCESS_LOG} for the gateway's access log. */
  readonly group: string;
  /** The text as written, without a line end. */
  readonly message: string;
  /** The invocation that wrote it; absent for lines written outside of one. */
  readonly requestId?: string;
}

/** Group of the REST API's access log. */
export const ACCESS_LOG = 'access';

/** Group in which the gateway says why it answered by itself. */
export const GATEWAY_LOG = 'gateway';

/** Told of every entry as it is written. A listener must not throw. */
type LogListener = (entry: LogEntry) => void;

/** Keeps the newest log events of each group in memory and passes each on as it comes. */
export class LogStore {
  readonly #groups = new Map<string, LogEntry[]>();
  readonly #listeners = new Set<LogListener>();
  readonly #limit: number;

  /** @param limit entries kept per group; older ones are dropped. */
  constructor(limit = 20_000) {
    this.#limit = limit;
  }

  append(entry: LogEntry): void {
    const entries = this.#groups.get(entry.group) ?? [];
    if (entries.length === 0) this.#groups.set(entry.group, entries);
    entries.push(entry);
    // Dropping a quarter at a time keeps the cost of an append constant on average.
    if (entries.length > this.#limit) entries.splice(0, Math.ceil(this.#limit / 4));
    for (const listener of this.#listeners) listener(entry);
  }

  /** Entries in the order written, of one group or of all, from an instant on (milliseconds since 1970). */
  entries({ group, since = 0 }: { group?: string; since?: number } = {}): LogEntry[] {
    const chosen = group === undefined ? [...this.#groups.values()].flat() : (this.#groups.get(group) ?? []);
    const found = chosen.filter((entry) => entry.timestamp >= since);
    return group === undefined ? found.sort((a, b) => a.timestamp - b.timestamp) : found;
  }

  /** Names of the groups that hold entries. */
  groups(): string[] {
    return [...this.#groups.keys()];
  }

  /** Calls the listener for each new entry; returns a function that ends this. */
  onEntry(listener: LogListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
