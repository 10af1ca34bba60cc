import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { countsOf } from '../../../../core/attempts/counts.ts';
import {
  type CallToRecord,
  EMPTY_RECORD,
  MAX_RECENT_CALLS,
  MAX_ROUTES,
  MAX_UNCLASSIFIED,
  mergedRecords,
  withCalls,
} from '../../../../core/attempts/test-record.ts';
import { countAttempts, EMPTY_SHARD, totalsOf } from '../../../../core/attempts/totals.ts';
import { BUILT_IN_RULES } from '../../../../core/decision/built-in-rules.ts';
import { classify } from '../../../../core/decision/classify.ts';
import type { Rule } from '../../../../core/decision/rule.ts';
import { OPERATION_TYPES } from '../../../../core/messages/operation-texts.ts';
import { testRunView } from '../../../../core/reports/test-run-view.ts';
import { attempt, fingerprintOf, someAttempts } from '../../../support/attempts.ts';
import { NOW } from '../../../support/examples.ts';

function call(own: Partial<CallToRecord> = {}): CallToRecord {
  return {
    method: 'POST',
    role: 'member',
    template: '/start_caption_generation',
    path: null,
    operation: 'caption_generation',
    wouldBlock: true,
    calls: 1,
    at: NOW,
    ...own,
  };
}

const numbered = (count: number, own: (number: number) => Partial<CallToRecord>) =>
  Array.from({ length: count }, (_, number) => call({ at: NOW + number, ...own(number) }));

describe('the record of a test run', () => {
  test('keeps the details of the newest calls, and counts all', () => {
    const record = withCalls(
      EMPTY_RECORD,
      numbered(MAX_RECENT_CALLS + 200, () => ({})),
    );
    expect(record.recent).toHaveLength(MAX_RECENT_CALLS);
    expect(record.recent[0]?.at).toBe(NOW + 200);
    const [route] = record.routes.values();
    expect(route?.byRole.member).toEqual({ wouldBlock: MAX_RECENT_CALLS + 200, wouldAllow: 0 });
  });

  test('has room for so many routes and paths, and says how many calls went to others', () => {
    const many = numbered(MAX_ROUTES + 7, (number) => ({
      template: `/t/${number}`,
      path: `/p/${number}`,
      calls: 2,
    }));
    const record = withCalls(withCalls(EMPTY_RECORD, many.slice(0, 100)), many.slice(100));
    expect(record.routes.size).toBe(MAX_ROUTES);
    expect(record.routesLeftOut).toBe(14);
    expect(record.unclassified.size).toBe(MAX_UNCLASSIFIED);
    expect(record.unclassifiedLeftOut).toBe(2 * (MAX_ROUTES + 7 - MAX_UNCLASSIFIED));
    expect(record.recent).toHaveLength(MAX_ROUTES);
  });

  test('of several, is what one would have recorded', () => {
    const calls = fc.array(
      fc.record({
        role: fc.constantFrom('admin' as const, 'anonymous' as const),
        template: fc.constantFrom('/a', null),
        path: fc.constantFrom('/x', null),
        wouldBlock: fc.boolean(),
        at: fc.integer({ min: NOW, max: NOW + 50 }),
      }),
    );
    fc.assert(
      fc.property(calls, fc.integer({ min: 1, max: 4 }), (given, ways) => {
        const all = given.map(call);
        const parts = Array.from({ length: ways }, (_, way) =>
          all.filter((_call, index) => index % ways === way),
        );
        expect(mergedRecords(parts.map((part) => withCalls(EMPTY_RECORD, part)))).toEqual(
          mergedRecords([withCalls(EMPTY_RECORD, all)]),
        );
      }),
    );
  });
});

describe('what a test run has shown', () => {
  const viewOf = (attempts: Parameters<typeof countAttempts>[1], rules: readonly Rule[] = BUILT_IN_RULES) => {
    const { shard } = countAttempts(EMPTY_SHARD, attempts, fingerprintOf);
    return testRunView(shard.record, totalsOf([shard]), rules);
  };
  /** One call for each rule, as the gate would classify it. */
  const everything = [...BUILT_IN_RULES, { method: 'GET', path: '/', operation: 'read_operations' }].map(
    ({ method, path }, index) => {
      const verb = typeof method === 'string' ? (method === 'ANY' ? 'POST' : method) : (method[0] ?? 'POST');
      const { operation, rule } = classify(verb, path.replace(/\{(\w+)\+?\}/g, 'x-$1'));
      return attempt({
        id: `call-${index}`,
        kind: operation === 'read_operations' ? 'would_allow' : 'would_block',
        operation,
        simulated: { method: verb, role: 'member', template: rule?.path ?? null, path: null },
      });
    },
  );

  test('passes when every type was exercised and nothing was unclassified', () => {
    const view = viewOf(everything);
    expect(view.verdict).toEqual({ result: 'pass', reasons: [] });
    expect(view.coverage.types.never).toEqual([]);
    expect(view.coverage.rules).toMatchObject({ total: BUILT_IN_RULES.length, never: [] });
  });

  test('is incomplete, and says why', () => {
    expect(viewOf([]).verdict).toMatchObject({
      result: 'incomplete',
      reasons: ['No calls were made.', expect.stringContaining('caption_generation')],
    });
    const unknown = attempt({
      id: 'u',
      kind: 'would_block',
      operation: 'unknown',
      simulated: { method: 'PUT', role: 'anonymous', template: null, path: '/odd' },
    });
    const view = viewOf([...everything, unknown]);
    expect(view.verdict).toMatchObject({
      result: 'incomplete',
      reasons: [expect.stringContaining('no rule says what they do')],
    });
    expect(view.unclassified.paths).toMatchObject([{ method: 'PUT', path: '/odd', calls: 1 }]);
  });

  test("counts the owner's types and rules in", () => {
    const own = { method: 'POST', path: '/newsletter', operation: 'newsletter' };
    const view = viewOf(everything, [own, ...BUILT_IN_RULES]);
    expect(view.coverage.types.never).toEqual(['newsletter']);
    expect(view.coverage.rules.never).toEqual([
      { method: 'POST', path: '/newsletter', operation_type: 'newsletter' },
    ]);
  });

  test('adds up, whatever was called', () => {
    fc.assert(
      fc.property(someAttempts, (attempts) => {
        const simulated = attempts.filter(({ kind }) => kind.startsWith('would_'));
        const { calls, by_type: types, routes, routes_left_out: leftOut, coverage } = viewOf(simulated);
        const sum = (of: readonly { would_block: number; would_allow: number }[]) =>
          of.reduce((total, one) => total + one.would_block + one.would_allow, 0);
        const expected = simulated.reduce((total, one) => total + one.calls, 0);
        expect(calls.total).toBe(calls.would_block + calls.would_allow);
        expect([calls.total, sum(types), sum(routes) + leftOut]).toEqual([expected, expected, expected]);
        expect(calls.would_block).toBe(
          [...countsOf(simulated).would_block.values()].reduce((total, one) => total + one.calls, 0),
        );
        expect([...coverage.types.exercised, ...coverage.types.never].sort()).toEqual(
          OPERATION_TYPES.map(({ name }) => name)
            .filter((name) => name !== 'canary' && name !== 'unknown')
            .sort(),
        );
        expect(coverage.rules.exercised + coverage.rules.never.length).toBe(coverage.rules.total);
      }),
    );
  });
});
