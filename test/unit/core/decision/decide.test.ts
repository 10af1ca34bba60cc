import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { classify } from '../../../../core/decision/classify.ts';
import {
  blockedOperations,
  decide,
  isForbidden,
  type Outcome,
  roleMatters,
} from '../../../../core/decision/decide.ts';
import { BLOCKABLE_OPERATIONS, WRITE_OPERATIONS } from '../../../../core/decision/operations.ts';
import { OPERATION_TYPES } from '../../../../core/messages/operation-texts.ts';
import { effective } from '../../../../core/state/clock.ts';
import { ROLES } from '../../../../core/state/principal.ts';
import type { Maintenance } from '../../../../core/state/state.ts';
import {
  maintenance as anyMaintenance,
  operation as anyOperation,
  state as anyState,
  hostileSpelling,
  instant,
  respelling,
  role,
} from '../../../support/arbitraries.ts';
import {
  deepFreeze,
  emergency,
  NOW,
  normalMaintenance,
  stateWith,
  testRun,
} from '../../../support/examples.ts';
import { ORIGIN_ROUTES, samplePath } from '../../../support/origin-routes.ts';

const MODES: Record<string, Maintenance | null> = deepFreeze({
  inactive: null,
  normal: normalMaintenance(),
  emergency: emergency(),
  test: testRun(),
});

/** What happens in each mode to everybody but admins, and what happens to admins. */
const TABLE: Record<string, { others: Record<string, Outcome>; admins: Record<string, Outcome> }> = {
  write: {
    others: { inactive: 'allow', normal: 'block', emergency: 'block', test: 'would_block' },
    admins: { inactive: 'allow', normal: 'bypass', emergency: 'bypass', test: 'observe' },
  },
  read_operations: {
    others: { inactive: 'allow', normal: 'allow', emergency: 'block', test: 'observe' },
    admins: { inactive: 'allow', normal: 'allow', emergency: 'bypass', test: 'observe' },
  },
  authentication: {
    others: { inactive: 'allow', normal: 'allow', emergency: 'allow', test: 'observe' },
    admins: { inactive: 'allow', normal: 'allow', emergency: 'allow', test: 'observe' },
  },
  admin_operations: {
    others: { inactive: 'allow', normal: 'block', emergency: 'block', test: 'observe' },
    admins: { inactive: 'allow', normal: 'bypass', emergency: 'bypass', test: 'observe' },
  },
  canary: {
    others: { inactive: 'allow', normal: 'block', emergency: 'block', test: 'observe' },
    admins: { inactive: 'allow', normal: 'bypass', emergency: 'bypass', test: 'observe' },
  },
};

const WRITES = [...WRITE_OPERATIONS, 'unknown', 'newsletter', 'constructor', '__proto__'];
const ROWS = [...WRITES, 'read_operations', 'authentication', 'admin_operations', 'canary'].flatMap(
  (operation) => Object.keys(MODES).flatMap((mode) => ROLES.map((who) => ({ operation, mode, who }))),
);

describe('the table of decisions', () => {
  test.each(ROWS)('$operation, $mode, $who', ({ operation, mode, who }) => {
    const row = TABLE[WRITES.includes(operation) ? 'write' : operation];
    const expected = row?.[who === 'admin' ? 'admins' : 'others'][mode];
    expect(decide(MODES[mode] ?? null, operation, who)).toBe(expected);
  });

  test('covers every operation type there is', () => {
    const covered = new Set(ROWS.map(({ operation }) => operation));
    expect(OPERATION_TYPES.filter(({ name }) => !covered.has(name))).toEqual([]);
  });
});

describe('a list of blocked operations', () => {
  const listed = ['caption_generation', 'newsletter'];
  const held = normalMaintenance({ blockedOperations: listed });

  test.each([
    ['caption_generation', 'block'],
    ['newsletter', 'block'],
    ['job_creation', 'allow'],
    ['another_own_type', 'allow'],
    ['unknown', 'allow'],
    ['read_operations', 'allow'],
    ['authentication', 'allow'],
    ['admin_operations', 'block'],
    ['canary', 'block'],
  ])('in normal mode: %s → %s', (operation, expected) => {
    expect(decide(held, operation, 'member')).toBe(expected);
  });

  test('is ignored in an emergency', () => {
    const suspended = { reason: 'x', endsAt: null, autoEnd: false, blockedOperations: listed };
    fc.assert(
      fc.property(anyOperation, role, (operation, who) => {
        const narrow = decide(emergency({ suspended }), operation, who);
        expect(narrow).toBe(decide(emergency(), operation, who));
      }),
    );
  });

  test.each([
    ['normal', normalMaintenance(), [...BLOCKABLE_OPERATIONS, 'newsletter']],
    [
      'normal with a list',
      normalMaintenance({ blockedOperations: ['unknown', 'newsletter'] }),
      ['unknown', 'newsletter'],
    ],
    ['emergency', emergency(), [...BLOCKABLE_OPERATIONS, 'newsletter', 'read_operations']],
    ['test', testRun(), [...BLOCKABLE_OPERATIONS, 'newsletter']],
  ] as [string, Maintenance, string[]][])('as told to people: %s', (_what, maintenance, expected) => {
    expect(blockedOperations(maintenance, ['newsletter'])).toEqual(expected);
  });
});

describe('the clock decides', () => {
  const END = NOW + 60_000;

  test.each([
    ['just before the end', END - 1, true, 'block'],
    ['at the end', END, true, 'allow'],
    ['just after the end', END + 1, true, 'allow'],
    ['just after the end, without auto_end', END + 1, false, 'block'],
  ])('%s', (_when, now, autoEnd, expected) => {
    const state = stateWith(normalMaintenance({ endsAt: END, autoEnd }));
    expect(decide(effective(state, now).maintenance, 'job_creation', 'member')).toBe(expected);
  });
});

describe('laws of deciding', () => {
  test('an admin is never blocked', () => {
    fc.assert(
      fc.property(anyState, anyOperation, instant, (state, operation, now) => {
        const { maintenance } = effective(state, now);
        expect(['allow', 'bypass', 'observe']).toContain(decide(maintenance, operation, 'admin'));
      }),
      { numRuns: 1000 },
    );
  });

  test('where the role does not matter, everybody is answered the same', () => {
    fc.assert(
      fc.property(anyState, anyOperation, instant, (state, operation, now) => {
        const { maintenance } = effective(state, now);
        if (roleMatters(maintenance, operation)) return;
        expect(new Set(ROLES.map((who) => decide(maintenance, operation, who)))).toEqual(new Set(['allow']));
      }),
      { numRuns: 1000 },
    );
  });

  test('all but admins are treated alike', () => {
    fc.assert(
      fc.property(anyState, anyOperation, instant, (state, operation, now) => {
        const { maintenance } = effective(state, now);
        const others = ROLES.filter((who) => who !== 'admin');
        expect(new Set(others.map((who) => decide(maintenance, operation, who))).size).toBe(1);
      }),
    );
  });

  test('nobody is refused in a test run, and nobody is watched outside of one', () => {
    fc.assert(
      fc.property(anyMaintenance, anyOperation, role, (maintenance, operation, who) => {
        const outcome = decide(maintenance, operation, who);
        const possible =
          maintenance.mode === 'test' ? ['would_block', 'observe'] : ['allow', 'bypass', 'block'];
        expect(possible).toContain(outcome);
      }),
    );
  });

  test('an emergency forbids all that normal maintenance forbids', () => {
    fc.assert(
      fc.property(anyOperation, (operation) => {
        if (isForbidden(normalMaintenance(), operation)) {
          expect(isForbidden(emergency(), operation)).toBe(true);
        }
      }),
    );
  });
});

describe('no spelling of a blocked path is allowed', () => {
  const blocked = ORIGIN_ROUTES.map(({ method, path }) => ({ method, path: samplePath(path) })).filter(
    ({ method, path }) => !['read_operations', 'authentication'].includes(classify(method, path).operation),
  );
  const route = fc.constantFrom(...blocked);
  const others = fc.constantFrom(...ROLES.filter((who) => who !== 'admin'));
  const held = fc.constantFrom(normalMaintenance(), emergency());

  test.each([
    ['other spellings', respelling],
    ['detours', hostileSpelling],
  ])('%s', (_what, spell) => {
    const call = route.chain((made) => fc.record({ made: fc.constant(made), spelt: spell(made.path) }));
    fc.assert(
      fc.property(call, others, held, ({ made, spelt }, who, maintenance) => {
        const { operation } = classify(made.method, spelt);
        expect(decide(maintenance, operation, who)).toBe('block');
      }),
      { numRuns: 2000 },
    );
  });

  test('and no other verb of a write route opens it, but reading', () => {
    const write = route.filter(({ method }) => method !== 'GET');
    const verbs = fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE', 'TRACE', 'post', 'PROPFIND', '');
    const isOpen = ({ path }: { path: string }) => classify('POST', path).operation === 'authentication';
    fc.assert(
      fc.property(write, verbs, others, held, (made, method, who, maintenance) => {
        fc.pre(!isOpen(made));
        const { operation } = classify(method, made.path);
        expect(decide(maintenance, operation, who)).toBe('block');
      }),
    );
  });
});
