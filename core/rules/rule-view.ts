import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { pageOf } from '../http/page.ts';
import { rfc3339 } from '../text.ts';
import type { OwnRule } from './rule-set.ts';
import type { RulesPage, RulesQuery, RuleView } from './schemas.ts';

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
