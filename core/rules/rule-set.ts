import { READING_VERBS } from '../decision/classify.ts';
import { isBuiltInOperation, MAX_OWN_OPERATIONS, OPEN_TYPES } from '../decision/operations.ts';
import { isUsable, patternOf } from '../decision/route-matcher.ts';
import { isGreedy, type Rule } from '../decision/rule.ts';
import type { RuleSetReference } from '../state/state.ts';

/** A rule of the owner's. Instants are ms since the epoch. */
export interface OwnRule extends Rule {
  readonly id: string;
  readonly addedAt: number;
  readonly addedBy: string;
}

/** Rules that an owner may have, at most. */
const MAX_RULES = 500;

/** Where sets of rules are kept: each under the name that its content gives it, never changed. */
export interface RuleStore {
  /** Rejects with StoreUnavailableError or CorruptLogError. */
  read(reference: RuleSetReference | null): Promise<readonly OwnRule[]>;
  /** Keeps a set before a state names it. Resolves with its name. */
  write(rules: readonly OwnRule[]): Promise<string>;
}

/** Why a rule can't be added to a set. */
export type RuleRefusal =
  | { readonly why: 'exists'; readonly rule: OwnRule }
  | { readonly why: 'too_wide'; readonly rule: OwnRule }
  | { readonly why: 'too_many_rules' }
  | { readonly why: 'too_many_operations' };

/**
 * The set with one more rule, or why it can't be had. Two rules for the same verb and the same paths are refused, and
 * rules that would open a whole area to writes.
 */
export function withRule(
  rules: readonly OwnRule[],
  rule: OwnRule,
): { readonly rules: readonly OwnRule[] } | RuleRefusal {
  const existing = rules.find((other) => isSamePlace(other, rule));
  if (opensWrites(rule) && isGreedy(rule.path)) return { why: 'too_wide', rule };
  if (existing !== undefined) return { why: 'exists', rule: existing };
  if (rules.length >= MAX_RULES) return { why: 'too_many_rules' };
  const more = [...rules, rule];
  return operationsOf(more).length > MAX_OWN_OPERATIONS ? { why: 'too_many_operations' } : { rules: more };
}

/** The operation types that a set of rules adds to the built-in ones, in alphabetical order. */
export function operationsOf(rules: readonly Rule[]): string[] {
  const names = rules.map(({ operation }) => operation).filter((name) => !isBuiltInOperation(name));
  return [...new Set(names)].sort();
}

/** Whether writes would pass by a rule in normal mode, or in every mode. */
export function opensWrites({ method, operation }: Rule): boolean {
  return OPEN_TYPES.includes(operation) && [method].flat().some((verb) => !READING_VERBS.includes(verb));
}

function isSamePlace(a: Rule, b: Rule): boolean {
  return (
    isUsable(a) &&
    patternOf(a.path) === patternOf(b.path) &&
    verbsOf(a).some((verb) => verbsOf(b).includes(verb))
  );
}

function verbsOf({ method }: Rule): readonly string[] {
  return typeof method === 'string' ? [method] : method;
}
