import {
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  isBrokenCircuitError,
} from 'cockatiel';
import { SessionStoreUnavailableError } from '../../core/errors.ts';
import type { RedisSettings } from '../../core/sessions/redis-settings.ts';
import type { Credentials } from '../lean/dynamodb-over-https.ts';
import { iamToken } from './iam-token.ts';
import { inTime, TooSlowError } from './in-time.ts';
import { isEnded, type LoadClient, openClient, type RedisClient } from './redis-client.ts';

export interface RedisConnectionOptions {
  /** Milliseconds for one use of the connection, once it is open. */
  readonly commandTimeout?: number;
  /** Milliseconds until a connection is open. */
  readonly connectTimeout?: number;
  /** Milliseconds from the first failures to the next try; they grow with each that fails, up to the longest. */
  readonly firstPause?: number;
  readonly longestPause?: number;
  /** Who signs in where authentication is by IAM. */
  readonly identity?: AwsIdentity;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly load?: LoadClient;
}

export interface AwsIdentity {
  readonly region: string;
  readonly credentials: () => Credentials;
}

/** Failures in a row after which Redis is left alone for a while. */
const FAILURES = 3;
/**
 * Age at which a connection is replaced, ms. ElastiCache closes those that were opened by IAM after 12 hours.
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 */
const MAX_AGE_MS = 11 * 3_600_000;
/** Answers after which only another connection can help: other credentials, or another server behind the name. */
const NEEDS_ANOTHER = /^(?:NOAUTH|WRONGPASS|READONLY)\b/;

interface Link {
  readonly client: Promise<RedisClient>;
  readonly openedAt: number;
  /** Whether anything has come over it yet. */
  proven: boolean;
}

/**
 * One connection to Redis for an instance, opened when it is first needed, replaced before it expires and when it is
 * lost. After a few failures in a row Redis is not asked for a while, so that its absence costs nobody anything: then
 * one caller tries, and all others are refused at once until its answer has come.
 *
 * @example
 * const redis = new RedisConnection(parseRedisSettings(text), { commandTimeout: 200, connectTimeout: 400, identity });
 * const value = await redis.use((client) => client.get('key'));
 */
export class RedisConnection {
  readonly #settings: RedisSettings;
  readonly #commandTimeout: number;
  readonly #connectTimeout: number;
  readonly #identity: AwsIdentity | undefined;
  readonly #now: () => number;
  readonly #load: LoadClient;
  readonly #breaker: CircuitBreakerPolicy;
  #link: Link | null = null;

  constructor(settings: RedisSettings, options: RedisConnectionOptions = {}) {
    this.#settings = settings;
    this.#commandTimeout = options.commandTimeout ?? 5000;
    this.#connectTimeout = options.connectTimeout ?? 5000;
    this.#identity = options.identity;
    this.#now = options.now ?? Date.now;
    this.#load = options.load ?? (() => import('ioredis'));
    this.#breaker = circuitBreaker(handleAll, {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: options.firstPause ?? 500,
        maxDelay: options.longestPause ?? 5000,
      }),
    });
    // What was slow or refused three times may be the connection's fault: the next try gets another.
    this.#breaker.onBreak(() => this.#drop(this.#link));
    if (settings.auth.type === 'iam' && this.#identity === undefined) {
      throw new Error('Signing in to Redis by IAM takes an identity.');
    }
  }

  /**
   * Works with the client. Where a connection turns out to be lost, `work` is begun once more with a new one, so it
   * must bear to be done twice. Rejects with SessionStoreUnavailableError, whatever `work` rejected with as its cause.
   */
  async use<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    // The breaker would have everybody wait for the one who tries.
    if (this.#breaker.state === CircuitState.HalfOpen) throw notAsked();
    try {
      return await this.#breaker.execute(() => this.#attempt(work));
    } catch (cause) {
      if (isBrokenCircuitError(cause)) throw notAsked(cause);
      throw new SessionStoreUnavailableError('Redis gave no good answer.', { cause });
    }
  }

  /** Whether a use would be refused without asking Redis. */
  get isPaused(): boolean {
    return this.#breaker.state !== CircuitState.Closed;
  }

  /** Ends the connection. The next use opens another. */
  close(): void {
    this.#drop(this.#link);
  }

  async #attempt<T>(work: (client: RedisClient) => Promise<T>): Promise<T> {
    const link = await this.#current();
    try {
      return await this.#workOver(link, work);
    } catch (error) {
      if (!isLost(error)) throw error;
      this.#drop(link);
      if (!link.proven) throw error;
      return await this.#workOver(await this.#current(), work);
    }
  }

  async #workOver<T>(link: Link, work: (client: RedisClient) => Promise<T>): Promise<T> {
    const result = await inTime('Redis', this.#commandTimeout, work(await link.client));
    link.proven = true;
    return result;
  }

  /** The connection to use, opened where there is none that is any good. */
  async #current(): Promise<Link> {
    const link = this.#link ?? this.#open();
    const age = this.#now() - link.openedAt;
    if (!isEnded(await link.client) && age >= 0 && age < MAX_AGE_MS) return link;
    this.#retire(link);
    const fresh = this.#link ?? this.#open();
    await fresh.client;
    return fresh;
  }

  #open(): Link {
    const openedAt = this.#now();
    const link: Link = {
      openedAt,
      proven: false,
      client: openClient({
        settings: this.#settings,
        ...this.#signIn(openedAt),
        limit: this.#connectTimeout,
        load: this.#load,
      }),
    };
    link.client.catch(() => this.#drop(link));
    this.#link = link;
    return link;
  }

  #signIn(now: number): { user: string | null; password: string | null } {
    const { auth } = this.#settings;
    if (auth.type === 'password') return auth;
    if (auth.type === 'none' || this.#identity === undefined) return { user: null, password: null };
    const { region, credentials } = this.#identity;
    return {
      user: auth.user,
      password: iamToken({ ...auth, region, credentials: credentials(), now }),
    };
  }

  /** Lets those who are at work over a connection finish. */
  #retire(link: Link): void {
    if (this.#link === link) this.#link = null;
    setTimeout(() => this.#drop(link), this.#commandTimeout).unref();
  }

  #drop(link: Link | null): void {
    if (link === null) return;
    if (this.#link === link) this.#link = null;
    link.client.then(
      (client) => client.disconnect(),
      () => {},
    );
  }
}

function notAsked(cause?: Error): SessionStoreUnavailableError {
  return new SessionStoreUnavailableError('Redis has failed a moment ago, and is left alone for now.', {
    cause,
  });
}

/** Whether the connection is of no more use. An answer of Redis, however bad, came over a good one. */
function isLost(error: unknown): boolean {
  if (error instanceof TooSlowError) return false;
  if (error instanceof Error && error.name === 'ReplyError') return NEEDS_ANOTHER.test(error.message);
  return true;
}
