import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import type { OwnRule, RuleStore } from '../../core/rules/rule-set.ts';
import type { RuleSetReference } from '../../core/state/state.ts';
import { NamedSets, namedSetKey } from '../state/named-sets.ts';

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
  return namedSetKey('rules', scope, name);
}

/** Sets of the owner's rules in the state table. */
export class DynamoDbRuleStore implements RuleStore {
  readonly #sets: NamedSets<OwnRule>;

  constructor(options: { client: DynamoDBClient; table: string; scope: string }) {
    this.#sets = new NamedSets({ ...options, of: 'rules', schema: ruleSet });
  }

  async read(reference: RuleSetReference | null): Promise<readonly OwnRule[]> {
    return reference === null ? [] : this.#sets.read(reference.name);
  }

  write(rules: readonly OwnRule[]): Promise<string> {
    return this.#sets.write(rules);
  }
}
