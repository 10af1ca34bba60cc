import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { MaintenanceError } from '../../core/errors.ts';
import { askStore } from '../state/state-store.ts';

/** The issuer did not give keys that can be used: it is away, slow, or answers something else. */
export class IssuerUnavailableError extends MaintenanceError {
  override readonly name = 'IssuerUnavailableError';
  readonly code = 'issuer_unavailable';
  readonly issuer: string;
  constructor(issuer: string, reason: string, options?: ErrorOptions) {
    super(`The keys of ${issuer} can't be had: ${reason}`, options);
    this.issuer = issuer;
  }
}

const common = { kid: z.string().min(1), alg: z.string().optional(), use: z.string().optional() };
const key = z.discriminatedUnion('kty', [
  z.object({ kty: z.literal('RSA'), ...common, n: z.string().min(1), e: z.string().min(1) }),
  z.object({
    kty: z.literal('EC'),
    ...common,
    crv: z.string().min(1),
    x: z.string().min(1),
    y: z.string().min(1),
  }),
]);
const keySet = z.object({ keys: z.array(key).min(1) });
const published = z.object({ keys: z.array(z.unknown()) });

/** Public keys that sign tokens (RFC 7517), by key id; members that verifying has no use for are left out. */
export type KeySet = z.infer<typeof keySet>;

/** The keys of an issuer as the state table keeps them. */
export interface IssuerKeys {
  readonly jwks: KeySet;
  /** When the issuer gave them, ms since the epoch. */
  readonly fetchedAt: number;
}

/** Longest time for a call to the state table, retries included, ms. */
const CALL_DEADLINE = 3000;
/** Longest time for the issuer's answer, ms. */
const FETCH_TIMEOUT = 3000;
/** Far above any real key set, and far below what an item may take (400 KB). */
const MAX_KEY_SET_BYTES = 100_000;

function keyOf(issuer: string) {
  return { pk: { S: `KEYS#${issuer}` }, sk: { N: '0' } };
}

/**
 * The kept keys of an issuer; null when there are none, or none that can be read: keeping new ones mends that.
 * Rejects with StoreUnavailableError.
 */
export async function readIssuerKeys(
  client: DynamoDBClient,
  table: string,
  issuer: string,
): Promise<IssuerKeys | null> {
  const { Item } = await askStore('Reading the keys of the issuer', CALL_DEADLINE, (options) =>
    client.send(new GetItemCommand({ TableName: table, Key: keyOf(issuer), ConsistentRead: true }), options),
  );
  const fetchedAt = Number(Item?.fetched_at?.N);
  const jwks = keySet.safeParse(parsedOrNull(Item?.jwks?.S));
  return jwks.success && Number.isFinite(fetchedAt) ? { jwks: jwks.data, fetchedAt } : null;
}

/** Keeps the keys of an issuer in place of those before. Rejects with StoreUnavailableError. */
export async function writeIssuerKeys(
  client: DynamoDBClient,
  table: string,
  issuer: string,
  { jwks, fetchedAt }: IssuerKeys,
): Promise<void> {
  const put = new PutItemCommand({
    TableName: table,
    Item: { ...keyOf(issuer), jwks: { S: JSON.stringify(jwks) }, fetched_at: { N: String(fetchedAt) } },
  });
  await askStore('Keeping the keys of the issuer', CALL_DEADLINE, (options) => client.send(put, options));
}

/**
 * Asks the issuer for its public keys. Keys of kinds that we can't use are passed over, as RFC 7517 (5) says.
 * Rejects with IssuerUnavailableError.
 *
 * @example await fetchIssuerKeys('https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_Abc')
 * @param issuer URL without a trailing slash
 */
export async function fetchIssuerKeys(issuer: string, fetchIt: typeof fetch = fetch): Promise<KeySet> {
  const answer = published.safeParse(parsedOrNull(await textFrom(issuer, fetchIt)));
  if (!answer.success) throw new IssuerUnavailableError(issuer, 'its answer is no key set.');
  const keys = answer.data.keys.flatMap((candidate) => {
    const { success, data } = key.safeParse(candidate);
    return success && data.use !== 'enc' ? [data] : [];
  });
  if (keys.length === 0)
    throw new IssuerUnavailableError(issuer, 'its key set has no RSA or EC key with an id.');
  return { keys };
}

async function textFrom(issuer: string, fetchIt: typeof fetch): Promise<string> {
  let response: Response;
  let text: string;
  try {
    response = await fetchIt(`${issuer}/.well-known/jwks.json`, {
      headers: { accept: 'application/json' },
      // Somebody else's keys must not come in by a redirect.
      redirect: 'error',
      signal: AbortSignal.timeout(FETCH_TIMEOUT),
    });
    text = await response.text();
  } catch (cause) {
    throw new IssuerUnavailableError(issuer, 'it did not answer in time.', { cause });
  }
  if (!response.ok) throw new IssuerUnavailableError(issuer, `it answered ${response.status}.`);
  if (text.length > MAX_KEY_SET_BYTES) throw new IssuerUnavailableError(issuer, 'its answer is too long.');
  return text;
}

function parsedOrNull(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return null;
  }
}
