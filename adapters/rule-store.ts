import { createHash } from 'node:crypto';
import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { CorruptLogError } from '../core/errors.ts';
import type { OwnRule, RuleStore } from '../core/rule-set.ts';
import type { RuleSetReference } from '../core/state.ts';
import { canonicalJson } from './event-log/event-hash.ts';
import { askStore } from './state-store.ts';

/** Longest time for a call to the state table, retries included, ms. */
const CALL_DEADLINE = 3000;

const ruleSet = z.array(
  z.object({
    id: z.string(),
    method: z.union([z.string(), z.array(z.string())]),
    path: z.string(),
    operation: z.string(),
    addedAt: z.number(),
    addedBy: z.string(),
  }),
);

/** The key of a set of rules in the state table. */
export function ruleSetKey(scope: string, name: string) {
  return { pk: { S: `RULES#${scope}#${name}` }, sk: { N: '0' } };
}

/** Sets of the owner's rules in the state table, each an item that is never changed, named by its content. */
export class DynamoDbRuleStore implements RuleStore {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #scope: string;

  constructor(options: { client: DynamoDBClient; table: string; scope: string }) {
    this.#client = options.client;
    this.#table = options.table;
    this.#scope = options.scope;
  }

  async read(reference: RuleSetReference | null): Promise<readonly OwnRule[]> {
    if (reference === null) return [];
    const { name } = reference;
    const { Item } = await askStore('Reading the rules', CALL_DEADLINE, (options) =>
      this.#client.send(
        new GetItemCommand({
          TableName: this.#table,
          Key: ruleSetKey(this.#scope, name),
          ConsistentRead: true,
        }),
        options,
      ),
    );
    const rules = ruleSet.safeParse(parsedOrNull(Item?.rules?.S));
    if (!rules.success || nameOf(rules.data) !== name) {
      throw new CorruptLogError(0, `The set of rules ${name} is not what was written.`, {
        cause: rules.error,
      });
    }
    return rules.data;
  }

  async write(rules: readonly OwnRule[]): Promise<string> {
    const name = nameOf(rules);
    // The name says what is in it: whoever writes it again writes the same.
    await askStore('Keeping the rules', CALL_DEADLINE, (options) =>
      this.#client.send(
        new PutItemCommand({
          TableName: this.#table,
          Item: { ...ruleSetKey(this.#scope, name), rules: { S: JSON.stringify(rules) } },
        }),
        options,
      ),
    );
    return name;
  }
}

function nameOf(rules: readonly OwnRule[]): string {
  return createHash('sha256').update(canonicalJson(rules)).digest('hex');
}

function parsedOrNull(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null');
  } catch {
    return null;
  }
}
