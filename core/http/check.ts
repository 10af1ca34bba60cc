import * as z from 'zod';
import type { FieldProblem } from '../commands/outcome.ts';
import { truncate } from '../text.ts';
import { nearestName } from './nearest-name.ts';
import { invalidRequest } from './problem.ts';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** A body may hold any number of mistakes; this many are told. */
const MAX_PROBLEMS = 20;
const MAX_FIELD_LENGTH = 100;

/**
 * Checks a value by a schema. A problem names the field of the first level that it is about;
 * what is about the whole names `whole`.
 *
 * @example check(enableBody, { reason: '' }, 'body') // problems: [{ field: 'reason', message: 'must not be empty' }]
 */
export function check<S extends z.ZodType>(schema: S, value: unknown, whole: string): Parsed<z.output<S>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const known = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const problems = parsed.error.issues.flatMap((issue) => toProblems(issue, whole, known));
  return { ok: false, problems: firstOfEach(problems).slice(0, MAX_PROBLEMS) };
}

/** Passes a value that fits a schema, with its defaults. Throws HttpProblem with status 400, see `check`. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, whole: string): z.output<S> {
  const parsed = check(schema, value, whole);
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  return parsed.value;
}

function toProblems(issue: z.core.$ZodIssue, whole: string, known: readonly string[]): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: truncate(key, MAX_FIELD_LENGTH),
      message: strangeName(key, whole, issue.path.length === 0 ? known : []),
    }));
  }
  const [field] = issue.path;
  if (field === undefined) return [{ field: whole, message: 'must be a JSON object' }];
  return [{ field: String(field), message: issue.message }];
}

function strangeName(name: string, whole: string, known: readonly string[]): string {
  const near = nearestName(name, known);
  const message = `is not a ${whole === 'query' ? 'query parameter' : 'field'} of this call`;
  return near === null ? message : `${message}; did you mean ${near}?`;
}

/** A field that is wrong in several ways is told once. */
function firstOfEach(problems: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.field, problem])).values()].reverse();
}
