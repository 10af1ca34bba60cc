import fc from 'fast-check';
import {
  type Command,
  MAX_DURATION_S,
  MAX_REASON_LENGTH,
  MIN_DURATION_S,
} from '../../core/commands/command.ts';
import { BLOCKABLE_OPERATIONS } from '../../core/decision/operations.ts';
import type { Rule } from '../../core/decision/rule.ts';
import type { SessionFacts } from '../../core/identity/session.ts';
import { OPERATION_TYPES } from '../../core/messages/operation-texts.ts';
import { ROLES } from '../../core/state/principal.ts';
import type { ComingWindow, Maintenance, Mode, Plan, PurgeOrder, State } from '../../core/state/state.ts';
import { NOW } from './examples.ts';

/** Characters that some place or other gives a meaning, each one code point. */
export const AWKWARD_CHARACTERS = [
  ...'$"\\\n\t<>&\'`{}%/#\u007e',
  'é',
  '漢',
  '\u2028',
  '\u2029',
  '\u202e',
  '😀',
  '\u{10ffff}',
] as const;

export const role = fc.constantFrom(...ROLES);
const mode = fc.constantFrom<Mode>('normal', 'emergency', 'test');
export const operation = fc.oneof(
  fc.constantFrom(...OPERATION_TYPES.map(({ name }) => name)),
  fc.constantFrom('newsletter', 'constructor', '__proto__'),
);

/** Within two weeks of the examples' instant, either side. */
export const instant = fc.integer({
  min: NOW - 2 * MAX_DURATION_S * 1000,
  max: NOW + 2 * MAX_DURATION_S * 1000,
});

const character = fc.oneof(
  fc.constantFrom(...AWKWARD_CHARACTERS),
  fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 1 }),
);

/** Any legal reason: 1 to 500 code points, no control characters but newline and tab. */
export const reason = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: character, minLength: 1, maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ unit: character, minLength: 400, maxLength: MAX_REASON_LENGTH }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...AWKWARD_CHARACTERS).map((awkward) => awkward.repeat(MAX_REASON_LENGTH)),
  },
);

const blockedOperations = fc.option(fc.subarray([...BLOCKABLE_OPERATIONS], { minLength: 1 }));
const seconds = fc.oneof(
  fc.integer({ min: MIN_DURATION_S, max: MAX_DURATION_S }),
  fc.constantFrom(MIN_DURATION_S, MAX_DURATION_S),
);

const plan: fc.Arbitrary<Plan> = fc
  .record({ reason, endsAt: fc.option(instant), autoEnd: fc.boolean(), blockedOperations })
  .map((made) => ({ ...made, autoEnd: made.autoEnd && made.endsAt !== null }));

/** Begun before any of the instants, and so before any end. */
const begun = fc.record({
  id: fc.uuid(),
  startedAt: fc.integer({
    min: NOW - 3 * MAX_DURATION_S * 1000,
    max: NOW - (2 * MAX_DURATION_S + MIN_DURATION_S) * 1000,
  }),
  startedBy: fc.string({ minLength: 1, maxLength: 64 }),
  notifyUsers: fc.boolean(),
});

export const maintenance: fc.Arbitrary<Maintenance> = fc
  .record({
    mode,
    begun,
    plan,
    suspended: fc.option(plan),
    declaredAt: instant,
    declaredBy: fc.string({ minLength: 1, maxLength: 64 }),
    terminateJobs: fc.boolean(),
    gracePeriod: fc.integer({ min: 0, max: 900 }),
  })
  .map((made): Maintenance => {
    if (made.mode === 'normal') return { mode: 'normal', ...made.begun, ...made.plan };
    if (made.mode === 'test') return { mode: 'test', ...made.begun, ...made.plan, blockedOperations: null };
    const { suspended, declaredAt, declaredBy, terminateJobs, gracePeriod } = made;
    const declared = { declaredAt, declaredBy, terminateJobs, gracePeriod };
    return { mode: 'emergency', ...made.begun, ...declared, reason: made.plan.reason, suspended };
  });

const plainState: fc.Arbitrary<State> = fc.record({
  version: fc.nat(),
  maintenance: fc.option(maintenance),
  rules: fc.option(
    fc.record({
      name: fc.stringMatching(/^[0-9a-f]{64}$/),
      operations: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,40}$/), { maxLength: 5 }),
    }),
  ),
  sessionsInvalidBefore: fc.option(instant),
});

/** With revocations and an order that stands, or without. */
export const state: fc.Arbitrary<State> = fc
  .tuple(
    plainState,
    fc.record(
      {
        revoked: fc.uniqueArray(fc.record({ id: fc.constantFrom('alice', 'bob', 'mia'), before: instant }), {
          minLength: 1,
          selector: ({ id }) => id,
        }),
        purge: fc.constant(null).chain(() => purgeOrder),
        refresh: fc.nat(),
        debugUntil: instant,
      },
      { requiredKeys: [] },
    ),
  )
  .map(([plain, optional]) => ({ ...plain, ...optional }));

const comingWindow: fc.Arbitrary<ComingWindow> = fc.record({
  id: fc.uuid(),
  mode: fc.constantFrom<'normal' | 'test'>('normal', 'test'),
  scheduledBy: fc.string({ minLength: 1, maxLength: 64 }),
  reason: fc.string({ minLength: 1, maxLength: 40 }),
  autoEnd: fc.boolean(),
  blockedOperations,
  length: fc.integer({ min: MIN_DURATION_S * 1000, max: MAX_DURATION_S * 1000 }),
  starts: fc.uniqueArray(instant, { minLength: 1, maxLength: 3 }),
});

/** Of what a state may hold nothing is missing: the compiler asks for what is new. */
export const fullState: fc.Arbitrary<Required<State>> = fc.record({
  version: fc.nat(),
  maintenance: fc
    .tuple(maintenance, instant)
    .map(([made, drainDeadline]) => (made.mode === 'test' ? made : { ...made, drainDeadline })),
  rules: fc.record({ name: fc.stringMatching(/^[0-9a-f]{64}$/), operations: fc.constant(['newsletter']) }),
  sessionsInvalidBefore: instant,
  revoked: fc.array(fc.record({ id: fc.string(), before: instant }), { minLength: 1, maxLength: 3 }),
  purge: fc.constant(null).chain(() => purgeOrder),
  windows: fc.record({
    name: fc.stringMatching(/^[0-9a-f]{64}$/),
    windows: fc.array(comingWindow, { minLength: 1, maxLength: 3 }),
    hasMore: fc.boolean(),
    operations: fc.constant(['newsletter']),
  }),
  refresh: fc.nat(),
  debugUntil: instant,
});

const end = fc.oneof(
  fc.constant({}),
  seconds.map((duration) => ({ duration })),
  instant.map((endsAt) => ({ endsAt })),
);

const enable: fc.Arbitrary<Command> = fc
  .record({
    mode: fc.constantFrom<'normal' | 'test'>('normal', 'test'),
    reason,
    autoEnd: fc.boolean(),
    blockedOperations,
    invalidateSessions: fc.boolean(),
    notifyUsers: fc.boolean(),
    end,
  })
  .map(({ end: planned, ...rest }) => ({ type: 'enable', ...rest, ...planned }));

const update: fc.Arbitrary<Command> = fc
  .record(
    {
      reason,
      autoEnd: fc.boolean(),
      blockedOperations,
      end: fc.oneof(end, fc.constant({ endsAt: null })),
    },
    { requiredKeys: [] },
  )
  .map(({ end: planned, ...rest }) => ({ type: 'update', ...rest, ...planned }));

const declareEmergency: fc.Arbitrary<Command> = fc.record({
  type: fc.constant('emergency' as const),
  reason,
  terminateJobs: fc.boolean(),
  gracePeriod: fc.integer({ min: 0, max: 900 }),
});

const purgeSessions: fc.Arbitrary<Command> = fc
  .boolean()
  .map((all): Command => ({ type: 'purge_sessions', all }));

/** Few enough to be met again, long enough to fill the state. */
const principalId = fc.oneof(
  fc.constantFrom('alice', 'bob', 'mia', 'walt', '__proto__'),
  fc.string({ minLength: 1, maxLength: 40 }).filter((id) => !/\p{Cc}/u.test(id) && id.isWellFormed()),
  fc.constantFrom(...AWKWARD_CHARACTERS.filter((one) => !/\p{Cc}/u.test(one))).map((one) => one.repeat(128)),
);

const revoke: fc.Arbitrary<Command> = principalId.map(
  (principal): Command => ({ type: 'revoke', principal }),
);

const logLevel: fc.Arbitrary<Command> = fc.record({
  type: fc.constant('log_level' as const),
  level: fc.constantFrom('debug', 'info'),
  minutes: fc.integer({ min: 1, max: 60 }),
});

const reset: fc.Arbitrary<Command> = fc.record({
  type: fc.constant('reset' as const),
  windows: fc.boolean(),
  rules: fc.boolean(),
});

/** Any command that the API could accept by its form. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  enable,
  update,
  declareEmergency,
  purgeSessions,
  revoke,
  logLevel,
  reset,
  fc.constantFrom<Command>({ type: 'deescalate' }, { type: 'disable' }, { type: 'refresh' }),
);

export const purgeOrder: fc.Arbitrary<PurgeOrder> = fc
  .record({
    number: fc.integer({ min: 1, max: 10_000 }),
    at: instant,
    maintenanceId: fc.option(fc.constantFrom('m-1', 'm-2')),
    scope: fc.constantFrom('members', 'everybody', 'named'),
    users: fc.uniqueArray(fc.constantFrom('alice', 'bob', 'mia', 'walt'), { maxLength: 3 }),
    spared: fc.option(fc.constantFrom('alice', 'bob')),
  })
  .map(({ number, spared, ...order }) => ({
    ...order,
    id: `purge-${number}`,
    spared: order.scope === 'everybody' ? spared : null,
  }));

export const sessionFacts: fc.Arbitrary<SessionFacts> = fc.record({
  readable: fc.boolean(),
  role: fc.constantFrom('admin', 'worker', 'member'),
  roleName: fc.option(fc.constantFrom('admin', 'worker', 'reviewer')),
  rolePointer: fc.option(fc.constant('/role')),
  user: fc.option(fc.constantFrom('alice', 'bob', 'mia', 'walt')),
  createdAt: fc.option(instant),
});

/** A command, and how long after the one before it comes (ms). */
export const commandSequence = fc.array(
  fc.record({ command, pause: fc.oneof(fc.nat(2000), fc.nat(MAX_DURATION_S * 1500)) }),
  { maxLength: 12 },
);

/** Few names, so that generated rules and paths meet often; some of them are names that objects have. */
const NAMES = ['a', 'b', 'A', 'a.b', 'é', '%7Eb', '~b', 'a b', '(a)', '*', '**', ':p0'] as const;
const OBJECT_NAMES = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'] as const;

const name = fc.constantFrom(...NAMES, ...OBJECT_NAMES);
const literal = name.map((text) => text.replaceAll(' ', '%20'));

/** A path of up to four segments out of the names that rules are made of. */
export const rulePath = fc.array(name, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);

export const verb = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');

/** A rule that can be used. */
export const rule: fc.Arbitrary<Rule> = fc
  .record({
    segments: fc.array(fc.oneof({ weight: 2, arbitrary: literal }, fc.constantFrom('{x}', '{y}')), {
      maxLength: 4,
    }),
    greedy: fc.boolean(),
    method: fc.oneof(verb, fc.constant('ANY'), fc.uniqueArray(verb, { minLength: 1, maxLength: 3 })),
    operation: fc.constantFrom(...BLOCKABLE_OPERATIONS, 'read_operations'),
  })
  .map(({ segments, greedy, ...rest }) => ({
    ...rest,
    path: `/${(greedy ? [...segments, '{rest+}'] : segments).join('/')}`,
  }));

const UNRESERVED = /[A-Za-z0-9._~-]/;

function percentEncoded(letter: string, upperCase: boolean): string {
  const hex = letter.charCodeAt(0).toString(16).padStart(2, '0');
  return `%${upperCase ? hex.toUpperCase() : hex}`;
}

/** How one character or escape of a path may be spelt without the path becoming another one. */
function spellings(letter: string): fc.Arbitrary<string> {
  if (letter === '/') return fc.constantFrom('/', '/', '/', '//', '///');
  if (letter.startsWith('%')) return fc.constantFrom(letter, letter.toLowerCase());
  if (!UNRESERVED.test(letter)) return fc.constant(letter);
  const upper = letter.toUpperCase();
  const lower = letter.toLowerCase();
  return fc.constantFrom(
    letter,
    upper,
    lower,
    percentEncoded(upper, true),
    percentEncoded(lower, true),
    percentEncoded(lower, false),
  );
}

/**
 * Another spelling of a path that means the same to every origin: case, repeated slashes, encoded unreserved
 * characters, trailing slashes, a query.
 */
export function respelling(path: string): fc.Arbitrary<string> {
  const letters = fc
    .tuple(...(path.match(/%[0-9a-f]{2}|./gisu) ?? []).map(spellings))
    .map((parts) => parts.join(''));
  const tail = fc.constantFrom('', '/', '//', '?', '/?a=1', '?next=/../static/', '?/health');
  return fc.tuple(letters, tail).map((parts) => parts.join(''));
}

const DETOURS = [
  '/./',
  '/%2e/',
  '/x/../',
  '/x/%2e%2e/',
  '/x/.%2E/',
  '/%2f',
  '/%5c',
  '\\',
  '/x%2f..%2f',
  '/static/..%5c../',
  '/%00/',
  '/%252e%252e/',
  '/x#/../',
  '#/',
  '/%c0%ae%c0%ae/',
  '/\ud800/',
] as const;

/**
 * A spelling that some origin may take for the path and another may not: one slash or more are replaced by dot
 * segments, encoded slashes, backslashes and the like, on top of a harmless respelling.
 */
export function hostileSpelling(path: string): fc.Arbitrary<string> {
  return respelling(path).chain((spelt) => {
    const slashes = [...spelt.split('?', 1).join('').matchAll(/\//g)].map(({ index }) => index);
    return fc
      .tuple(fc.constantFrom(...slashes), fc.constantFrom(...DETOURS))
      .map(([index, detour]) => spelt.slice(0, index) + detour + spelt.slice(index + 1));
  });
}
