import { accepted, type CommandOutcome, conflict, invalid } from '../commands/outcome.ts';
import type { Actor } from '../events/event.ts';
import type { RuleDetails } from '../events/event-types.ts';
import { operationsNamedBy } from '../state/schedule.ts';
import type { State } from '../state/state.ts';
import { nextState } from '../state/transition.ts';
import { type OwnRule, operationsOf, type RuleRefusal, type RuleStore, withRule } from './rule-set.ts';

/** A change of the owner's rules. */
export type RuleChange =
  | { readonly type: 'add'; readonly rule: OwnRule }
  | { readonly type: 'remove'; readonly id: string };

/**
 * Applies a change of the rules to a state. The new set is kept before the event that names it is written, so
 * that nobody is ever pointed to rules that are not there.
 */
export async function applyRuleChange(
  state: State,
  change: RuleChange,
  { actor, now }: { readonly actor: Actor; readonly now: number },
  store: RuleStore,
): Promise<CommandOutcome> {
  const rules = await store.read(state.rules);
  const changed = change.type === 'add' ? withRule(rules, change.rule) : withoutRule(rules, change.id, state);
  if ('why' in changed) return refused(changed);
  const name = changed.rules.length === 0 ? null : await store.write(changed.rules);
  return accepted({
    type: 'rules_changed',
    at: now,
    actor,
    reason: null,
    maintenanceId: null,
    details: describe(change, rules),
    state: nextState(state, now, {
      rules: name === null ? null : { name, operations: operationsOf(changed.rules) },
    }),
  });
}

type RemovalRefusal =
  | { readonly why: 'unknown'; readonly id: string }
  | { readonly why: 'in_use'; readonly operation: string };

/** A type that the present maintenance or a window names can't lose its last rule: nobody could tell any more what is blocked. */
function withoutRule(
  rules: readonly OwnRule[],
  id: string,
  { maintenance, windows }: State,
): { readonly rules: readonly OwnRule[] } | RemovalRefusal {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) return { why: 'unknown', id };
  const left = rules.filter((candidate) => candidate !== rule);
  const plan = maintenance?.mode === 'emergency' ? maintenance.suspended : maintenance;
  const { operation } = rule;
  const named = [...(plan?.blockedOperations ?? []), ...operationsNamedBy(windows)];
  const isLost = operationsOf(rules).includes(operation) && !operationsOf(left).includes(operation);
  return named.includes(operation) && isLost ? { why: 'in_use', operation } : { rules: left };
}

function describe(change: RuleChange, rules: readonly OwnRule[]): RuleDetails {
  const rule = change.type === 'add' ? change.rule : rules.find(({ id }) => id === change.id);
  const verbs = typeof rule?.method === 'string' ? rule.method : rule?.method.join(',');
  const verb = change.type === 'add' ? 'added' : 'removed';
  return {
    change: `${verb} ${verbs} ${rule?.path} as ${rule?.operation}`,
    [verb]: { id: rule?.id, method: rule?.method, path: rule?.path, operation: rule?.operation },
  };
}

function refused(refusal: RuleRefusal | RemovalRefusal): CommandOutcome {
  switch (refusal.why) {
    case 'exists': {
      const { id, operation } = refusal.rule;
      return conflict({
        code: 'rule_exists',
        message: `A rule for this verb and path is there already: ${id}, which says ${operation}.`,
        remedy: `DELETE /api/maintenance/rules/${id}, then add the new one`,
      });
    }
    case 'too_wide': {
      const { method, path, operation } = refusal.rule;
      return conflict({
        code: 'rule_too_wide',
        message: `${[method].flat().join(',')} ${path} as ${operation} would let every write below pass while maintenance blocks.`,
        remedy: 'POST /api/maintenance/rules with GET only, without {name+}, or with a type that is blocked',
      });
    }
    case 'unknown':
      return conflict({
        code: 'rule_not_found',
        message: `There is no rule ${refusal.id}.`,
        remedy: 'GET /api/maintenance/rules lists them',
      });
    case 'in_use':
      return conflict({
        code: 'rule_in_use',
        message: `The present maintenance or a scheduled window blocks ${refusal.operation}, and this is the last rule that says what that is.`,
        remedy: 'PATCH /api/maintenance or the window with other blocked_operations, then remove the rule',
      });
    case 'too_many_rules':
      return invalid([{ field: 'path', message: 'cannot be added: there are 500 rules already' }]);
    case 'too_many_operations':
      return invalid([
        {
          field: 'operation',
          message: 'cannot be added: there are 10 operation types of your own already',
        },
      ]);
  }
}
