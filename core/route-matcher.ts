import { addRoute, createRouter, findAllRoutes, type RouterContext } from 'rou3';
import { canonicalPath } from './canonical-path.ts';
import { methodProblem, templateProblem } from './rule.ts';

/** A path template that can't be used, with the evidence. */
export class InvalidTemplateError extends Error {
  override readonly name = 'InvalidTemplateError';
  readonly template: string;
  constructor(template: string, problem: string) {
    super(`Path template "${template}": ${problem}.`);
    this.template = template;
  }
}

export interface Route<T> {
  /** One verb, a list of verbs, or `ANY`. */
  readonly method: string | readonly string[];
  readonly path: string;
  readonly value: T;
}

/**
 * Finds the most specific of a set of routes: literal over `{name}` over `{name+}`, left to right,
 * then a named verb over `ANY`. Paths are given in canonical form. A HEAD is what the GET of its path is, unless a
 * route names HEAD: origins run the same code for both (RFC 9110 §9.3.2).
 * The first of two routes that match exactly the same requests wins.
 */
export class RouteMatcher<T> {
  /** One entry a pattern: adding routes is most of what a start costs, looking at a few more matches costs nothing. */
  readonly #router: RouterContext<Verbs<T>> = createRouter<Verbs<T>>();

  constructor(routes: Iterable<Route<T>>) {
    const patterns = new Map<string, Verbs<T>>();
    for (const { method, path, value } of routes) {
      const pattern = patternOf(path);
      const verbs = patterns.get(pattern) ?? new Map<string, T>();
      patterns.set(pattern, verbs);
      for (const verb of typeof method === 'string' ? [method] : method) {
        const problem = methodProblem(verb);
        if (problem !== null) throw new InvalidTemplateError(path, problem);
        if (!verbs.has(verb)) verbs.set(verb, value);
      }
    }
    for (const [pattern, verbs] of patterns) addRoute(this.#router, '', pattern, verbs);
  }

  find(method: string, canonical: string): T | undefined {
    const matches = findAllRoutes(this.#router, '', matchingKey(canonical), { params: false });
    for (let i = matches.length - 1; i >= 0; i -= 1) {
      const verbs = matches[i]?.data as Verbs<T>;
      const found =
        verbs.get(method) ?? (method === 'HEAD' ? verbs.get('GET') : undefined) ?? verbs.get('ANY');
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** What the routes of one pattern say, by verb or `ANY`. */
type Verbs<T> = Map<string, T>;

/** rou3 gives some characters a meaning; the canonical spelling of a path needs none of them. */
const SPECIAL = /[^a-z0-9._~%/-]/gu;

function matchingKey(canonical: string): string {
  return canonical.replace(SPECIAL, percentEncoded);
}

function percentEncoded(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? `%${code.toString(16)}` : encodeURIComponent(character).toLowerCase();
}

/** What a template matches, whatever it calls its parameters. Throws InvalidTemplateError. */
export function patternOf(template: string): string {
  const problem = templateProblem(template);
  if (problem !== null) throw new InvalidTemplateError(template, problem);
  if (template === '/') return template;
  let pattern = '';
  for (const [index, segment] of template.slice(1).split('/').entries()) {
    if (segment.endsWith('+}')) pattern += `/**:p${index}`;
    else if (segment.startsWith('{')) pattern += `/:p${index}`;
    else pattern += literalPattern(template, segment);
  }
  return pattern;
}

function literalPattern(template: string, segment: string): string {
  const canonical = canonicalPath(`/${segment}`);
  if (canonical === null) throw new InvalidTemplateError(template, `no request can ever hold "${segment}"`);
  return matchingKey(canonical);
}
