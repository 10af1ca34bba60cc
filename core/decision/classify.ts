import { BUILT_IN_RULES } from './built-in-rules.ts';
import { canonicalPath } from './canonical-path.ts';
import { RouteMatcher } from './route-matcher.ts';
import { isGreedy, type Rule } from './rule.ts';
import { isSignInRoute } from './sign-in-routes.ts';

export interface Classification {
  /** The operation type. */
  readonly operation: string;
  /** The rule that decided, null when none did. Of a route by which people sign in, the request itself. */
  readonly rule: Rule | null;
  /** The path in its one spelling, null when it is malformed. */
  readonly canonicalPath: string | null;
}

/** Decides what a request does. */
export type Classify = (method: string, path: string) => Classification;

export const READING_VERBS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Makes a classifier of sets of rules. An earlier set is consulted first; within a set the most specific rule wins.
 * The routes by which people sign in go before every greedy rule: who covers an area means what is in it, not them.
 * Throws InvalidTemplateError for a rule that can't be used.
 *
 * @example createClassifier([ownRules, BUILT_IN_RULES])('POST', '/start_caption_generation').operation
 */
export function createClassifier(sets: readonly (readonly Rule[])[]): Classify {
  const matchers = sets.map(
    (rules) => new RouteMatcher(rules.map((rule) => ({ method: rule.method, path: rule.path, value: rule }))),
  );
  return (method, path) => {
    const canonical = canonicalPath(path);
    if (canonical === null) return { operation: 'unknown', rule: null, canonicalPath: null };
    const rule = firstRule(matchers, method, canonical);
    if ((rule === null || isGreedy(rule.path)) && isSignInRoute(method, canonical)) {
      const signIn = { method, path: canonical, operation: 'authentication' };
      return { operation: signIn.operation, rule: signIn, canonicalPath: canonical };
    }
    const byVerb = READING_VERBS.includes(method) ? 'read_operations' : 'unknown';
    return { operation: rule?.operation ?? byVerb, rule, canonicalPath: canonical };
  };
}

function firstRule(matchers: readonly RouteMatcher<Rule>[], method: string, canonical: string): Rule | null {
  for (const matcher of matchers) {
    const rule = matcher.find(method, canonical);
    if (rule !== undefined) return rule;
  }
  return null;
}

let builtIn: Classify | undefined;

/** Classifies by the built-in rules alone. They are made ready when they are first needed: most starts never do. */
export const classify: Classify = (method, path) => {
  builtIn ??= createClassifier([BUILT_IN_RULES]);
  return builtIn(method, path);
};
