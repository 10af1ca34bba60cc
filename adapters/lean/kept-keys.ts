import type { DynamoDbReads } from './dynamodb-over-https.ts';
import type { KeySet, ReadKeys } from './token-verifier.ts';

/** The issuer's keys as `tick` keeps them in the state table. */
export function readKeysFromTable(reads: DynamoDbReads, table: string, issuer: string): ReadKeys {
  return async () => {
    const { Item } = await reads.getItem({
      TableName: table,
      Key: { pk: { S: `KEYS#${issuer}` }, sk: { N: '0' } },
      ProjectionExpression: 'jwks',
    });
    return Item?.jwks?.S === undefined ? null : (JSON.parse(Item.jwks.S) as KeySet);
  };
}

/**
 * The keys that the table gave last, for times when it gives none. An instance that knows of a maintenance has to know
 * its admins too: otherwise those would be blocked whom it meets for the first time while the table is away.
 */
export class KeptKeys {
  readonly #read: ReadKeys;
  #kept: KeySet | null = null;
  #preparing = false;

  constructor(read: ReadKeys) {
    this.#read = read;
  }

  /** The newest keys; those of an earlier read where the table can't be read. Rejects when there are none of either. */
  async get(): Promise<KeySet | null> {
    try {
      this.#kept = (await this.#read()) ?? this.#kept;
    } catch (error) {
      if (this.#kept === null) throw error;
    }
    return this.#kept;
  }

  /** Takes keys from elsewhere, unless there are some. What fails there changes nothing. */
  async take(read: () => Promise<string | null>): Promise<void> {
    if (this.#kept !== null) return;
    try {
      const jwks = await read();
      if (jwks !== null) this.#kept ??= JSON.parse(jwks) as KeySet;
    } catch {
      // Without keys a token can't be checked, and `get` says so.
    }
  }

  /** Begins to read the keys, unless there are some, and lets nobody wait for it. What fails is begun again next time. */
  prepare(): void {
    if (this.#kept !== null || this.#preparing) return;
    this.#preparing = true;
    this.get()
      .catch(() => {})
      .finally(() => {
        this.#preparing = false;
      });
  }
}
