import type { Rule } from '../decision/rule.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { pageOf } from '../http/page.ts';
import { rfc3339 } from '../text.ts';
import { type OwnRule, opensWrites } from './rule-set.ts';
import type { RulesPage, RulesQuery, RuleView } from './schemas.ts';

/** What might not have been meant by a rule. */
export function ruleWarnings(rule: Rule): string[] {
  if (!opensWrites(rule)) return [];
  const when = rule.operation === 'authentication' ? 'in every mode' : 'in normal mode';
  return [
    `${[rule.method].flat().join(',')} ${rule.path} may write, and as ${rule.operation} it passes ${when}: make sure that it does not.`,
  ];
}

export function ruleView({ id, method, path, operation, addedAt, addedBy }: OwnRule): RuleView {
  return { id, method, path, operation, added_at: rfc3339(addedAt), added_by: addedBy };
}

/** The owner's rules, newest first, a page at a time. Throws HttpProblem. */
export function rulesPage(query: RulesQuery, rules: readonly OwnRule[]): RulesPage {
  // A cursor counts the rules that are left: adding one meanwhile shifts nothing.
  const { limit, from: left } = pageOf(query, decodeCursor);
  const older = rules.slice(0, left ?? rules.length).toReversed();
  const rest = older.length - limit;
  return { items: older.slice(0, limit).map(ruleView), next_cursor: rest > 0 ? encodeCursor(rest) : null };
}
