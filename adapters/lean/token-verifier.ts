import { JwksNotAvailableInCacheError, JwtExpiredError, KidNotFoundInJwksError } from 'aws-jwt-verify/error';
import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import { CLOCK_SKEW_MS } from '../../core/clock-skew.ts';
import { type Credential, type PresentedCredential, roleOfGroups } from '../../core/identity/identity.ts';

export interface TokenSettings {
  /** Issuer URL without a trailing slash. */
  readonly issuer: string;
  readonly clientId: string;
  readonly adminGroups: readonly string[];
  readonly workerGroups: readonly string[];
  /** The claim that names the API key of the bearer. */
  readonly apiKeyClaim?: string | undefined;
}

/** The issuer's public keys (RFC 7517), null when none are known yet. Rejects when they can't be read. */
export type ReadKeys = () => Promise<KeySet | null>;

/** Public keys in the form of RFC 7517. */
export type KeySet = Parameters<ReturnType<typeof createJwtVerifier>['cacheJwks']>[0];

/** A token is accepted for at most 15 minutes, whatever its issuer says. */
const MAX_TOKEN_AGE_S = 15 * 60;
const MAX_TOKEN_LENGTH = 8192;
/** An unknown key id makes us look for new keys, but no more often than this, ms. */
const KEY_REFRESH_INTERVAL = 10_000;
const MAX_REMEMBERED = 2000;

const EXPIRED: PresentedCredential = { outcome: 'expired', reason: 'the token has expired' };
/** What can be the value of an API key. Source: API Gateway, "Usage plans and API keys for REST APIs". */
const API_KEY = /^[!-~]{20,128}$/;

/**
 * Verifies access tokens with keys that the state table keeps, so that it needs neither the internet nor the issuer.
 * Tokens that were found good are remembered until they expire.
 */
export class TokenVerifier {
  readonly #settings: TokenSettings;
  readonly #readKeys: ReadKeys;
  #verifier: ReturnType<typeof createJwtVerifier>;
  readonly #remembered = new Map<string, { credential: Credential; until: number }>();
  #keysReadAt = Number.NEGATIVE_INFINITY;
  #keysKnown = false;

  constructor(settings: TokenSettings, readKeys: ReadKeys) {
    this.#settings = settings;
    this.#readKeys = readKeys;
    this.#verifier = createJwtVerifier(settings);
  }

  /** @param now milliseconds since the epoch */
  async verify(token: string, now: number): Promise<PresentedCredential> {
    const remembered = this.#remembered.get(token);
    if (remembered !== undefined) {
      if (now < remembered.until) return { outcome: 'valid', credential: remembered.credential };
      this.#remembered.delete(token);
      return EXPIRED;
    }
    if (token.length > MAX_TOKEN_LENGTH) return { outcome: 'rejected', reason: 'the token is too long' };
    const first = this.#check(token, now);
    if (first !== 'unknown_key') return first;
    // One look at the table at most: a store that is slow must not use up the function's time.
    if (await this.#refreshKeys(now)) {
      const second = this.#check(token, now);
      if (second !== 'unknown_key') return second;
    }
    return this.#keysKnown
      ? { outcome: 'rejected', reason: 'the token was signed with an unknown key' }
      : { outcome: 'unavailable' };
  }

  /** Checks every token anew, with the keys that the table holds then. */
  forget(): void {
    this.#remembered.clear();
    this.#verifier = createJwtVerifier(this.#settings);
    this.#keysKnown = false;
  }

  #check(token: string, now: number): PresentedCredential | 'unknown_key' {
    try {
      const claims: Claims = this.#verifier.verifySync(token);
      return this.#accept(token, claims, now);
    } catch (error) {
      if (error instanceof KidNotFoundInJwksError || error instanceof JwksNotAvailableInCacheError) {
        return 'unknown_key';
      }
      if (error instanceof JwtExpiredError) return EXPIRED;
      return {
        outcome: 'rejected',
        reason: error instanceof Error ? plain(error.message) : 'the token is malformed',
      };
    }
  }

  #accept(token: string, claims: Claims, now: number): PresentedCredential {
    const { iat, exp } = claims;
    if (typeof iat !== 'number' || typeof exp !== 'number') {
      return { outcome: 'rejected', reason: 'the token does not say when it was issued and when it expires' };
    }
    if (iat * 1000 > now + CLOCK_SKEW_MS)
      return { outcome: 'rejected', reason: 'the token is not valid yet' };
    const until = Math.min(exp, iat + MAX_TOKEN_AGE_S) * 1000;
    if (until <= now) return EXPIRED;
    const credential = this.#credentialOf(claims, iat);
    if (credential === null)
      return { outcome: 'rejected', reason: 'the token names nobody: it has neither username nor sub' };
    if (this.#remembered.size >= MAX_REMEMBERED) this.#forgetOldest();
    this.#remembered.set(token, { credential, until });
    return { outcome: 'valid', credential };
  }

  #credentialOf(claims: Claims, iat: number): Credential | null {
    const id = [claims.username, claims.sub].find((name) => typeof name === 'string' && name !== '');
    if (typeof id !== 'string') return null;
    const { adminGroups, workerGroups, apiKeyClaim } = this.#settings;
    const apiKey = apiKeyClaim === undefined ? undefined : claims[apiKeyClaim];
    return {
      kind: 'token',
      id,
      role: roleOfGroups(groupsIn(claims), { admins: adminGroups, workers: workerGroups }),
      issuedAt: iat * 1000,
      authenticatedAt: typeof claims.auth_time === 'number' ? claims.auth_time * 1000 : null,
      ...(typeof apiKey === 'string' && API_KEY.test(apiKey) ? { apiKey } : {}),
    };
  }

  #forgetOldest(): void {
    const oldest = this.#remembered.keys().next();
    if (!oldest.done) this.#remembered.delete(oldest.value);
  }

  /** Whether keys were read anew. */
  async #refreshKeys(now: number): Promise<boolean> {
    if (Math.abs(now - this.#keysReadAt) < KEY_REFRESH_INTERVAL && this.#keysKnown) return false;
    this.#keysReadAt = now;
    try {
      const keys = await this.#readKeys();
      if (keys === null) return false;
      this.#verifier.cacheJwks(keys);
      this.#keysKnown = true;
      return true;
    } catch {
      // Without new keys the token stays unverified: `verify` says so.
      return false;
    }
  }
}

type Claims = Readonly<Record<string, unknown>>;

function createJwtVerifier({ issuer, clientId }: TokenSettings) {
  return JwtVerifier.create({
    issuer,
    audience: null,
    customJwtCheck: ({ header, payload }) => {
      assertAccessToken(header, payload);
      assertMeantForUs(payload, clientId);
    },
  });
}

/** The groups of the first claim that names one: some issuers give a single one as text. */
function groupsIn(claims: Claims): readonly string[] {
  for (const claim of [claims['cognito:groups'], claims.groups]) {
    const groups = [claim].flat().filter((group) => typeof group === 'string' && group !== '');
    if (groups.length > 0) return groups as string[];
  }
  return [];
}

/** The types of access tokens (RFC 9068 §2.1, RFC 7519 §5.1); many issuers name none. */
const ACCESS_TYPES: readonly unknown[] = [undefined, 'jwt', 'at+jwt', 'application/at+jwt'];
/** Claims of ID tokens (OpenID Connect Core §2), of events about a sign-in, and of tokens bound to a sender's key. */
const FOREIGN_CLAIMS = ['nonce', 'at_hash', 'c_hash', 'events', 'cnf'];

/** Whether a token that is signed and meant for us is one to call with. */
function assertAccessToken(header: object, payload: Claims): void {
  const { typ } = header as { readonly typ?: unknown };
  const kind = payload.typ;
  const isAccess =
    ACCESS_TYPES.includes(typeof typ === 'string' ? typ.toLowerCase() : typ) &&
    (kind === undefined || kind === 'Bearer') &&
    FOREIGN_CLAIMS.every((name) => payload[name] === undefined);
  if (!isAccess) throw new Error('it is not an access token');
}

/** Cognito's access tokens name the client as `client_id`, other issuers' as the audience. */
function assertMeantForUs(payload: Claims, clientId: string): void {
  const use = payload.token_use;
  if (use !== undefined && use !== 'access')
    throw new Error(`it is an ${String(use)} token, not an access token`);
  const meantFor = use === 'access' ? [payload.client_id] : [payload.aud].flat();
  if (!meantFor.includes(clientId)) throw new Error('it was issued for another client');
}

/** Reasons end up in answers and logs: one short line. */
function plain(message: string): string {
  return message.replace(/[^ -~]+/g, ' ').slice(0, 120);
}
