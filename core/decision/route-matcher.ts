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
  readonly #root: Node<T> = newNode();

  constructor(routes: Iterable<Route<T>>) {
    for (const { method, path, value } of routes) {
      const verbs = this.#verbsOf(path);
      for (const verb of typeof method === 'string' ? [method] : method) {
        const problem = methodProblem(verb);
        if (problem !== null) throw new InvalidTemplateError(path, problem);
        if (!verbs.has(verb)) verbs.set(verb, value);
      }
    }
  }

  find(method: string, canonical: string): T | undefined {
    return findBelow(this.#root, segmentsOf(matchingKey(canonical)), 0, method);
  }

  /** What is said about a template; its place is made where there is none. */
  #verbsOf(template: string): Verbs<T> {
    let node = this.#root;
    for (const segment of segmentsOf(patternOf(template))) {
      if (segment === REST) {
        node.rest ??= new Map();
        return node.rest;
      }
      node = segment === ANY_ONE ? anyChild(node) : literalChild(node, segment);
    }
    node.verbs ??= new Map();
    return node.verbs;
  }
}

/** The routes that share their first segments. */
interface Node<T> {
  /** The routes that end here. */
  verbs: Verbs<T> | undefined;
  /** By the literal that follows. */
  readonly literals: Map<string, Node<T>>;
  /** Where `{name}` follows. */
  any: Node<T> | undefined;
  /** The routes whose `{name+}` follows. */
  rest: Verbs<T> | undefined;
}

/** What the routes of one template say, by verb or `ANY`. */
type Verbs<T> = Map<string, T>;

function newNode<T>(): Node<T> {
  return { verbs: undefined, literals: new Map(), any: undefined, rest: undefined };
}

function anyChild<T>(node: Node<T>): Node<T> {
  node.any ??= newNode();
  return node.any;
}

function literalChild<T>(node: Node<T>, literal: string): Node<T> {
  const known = node.literals.get(literal);
  if (known !== undefined) return known;
  const child = newNode<T>();
  node.literals.set(literal, child);
  return child;
}

/** The most specific first; a dead end is left again. No node is looked at twice, whatever the path. */
function findBelow<T>(
  node: Node<T>,
  segments: readonly string[],
  index: number,
  method: string,
): T | undefined {
  const segment = segments[index];
  if (segment === undefined) return valueFor(node.verbs, method);
  const literal = node.literals.get(segment);
  let found = literal && findBelow(literal, segments, index + 1, method);
  if (found === undefined && node.any !== undefined) found = findBelow(node.any, segments, index + 1, method);
  return found ?? valueFor(node.rest, method);
}

function valueFor<T>(verbs: Verbs<T> | undefined, method: string): T | undefined {
  if (verbs === undefined) return undefined;
  return verbs.get(method) ?? (method === 'HEAD' ? verbs.get('GET') : undefined) ?? verbs.get('ANY');
}

function segmentsOf(path: string): string[] {
  return path === '/' ? [] : path.slice(1).split('/');
}

/** One spelling for raw and encoded characters, in templates and in paths. */
const SPECIAL = /[^a-z0-9._~%/-]/gu;

function matchingKey(canonical: string): string {
  return canonical.replace(SPECIAL, percentEncoded);
}

function percentEncoded(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? `%${code.toString(16)}` : encodeURIComponent(character).toLowerCase();
}

const ANY_ONE = '{}';
const REST = '{+}';

/** Whether a rule can be used: one from before may hold what no path can hold any more. */
export function isUsable({ path }: { readonly path: string }): boolean {
  try {
    return patternOf(path) !== '';
  } catch (error) {
    if (error instanceof InvalidTemplateError) return false;
    throw error;
  }
}

/** What a template matches, whatever it calls its parameters. Throws InvalidTemplateError. */
export function patternOf(template: string): string {
  const problem = templateProblem(template);
  if (problem !== null) throw new InvalidTemplateError(template, problem);
  if (template === '/') return template;
  let pattern = '';
  for (const segment of segmentsOf(template)) {
    if (segment.endsWith('+}')) pattern += `/${REST}`;
    else if (segment.startsWith('{')) pattern += `/${ANY_ONE}`;
    else pattern += literalPattern(template, segment);
  }
  return pattern;
}

function literalPattern(template: string, segment: string): string {
  const canonical = canonicalPath(`/${segment}`);
  if (canonical === null) throw new InvalidTemplateError(template, `no request can ever hold "${segment}"`);
  return matchingKey(canonical);
}
