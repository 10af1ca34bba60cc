import { BUILT_IN_RULES } from '../../core/decision/built-in-rules.ts';
import type { Rule } from '../../core/decision/rule.ts';
import type { RuleStore } from '../../core/rules/rule-set.ts';
import { followRefresh } from '../../core/state/follow-refresh.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';

/**
 * Tells all rules of a state. A set of the owner's rules never changes, so each is read once,
 * and once more after a refresh. They only add to what
 * is shown: where they can't be read, the built-in ones are shown alone.
 */
export function rulesInForce(
  store: Pick<RuleStore, 'read'>,
  log: Log,
): (state: State) => Promise<readonly Rule[]> {
  let kept: { readonly name: string; readonly rules: readonly Rule[] } | null = null;
  const follow = followRefresh(() => {
    kept = null;
  });
  return async (state) => {
    follow(state);
    const { rules: reference } = state;
    if (reference === null) return BUILT_IN_RULES;
    if (kept?.name === reference.name) return kept.rules;
    try {
      const rules = [...(await store.read(reference)), ...BUILT_IN_RULES];
      kept = { name: reference.name, rules };
      return rules;
    } catch (error) {
      log.warn("The owner's rules could not be read; only the built-in ones are shown.", {
        event: 'rules_read_failed',
        error,
      });
      return BUILT_IN_RULES;
    }
  };
}
