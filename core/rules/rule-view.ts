import { check } from '../http/check.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { invalidRequest } from '../http/problem.ts';
import { rfc3339 } from '../text.ts';
import type { OwnRule } from './rule-set.ts';
import type { RulesPage, RuleView } from './schemas.ts';
import { rulesQuery } from './schemas.ts';

export function ruleView({ id, method, path, operation, addedAt, addedBy }: OwnRule): RuleView {
  return { id, method, path, operation, added_at: rfc3339(addedAt), added_by: addedBy };
}

/** The owner's rules, newest first, a page at a time. Throws HttpProblem. */
export function rulesPage(query: Readonly<Record<string, unknown>>, rules: readonly OwnRule[]): RulesPage {
  const parsed = check(rulesQuery, query, 'query');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const limit = Number(parsed.value.limit);
  const { cursor } = parsed.value;
  // A cursor counts the rules that are left: adding one meanwhile shifts nothing.
  const left = cursor === undefined ? rules.length : decodeCursor(cursor);
  if (left === null)
    throw invalidRequest([{ field: 'cursor', message: 'must be a next_cursor of an earlier answer' }]);
  const older = rules.slice(0, left).toReversed();
  const rest = older.length - limit;
  return { items: older.slice(0, limit).map(ruleView), next_cursor: rest > 0 ? encodeCursor(rest) : null };
}
