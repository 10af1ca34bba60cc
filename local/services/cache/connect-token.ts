import { createHash, createHmac } from 'node:crypto';
import { LOCAL_REGION } from '../../account.ts';
import { ROLE_CREDENTIALS } from '../../iam.ts';

/** A request to connect to a cache, signed in its query. */
interface ConnectToken {
  readonly cache: string;
  readonly accessKeyId: string;
  /** Names and values of the query, decoded. */
  readonly query: ReadonlyMap<string, string>;
}

/** What a token must be for. */
interface ConnectExpectation {
  readonly cache: string;
  readonly user: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Thrown for a token that doesn't let anybody in; the message is for the log, never for who sent it. */
export class TokenRefused extends Error {
  override readonly name = 'TokenRefused';
}

/** Longest that a token may be good for, in seconds. */
const MAX_EXPIRES = 900;
/** Milliseconds by which the clock of who signed may be ahead. */
const SKEW_MS = 5 * 60_000;

/** Takes a token apart: a URL without its scheme. @throws TokenRefused */
export function parseConnectToken(token: string): ConnectToken {
  const [, cache, text] = /^([^/?:]+)\/\?(.*)$/s.exec(token) ?? [];
  if (cache === undefined || text === undefined) throw new TokenRefused('It is no URL without a scheme.');
  const query = new Map<string, string>();
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    const [name, value] = [decode(pair.slice(0, equals)), decode(pair.slice(equals + 1))];
    if (equals < 0 || query.has(name)) throw new TokenRefused(`Its query is not in order at ${name}.`);
    query.set(name, value);
  }
  return { cache, accessKeyId: query.get('X-Amz-Credential')?.split('/')[0] ?? '', query };
}

/**
 * Checks that a token lets a user in, but for what its signer is allowed.
 * Sources: "Authenticating with IAM" of the ElastiCache user guide; "Create a signed AWS API request" of the IAM user
 * guide.
 *
 * @throws TokenRefused
 */
export function checkConnectToken(token: ConnectToken, expected: ConnectExpectation): void {
  const { query } = token;
  const is = (name: string, actual: string | undefined, wanted: string) => {
    if (actual !== wanted) throw new TokenRefused(`${name} is ${actual}, not ${wanted}.`);
  };
  const issued = query.get('X-Amz-Date') ?? '';
  const scope = `${issued.slice(0, 8)}/${LOCAL_REGION}/elasticache/aws4_request`;
  is('The cache', token.cache, expected.cache);
  is('Action', query.get('Action'), 'connect');
  is('User', query.get('User'), expected.user);
  is('ResourceType', query.get('ResourceType'), 'ServerlessCache');
  is('X-Amz-Algorithm', query.get('X-Amz-Algorithm'), 'AWS4-HMAC-SHA256');
  is('X-Amz-SignedHeaders', query.get('X-Amz-SignedHeaders'), 'host');
  is('X-Amz-Credential', query.get('X-Amz-Credential'), `${token.accessKeyId}/${scope}`);
  checkTime(issued, query.get('X-Amz-Expires') ?? '', expected.now);
  is('X-Amz-Security-Token', query.get('X-Amz-Security-Token'), ROLE_CREDENTIALS.sessionToken);
  is('X-Amz-Signature', query.get('X-Amz-Signature'), signature(token, issued, scope));
}

function checkTime(issued: string, expires: string, now: number): void {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(issued) ?? [];
  const issuedAt = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(issuedAt <= now + SKEW_MS)) throw new TokenRefused(`X-Amz-Date ${issued} is not in the past.`);
  const seconds = Number(expires);
  if (!/^\d+$/.test(expires) || seconds < 1 || seconds > MAX_EXPIRES) {
    throw new TokenRefused(`X-Amz-Expires is ${expires}, not 1 to ${MAX_EXPIRES}.`);
  }
  if (now >= issuedAt + seconds * 1000) throw new TokenRefused(`It expired ${expires} s after ${issued}.`);
}

function signature({ cache, query }: ConnectToken, issued: string, scope: string): string {
  const canonicalQuery = [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((pair) => pair.join('='))
    .join('&');
  const request = ['GET', '/', canonicalQuery, `host:${cache}\n`, 'host', sha256('')].join('\n');
  const key = scope.split('/').reduce<Buffer>(hmac, Buffer.from(`AWS4${ROLE_CREDENTIALS.secretAccessKey}`));
  return hmac(key, ['AWS4-HMAC-SHA256', issued, scope, sha256(request)].join('\n')).toString('hex');
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new TokenRefused(`${text} can't be decoded.`);
  }
}

/** Percent-encoding of everything but RFC 3986's unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
