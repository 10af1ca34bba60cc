import type { OwnRule, RuleStore } from '../../core/rules/rule-set.ts';
import type { RuleSetReference } from '../../core/state/state.ts';

/** Sets of rules in memory, named like those in the table by what they hold. */
export class InMemoryRuleStore implements RuleStore {
  readonly #sets = new Map<string, readonly OwnRule[]>();

  async read(reference: RuleSetReference | null): Promise<readonly OwnRule[]> {
    if (reference === null) return [];
    const rules = this.#sets.get(reference.name);
    if (rules === undefined) throw new Error(`There is no set of rules ${reference.name}.`);
    return rules;
  }

  async write(rules: readonly OwnRule[]): Promise<string> {
    const name = JSON.stringify(rules);
    this.#sets.set(name, rules);
    return name;
  }
}
