import { mirrorKey } from '../../core/identity/session.ts';
import type { State } from '../../core/state/state.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';

interface RedisStateMirrorOptions {
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Told when the copy is not what was written. */
  readonly onCorrupt?: (error: Error) => void;
}

/** Takes the place of an older copy, of one that can't be told, and of whatever else may be there. */
const KEEP_NEWER = `
local kept = redis.pcall('HGET', KEYS[1], 'version')
if type(kept) == 'table' then redis.call('UNLINK', KEYS[1]) kept = false end
kept = kept and tonumber(kept)
if kept and kept >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'state', ARGV[2], 'at', ARGV[3])
return 1
`;

/** Takes the place of the copy that was looked at, and of no other. */
const REPLACE_SAME = `
local kept = redis.pcall('HMGET', KEYS[1], 'version', 'state')
if kept.err or kept[1] ~= ARGV[4] or kept[2] ~= ARGV[5] then return 0 end
redis.call('HSET', KEYS[1], 'version', ARGV[1], 'state', ARGV[2], 'at', ARGV[3])
return 1
`;

/**
 * The copy of the state in Redis, for the time when the event log can't be read. An older state never takes the place
 * of a newer one, whatever the order in which they arrive.
 */
export class RedisStateMirror {
  readonly #redis: RedisConnection;
  readonly #key: string;
  readonly #now: () => number;
  readonly #onCorrupt: (error: Error) => void;

  /** @param scope name of the event log */
  constructor(redis: RedisConnection, scope: string, options: RedisStateMirrorOptions = {}) {
    this.#redis = redis;
    this.#key = mirrorKey(scope);
    this.#now = options.now ?? Date.now;
    this.#onCorrupt = options.onCorrupt ?? (() => {});
  }

  /** The copy; null where there is none, or none that can be used. Rejects with SessionStoreUnavailableError. */
  async read(): Promise<State | null> {
    const [version, text] = await this.#fields();
    if (version == null && text == null) return null;
    try {
      const state: unknown = JSON.parse(text ?? '');
      if (isState(state) && String(state.version) === version) return state;
      throw new Error('It is not a state, or that of another version.');
    } catch (cause) {
      this.#onCorrupt(new Error(`The copy of the state in ${this.#key} can't be used.`, { cause }));
      return null;
    }
  }

  /**
   * The issuer's keys (RFC 7517, as JSON) that go with the copy: an instance that starts without the event log has to
   * know admins too. Null where there are none. Rejects with SessionStoreUnavailableError.
   */
  async readKeys(): Promise<string | null> {
    // By the command that the copy is read with: the gate has the right to no other.
    const found = await this.#redis.use((client) => client.hmget(this.#key, 'keys').catch(nullIfNoHash));
    return found?.[0] ?? null;
  }

  /** Keeps the issuer's keys beside the copy of the state. Rejects with SessionStoreUnavailableError. */
  async keepKeys(jwks: string): Promise<void> {
    await this.#redis.use((client) => client.hset(this.#key, 'keys', jwks));
  }

  /** Keeps a state unless one as new is there. Whether it did. Rejects with SessionStoreUnavailableError. */
  async keep(state: State): Promise<boolean> {
    const kept = await this.#redis.use((client) =>
      client.eval(
        KEEP_NEWER,
        1,
        this.#key,
        String(state.version),
        JSON.stringify(state),
        String(this.#now()),
      ),
    );
    return kept === 1;
  }

  /**
   * Brings the copy in line with the event log, even where the copy is the newer: one that was there before the log was
   * read, and that the log does not reach, is of a log that is no more (the table was restored, or made anew). By number
   * alone it would stay for good. Rejects with SessionStoreUnavailableError, and with what reading the log rejects with.
   *
   * @param log reads the newest state of the log, consistently
   */
  async follow(log: () => Promise<State>): Promise<void> {
    const [version, text] = await this.#fields();
    const state = await log();
    if (text != null && Number(version) >= state.version) await this.#replace(version ?? '', text, state);
    await this.keep(state);
  }

  async #replace(version: string, text: string, state: State): Promise<void> {
    const fresh = JSON.stringify(state);
    if (version === String(state.version) && text === fresh) return;
    await this.#redis.use((client) =>
      client.eval(
        REPLACE_SAME,
        1,
        this.#key,
        String(state.version),
        fresh,
        String(this.#now()),
        version,
        text,
      ),
    );
  }

  /** What stands in the copy; empty texts where something else is under its key. */
  #fields(): Promise<(string | null)[]> {
    return this.#redis.use((client) =>
      client.hmget(this.#key, 'version', 'state').catch((error: Error) => {
        nullIfNoHash(error);
        return ['', ''];
      }),
    );
  }
}

function nullIfNoHash(error: Error): null {
  if (error.message.startsWith('WRONGTYPE')) return null;
  throw error;
}

/** Whoever can write to Redis could have written it: what is asked here is only that it can be worked with. */
function isState(value: unknown): value is State {
  if (typeof value !== 'object' || value === null) return false;
  const { version, maintenance, rules, sessionsInvalidBefore } = value as Partial<State>;
  return (
    Number.isSafeInteger(version) &&
    (maintenance === null ||
      (typeof maintenance === 'object' && ['normal', 'emergency', 'test'].includes(maintenance.mode))) &&
    (rules === null || typeof rules === 'object') &&
    (sessionsInvalidBefore === null || typeof sessionsInvalidBefore === 'number')
  );
}
