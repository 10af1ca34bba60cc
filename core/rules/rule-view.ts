import { check } from '../commands/parse-command.ts';
import { rulesQuery } from '../commands/schemas.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { invalidRequest } from '../http/problem.ts';
import { rfc3339 } from '../text.ts';
import type { OwnRule } from './rule-set.ts';

/** A rule of the owner's as the HTTP API shows it. */
export interface RuleView {
  readonly id: string;
  readonly method: string | readonly string[];
  readonly path: string;
  readonly operation: string;
  readonly added_at: string;
  readonly added_by: string;
}

export interface RulesPage {
  readonly items: readonly RuleView[];
  readonly next_cursor: string | null;
}

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
