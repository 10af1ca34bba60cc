import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalPath } from '../../../../core/decision/canonical-path.ts';
import { InvalidTemplateError, RouteMatcher } from '../../../../core/decision/route-matcher.ts';
import type { Rule } from '../../../../core/decision/rule.ts';
import { rule, rulePath, verb } from '../../../support/arbitraries.ts';

/** Finds the `METHOD template` that a matcher of such routes picks for a request. */
function pick(routes: readonly string[], request: string): string | undefined {
  const matcher = new RouteMatcher(
    routes.map((route) => {
      const [method = '', path = ''] = route.split(' ');
      return { method, path, value: route };
    }),
  );
  const [method = '', path = ''] = request.split(' ');
  return matcher.find(method, path);
}

describe('the most specific route wins', () => {
  test.each([
    {
      why: 'literal over {name}',
      routes: ['GET /a/{x}', 'GET /a/b'],
      request: 'GET /a/b',
      winner: 'GET /a/b',
    },
    {
      why: '{name} over {name+}',
      routes: ['GET /a/{x+}', 'GET /a/{x}'],
      request: 'GET /a/b',
      winner: 'GET /a/{x}',
    },
    {
      why: 'literal over {name+}',
      routes: ['GET /{x+}', 'GET /a'],
      request: 'GET /a',
      winner: 'GET /a',
    },
    {
      why: 'segments are compared from the left',
      routes: ['GET /{x}/b/c', 'GET /a/{y}/{z}'],
      request: 'GET /a/b/c',
      winner: 'GET /a/{y}/{z}',
    },
    {
      why: 'a literal on the left beats more of them on the right, even before {name+}',
      routes: ['GET /{x}/b/c/d', 'GET /a/{y+}'],
      request: 'GET /a/b/c/d',
      winner: 'GET /a/{y+}',
    },
    {
      why: 'the path comes before the verb',
      routes: ['POST /a/{x}', 'ANY /a/b'],
      request: 'POST /a/b',
      winner: 'ANY /a/b',
    },
    {
      why: 'a named verb over ANY',
      routes: ['ANY /a', 'POST /a'],
      request: 'POST /a',
      winner: 'POST /a',
    },
    {
      why: 'a more specific path with another verb only does not match',
      routes: ['GET /a/b', 'POST /a/{x}'],
      request: 'POST /a/b',
      winner: 'POST /a/{x}',
    },
    {
      why: 'a dead end on the left is left again',
      routes: ['GET /a/b/x', 'GET /{p}/b/c'],
      request: 'GET /a/b/c',
      winner: 'GET /{p}/b/c',
    },
    {
      why: 'the first of two equal routes',
      routes: ['GET /a/{x}', 'GET /a/{y}'],
      request: 'GET /a/b',
      winner: 'GET /a/{x}',
    },
    {
      why: '{name+} takes several segments',
      routes: ['GET /a/{x+}'],
      request: 'GET /a/b/c/d',
      winner: 'GET /a/{x+}',
    },
    { why: '{name+} takes one at least', routes: ['GET /a/{x+}'], request: 'GET /a', winner: undefined },
    { why: '{name+} does not take the root', routes: ['GET /{x+}'], request: 'GET /', winner: undefined },
    { why: '{name} takes one only', routes: ['GET /a/{x}'], request: 'GET /a/b/c', winner: undefined },
    { why: 'the root', routes: ['GET /{x+}', 'GET /'], request: 'GET /', winner: 'GET /' },
    { why: 'HEAD follows GET', routes: ['ANY /a', 'GET /a'], request: 'HEAD /a', winner: 'GET /a' },
    {
      why: 'HEAD has its own route',
      routes: ['GET /a', 'HEAD /a'],
      request: 'HEAD /a',
      winner: 'HEAD /a',
    },
    { why: 'GET does not follow HEAD', routes: ['HEAD /a'], request: 'GET /a', winner: undefined },
    { why: 'verbs have a case', routes: ['GET /a'], request: 'get /a', winner: undefined },
    { why: 'ANY is no verb of a request', routes: ['GET /a'], request: 'ANY /a', winner: undefined },
    {
      why: 'templates are canonical too',
      routes: ['GET /API/%7Ejohn'],
      request: 'GET /api/~john',
      winner: 'GET /API/%7Ejohn',
    },
    {
      why: 'raw and encoded characters are the same',
      routes: ['GET /a|b'],
      request: 'GET /a%7cb',
      winner: 'GET /a|b',
    },
    {
      why: 'raw and encoded letters are the same',
      routes: ['GET /%C3%A9'],
      request: 'GET /é',
      winner: 'GET /%C3%A9',
    },
    {
      why: 'wildcards of other matchers mean nothing',
      routes: ['GET /**'],
      request: 'GET /a',
      winner: undefined,
    },
    { why: 'nor do their parameters', routes: ['GET /:a'], request: 'GET /b', winner: undefined },
    { why: 'nor their groups', routes: ['GET /(a)'], request: 'GET /a', winner: undefined },
    {
      why: 'members of objects match nothing',
      routes: ['GET /a'],
      request: 'GET /__proto__',
      winner: undefined,
    },
    { why: 'not as a verb either', routes: ['GET /a'], request: 'constructor /a', winner: undefined },
    { why: 'no route at all', routes: [], request: 'GET /toString', winner: undefined },
    {
      why: 'they can be names, though',
      routes: ['GET /__proto__/{constructor}'],
      request: 'GET /__proto__/toString',
      winner: 'GET /__proto__/{constructor}',
    },
  ])('$why: $request → $winner', ({ routes, request, winner }) => {
    expect(pick(routes, request)).toBe(winner);
  });
});

/** How specific a segment is: the lower the more. */
function rank(segment: string): number {
  if (segment.endsWith('+}')) return 2;
  return segment.startsWith('{') ? 1 : 0;
}

/** A segment in the one spelling that the test's own comparison uses. */
function plain(segment: string): string {
  return decodeURIComponent(segment).replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

const segmentsOf = (path: string): string[] => (path === '/' ? [] : path.slice(1).split('/'));

function matchesPath(template: string, path: string): boolean {
  const wanted = segmentsOf(template);
  const given = segmentsOf(path);
  if (rank(wanted.at(-1) ?? '') === 2 ? given.length < wanted.length : given.length !== wanted.length)
    return false;
  return wanted.every((segment, index) => rank(segment) > 0 || plain(segment) === plain(given[index] ?? ''));
}

/** 0 for the named verb, 1 for the GET that a HEAD follows, 2 for ANY, null for no match. */
function verbRank(method: Rule['method'], asked: string): number | null {
  const verbs = [method].flat();
  if (verbs.includes(asked)) return 0;
  if (asked === 'HEAD' && verbs.includes('GET')) return 1;
  return verbs.includes('ANY') ? 2 : null;
}

/** The contract's sentence, word by word: literal over {name} over {name+}, left to right; then the verb. */
function referenceMatch(rules: readonly Rule[], method: string, path: string): Rule | undefined {
  const key = (found: Rule) => [...segmentsOf(found.path).map(rank), 3, verbRank(found.method, method) ?? 0];
  return rules
    .filter((candidate) => verbRank(candidate.method, method) !== null && matchesPath(candidate.path, path))
    .sort((one, other) => compare(key(one), key(other)))[0];
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [index, value] of one.entries()) {
    const difference = value - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

test('over any rules and request the winner is the one that the plain reading of the rule names', () => {
  const requestPath = rulePath.filter((path) => canonicalPath(path) !== null);
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 12 }), verb, requestPath, (rules, method, path) => {
      const matcher = new RouteMatcher(rules.map((value) => ({ ...value, value })));
      const canonical = canonicalPath(path) as string;
      expect(matcher.find(method, canonical)).toBe(referenceMatch(rules, method, canonical));
    }),
    { numRuns: 3000 },
  );
});

describe('what cannot be used is refused, naming the template', () => {
  test.each([
    ['GET', 'login', 'Path template "login": a path template begins with "/".'],
    ['GET', '/a/', 'Path template "/a/": a path template has no empty segments and no trailing slash.'],
    ['GET', '/{a+}/b', 'Path template "/{a+}/b": "{a+}" may only stand at the end.'],
    ['GET', '/a{b}', 'Path template "/a{b}": "a{b}" is neither a literal segment nor {name} nor {name+}.'],
    ['GET', '/a/../b', 'Path template "/a/../b": no request can ever hold "..".'],
    ['GET', '/a%2fb', 'Path template "/a%2fb": no request can ever hold "a%2fb".'],
    ['GET', '/a\\b', 'Path template "/a\\b": no request can ever hold "a\\b".'],
    ['GET', '/%ff', 'Path template "/%ff": no request can ever hold "%ff".'],
    ['get', '/a', 'Path template "/a": "get" is not an HTTP verb in upper case, nor ANY.'],
    ['', '/a', 'Path template "/a": "" is not an HTTP verb in upper case, nor ANY.'],
  ])('%j %j', (method, path, message) => {
    const make = () => new RouteMatcher([{ method, path, value: true }]);
    expect(make).toThrow(InvalidTemplateError);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ template: path }));
  });

  test('one bad verb in a list is enough', () => {
    expect(() => new RouteMatcher([{ method: ['GET', 'post'], path: '/a', value: true }])).toThrow('"post"');
  });
});
