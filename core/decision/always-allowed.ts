import { RouteMatcher } from './route-matcher.ts';
import { methodProblem, templateProblem } from './rule.ts';

/** Verb, where one is named, and path template of an entry. */
const ENTRY = /^(?:(\S+) +)?(\S+)$/;

/**
 * The routes that no maintenance closes, each with the entry that names it. An entry is a path template, for GET and HEAD, or a verb and a path template.
 *
 * @example alwaysAllowedRoutes(['/static/{proxy+}', 'POST /webhooks/{path+}'])
 */
export function alwaysAllowedRoutes(entries: readonly string[]): RouteMatcher<string> {
  return new RouteMatcher(
    entries.map((entry) => {
      const [, method = 'GET', path = entry] = ENTRY.exec(entry) ?? [];
      return { method, path, value: entry };
    }),
  );
}

/** Why an entry can't be used, or null when it can. */
export function alwaysAllowedProblem(entry: string): string | null {
  const parts = ENTRY.exec(entry);
  if (parts === null) return 'an entry is a path template, or a verb, a space and a path template';
  const [, method, path = ''] = parts;
  return (method === undefined ? null : methodProblem(method)) ?? templateProblem(path);
}
