import { createHash } from 'node:crypto';
import { commandResult } from '../../core/commands/result.ts';
import { emptyBody } from '../../core/commands/schemas.ts';
import { appendChange, stateOf } from '../../core/events/append-change.ts';
import { check } from '../../core/http/check.ts';
import { invalidRequest } from '../../core/http/problem.ts';
import { applyRuleChange, type RuleChange } from '../../core/rules/change-rules.ts';
import { classificationView } from '../../core/rules/classification-view.ts';
import type { OwnRule } from '../../core/rules/rule-set.ts';
import { rulesPage, ruleView } from '../../core/rules/rule-view.ts';
import { classifyBody, ruleBody } from '../../core/rules/schemas.ts';
import { expectedVersion, idempotencyKey, requestHash } from '../http/preconditions.ts';
import { json, type ProxyResult, queryOf } from '../http/proxy-event.ts';
import { readBody } from '../http/read-body.ts';
import type { ControlCall } from './serve.ts';

/** The owner's rules, a page at a time. */
export async function listRules({ event, events, rules }: ControlCall): Promise<ProxyResult> {
  const { rules: reference } = stateOf(await events.head());
  return json(200, rulesPage(queryOf(event), await rules.read(reference)));
}

/** Adds a rule: in force at every instance within the bound of a toggle. */
export async function addRule(call: ControlCall): Promise<ProxyResult> {
  const body = readBody(call.event);
  const parsed = check(ruleBody, body, 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const rule: OwnRule = {
    ...parsed.value,
    id: idOf(parsed.value),
    addedAt: call.now(),
    addedBy: call.caller.principal.id,
  };
  return change(call, { type: 'add', rule }, rule, requestHash('addRule', body), 201);
}

/** Removes a rule. */
export async function removeRule(call: ControlCall): Promise<ProxyResult> {
  const parsed = check(emptyBody, readBody(call.event), 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const id = call.parameters.id ?? '';
  const known = await call.rules.read(stateOf(await call.events.head()).rules);
  const rule = known.find((candidate) => candidate.id === id);
  return change(call, { type: 'remove', id }, rule, requestHash('removeRule', { id }), 200);
}

/** Says how a request would be classified, and what would become of it. */
export async function classifyRequest(call: ControlCall): Promise<ProxyResult> {
  const parsed = check(classifyBody, readBody(call.event), 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const state = stateOf(await call.events.head());
  const rules = await call.rules.read(state.rules);
  const { alwaysAllowed, now } = call;
  return json(200, classificationView({ ...parsed.value, state, rules, alwaysAllowed, now: now() }));
}

async function change(
  call: ControlCall,
  ruleChange: RuleChange,
  rule: OwnRule | undefined,
  hash: string,
  status: number,
): Promise<ProxyResult> {
  const { event, caller, events, rules, now } = call;
  const actor = { ...caller.principal, via: 'api' as const };
  const key = idempotencyKey(event);
  const outcome = await appendChange(
    { log: events, now },
    {
      actor,
      expectedVersion: expectedVersion(event),
      idempotency: key === undefined ? undefined : { key, requestHash: hash },
      apply: (state, instant) => applyRuleChange(state, ruleChange, { actor, now: instant }, rules),
      answer: (accepted) => ({ ...(rule && ruleView(rule)), version: accepted.state.version }),
    },
  );
  const { answer, version, isRepeated } = commandResult(outcome, now());
  return json(status, answer, {
    'X-Maintenance-Version': String(version),
    ...(isRepeated ? { 'Idempotent-Replayed': 'true' } : {}),
  });
}

/** The same rule has the same id, wherever and whenever it is added. */
function idOf({ method, path }: { method: string | readonly string[]; path: string }): string {
  return createHash('sha256')
    .update(`${[method].flat().join(',')} ${path}`)
    .digest('hex')
    .slice(0, 12);
}
