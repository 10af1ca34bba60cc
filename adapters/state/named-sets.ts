import { createHash } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { z } from 'zod';
import { CorruptLogError } from '../../core/errors.ts';
import { canonicalJson } from '../events/event-hash.ts';
import { askStore } from './state-store.ts';

/** Longest time for a call to the state table, retries included, ms. */
const CALL_DEADLINE = 3000;

interface NamedSetOptions<T> {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly scope: string;
  /** What the sets hold, in error messages and as the attribute's name. */
  readonly of: 'rules' | 'windows';
  readonly schema: z.ZodType<readonly T[]>;
}

/** The key of a set in the state table: each has a partition of its own. */
export function namedSetKey(of: NamedSetOptions<unknown>['of'], scope: string, name: string) {
  return { pk: { S: `${of.toUpperCase()}#${scope}#${name}` }, sk: { N: '0' } };
}

/** Sets of things in the state table, each an item that is never changed, named by its content. */
export class NamedSets<T> {
  readonly #options: NamedSetOptions<T>;

  constructor(options: NamedSetOptions<T>) {
    this.#options = options;
  }

  /** Rejects with StoreUnavailableError, or with CorruptLogError where a set is not what its name says. */
  async read(name: string): Promise<readonly T[]> {
    const { client, table, scope, of, schema } = this.#options;
    const { Item } = await askStore(`Reading the ${of}`, CALL_DEADLINE, (options) =>
      client.send(
        new GetItemCommand({ TableName: table, Key: namedSetKey(of, scope, name), ConsistentRead: true }),
        options,
      ),
    );
    const set = schema.safeParse(parsedOrNull(Item?.[of]?.S));
    if (!set.success || nameOf(set.data) !== name) {
      throw new CorruptLogError(0, `The set of ${of} ${name} is not what was written.`, { cause: set.error });
    }
    return set.data;
  }

  /** Resolves with the set's name. Whoever writes a set again writes the same. Rejects with StoreUnavailableError. */
  async write(set: readonly T[]): Promise<string> {
    const { client, table, scope, of } = this.#options;
    const name = nameOf(set);
    await askStore(`Keeping the ${of}`, CALL_DEADLINE, (options) =>
      client.send(
        new PutItemCommand({
          TableName: table,
          Item: { ...namedSetKey(of, scope, name), [of]: { S: JSON.stringify(set) } },
        }),
        options,
      ),
    );
    return name;
  }
}

function nameOf(set: unknown): string {
  return createHash('sha256').update(canonicalJson(set)).digest('hex');
}

function parsedOrNull(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
