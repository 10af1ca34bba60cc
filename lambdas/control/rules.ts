import { createHash } from 'node:crypto';
import { appendChange, stateOf } from '../../core/events/append-change.ts';
import { applyRuleChange, type RuleChange } from '../../core/rules/change-rules.ts';
import { classificationView } from '../../core/rules/classification-view.ts';
import type { OwnRule } from '../../core/rules/rule-set.ts';
import { rulesPage, ruleView, ruleWarnings } from '../../core/rules/rule-view.ts';
import type { Answered, Call } from '../http/api-handler.ts';
import { requestHash } from '../http/preconditions.ts';
import { changeState } from './change-state.ts';
import type { ControlParts } from './parts.ts';

/** The owner's rules, a page at a time. */
export async function listRules(
  { query }: Call<'rules'>,
  { events, rules }: ControlParts,
): Promise<Answered> {
  const { rules: reference } = stateOf(await events.head());
  return { answer: rulesPage(query, await rules.read(reference)) };
}

/** Adds a rule: in force at every instance within the bound of a toggle. */
export function addRule(call: Call<'addRule'>, parts: ControlParts): Promise<Answered> {
  const { body, sent, caller } = call;
  const rule: OwnRule = {
    ...body,
    id: idOf(body),
    addedAt: parts.now(),
    addedBy: caller.principal.id,
  };
  return change(call, parts, { type: 'add', rule }, rule, requestHash('addRule', sent));
}

/** Removes a rule. */
export async function removeRule(call: Call<'removeRule'>, parts: ControlParts): Promise<Answered> {
  const { id = '' } = call.parameters;
  const known = await parts.rules.read(stateOf(await parts.events.head()).rules);
  const rule = known.find((candidate) => candidate.id === id);
  return change(call, parts, { type: 'remove', id }, rule, requestHash('removeRule', { id }));
}

/** Says how a request would be classified, and what would become of it. */
export async function classifyRequest(
  { body }: Call<'classify'>,
  { events, rules: store, alwaysAllowed, now }: ControlParts,
): Promise<Answered> {
  const state = stateOf(await events.head());
  const rules = await store.read(state.rules);
  return { answer: classificationView({ ...body, state, rules, alwaysAllowed, now: now() }) };
}

function change(
  call: Call,
  { events, rules, now }: ControlParts,
  ruleChange: RuleChange,
  rule: OwnRule | undefined,
  hash: string,
): Promise<Answered> {
  return changeState(call, hash, now, (conditions) => {
    const { actor } = conditions;
    return appendChange(
      { log: events, now },
      {
        ...conditions,
        apply: (state, instant) => applyRuleChange(state, ruleChange, { actor, now: instant }, rules),
        answer: (accepted) => ({
          ...(rule && ruleView(rule)),
          version: accepted.state.version,
          warnings: rule !== undefined && ruleChange.type === 'add' ? ruleWarnings(rule) : [],
        }),
      },
    );
  });
}

/** The same rule has the same id, wherever and whenever it is added. */
function idOf({ method, path }: { method: string | readonly string[]; path: string }): string {
  return createHash('sha256')
    .update(`${[method].flat().join(',')} ${path}`)
    .digest('hex')
    .slice(0, 12);
}
