import type { Judgement } from '../commands/apply-command.ts';
import type { Actor, EventDraft } from '../events/event.ts';
import { operationsNamedBy } from '../state/schedule.ts';
import type { State } from '../state/state.ts';
import { nextState } from '../state/transition.ts';
import { type OwnRule, operationsOf, type RuleRefusal, type RuleStore, withRule } from './rule-set.ts';

/** A change of the owner's rules. */
export type RuleChange =
  | { readonly type: 'add'; readonly rule: OwnRule }
  | { readonly type: 'remove'; readonly id: string };

/**
 * Judges a change of the rules against a state. The new set is kept before the event that names it is written, so
 * that nobody is ever pointed to rules that are not there.
 */
export async function judgeRuleChange(
  state: State,
  change: RuleChange,
  { actor, now }: { readonly actor: Actor; readonly now: number },
  store: RuleStore,
): Promise<Judgement> {
  const rules = await store.read(state.rules);
  const changed = change.type === 'add' ? withRule(rules, change.rule) : withoutRule(rules, change.id, state);
  if ('why' in changed) return refused(changed);
  const name = changed.rules.length === 0 ? null : await store.write(changed.rules);
  const draft: EventDraft = {
    type: 'rules_changed',
    at: now,
    actor,
    reason: null,
    maintenanceId: null,
    details: describe(change, rules),
    state: nextState(state, now, {
      rules: name === null ? null : { name, operations: operationsOf(changed.rules) },
    }),
  };
  return { verdict: 'event', draft };
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

function describe(change: RuleChange, rules: readonly OwnRule[]): Record<string, unknown> {
  const rule = change.type === 'add' ? change.rule : rules.find(({ id }) => id === change.id);
  const verbs = typeof rule?.method === 'string' ? rule.method : rule?.method.join(',');
  const verb = change.type === 'add' ? 'added' : 'removed';
  return {
    change: `${verb} ${verbs} ${rule?.path} as ${rule?.operation}`,
    [verb]: { id: rule?.id, method: rule?.method, path: rule?.path, operation: rule?.operation },
  };
}

function refused(refusal: RuleRefusal | RemovalRefusal): Judgement {
  switch (refusal.why) {
    case 'exists': {
      const { id, operation } = refusal.rule;
      return conflict(
        'rule_exists',
        `A rule for this verb and path is there already: ${id}, which says ${operation}.`,
        `DELETE /api/maintenance/rules/${id}, then add the new one`,
      );
    }
    case 'unknown':
      return conflict(
        'rule_not_found',
        `There is no rule ${refusal.id}.`,
        'GET /api/maintenance/rules lists them',
      );
    case 'in_use':
      return conflict(
        'rule_in_use',
        `The present maintenance or a scheduled window blocks ${refusal.operation}, and this is the last rule that says what that is.`,
        'PATCH /api/maintenance or the window with other blocked_operations, then remove the rule',
      );
    case 'too_many_rules':
      return {
        verdict: 'invalid',
        problems: [{ field: 'path', message: 'cannot be added: there are 500 rules already' }],
      };
    case 'too_many_operations':
      return {
        verdict: 'invalid',
        problems: [
          {
            field: 'operation',
            message: 'cannot be added: there are 10 operation types of your own already',
          },
        ],
      };
  }
}

function conflict(
  code: 'rule_exists' | 'rule_not_found' | 'rule_in_use',
  message: string,
  remedy: string,
): Judgement {
  return { verdict: 'conflict', conflict: { code, message, remedy } };
}
