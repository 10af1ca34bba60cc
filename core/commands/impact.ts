import { blockedOperations, isForbidden } from '../decision/decide.ts';
import { BLOCKABLE_OPERATIONS } from '../decision/operations.ts';
import { OPERATION_TYPES } from '../messages/operation-texts.ts';
import type { NormalMaintenance, TestRun } from '../state/state.ts';
import type { Impact, ImpactFactor } from './schemas.ts';

const MEDIUM_FROM = 35;
const HIGH_FROM = 65;

const MAX_POINTS = { blocked_operations: 45, length: 25, sessions_ended: 20, reads_closed: 10 } as const;

/** Points by length: up to so many seconds. Beyond the last, and where no end is known, all of them. */
const LENGTHS: readonly (readonly [seconds: number, points: number])[] = [
  [15 * 60, 5],
  [3600, 10],
  [4 * 3600, 15],
  [24 * 3600, 20],
];

/**
 * The impact of a maintenance that is to be enabled. The same plan has the same score always:
 * 45 points by the share of blockable operation types that it blocks, 25 by its length, 20 if it ends members'
 * sessions, 10 if reading is closed too. A test run blocks nothing and scores 0.
 *
 * @param endsSessions whether members' sessions end with its start
 * @param ownTypes the owner's operation types, which can be blocked too
 */
export function impactOf(
  maintenance: NormalMaintenance | TestRun,
  endsSessions: boolean,
  ownTypes: readonly string[] = [],
): Impact {
  const isTest = maintenance.mode === 'test';
  const names = blockedOperations(maintenance, ownTypes);
  const duration =
    maintenance.endsAt === null ? null : Math.round((maintenance.endsAt - maintenance.startedAt) / 1000);
  const factors = isTest
    ? [factor('test_run', 0, 0, 'A test run blocks nothing and ends no sessions.')]
    : [
        shareFactor(names.length, BLOCKABLE_OPERATIONS.length + ownTypes.length),
        lengthFactor(duration),
        sessionsFactor(endsSessions),
        factor(
          'reads_closed',
          0,
          MAX_POINTS.reads_closed,
          'Reading stays open; only an emergency closes it.',
        ),
      ];
  const score = factors.reduce((sum, { points }) => sum + points, 0);
  return {
    score,
    level: levelOf(score),
    blocked_operations: isTest ? [] : names,
    simulated_operations: isTest ? names : [],
    open_operations: [...OPERATION_TYPES.map(({ name }) => name), ...ownTypes].filter(
      (name) => name !== 'canary' && (isTest || !isForbidden(maintenance, name)),
    ),
    ends_sessions: endsSessions,
    duration,
    factors,
  };
}

export function levelOf(score: number): Impact['level'] {
  if (score < MEDIUM_FROM) return 'low';
  return score < HIGH_FROM ? 'medium' : 'high';
}

function factor(
  name: ImpactFactor['factor'],
  points: number,
  most: number,
  explanation: string,
): ImpactFactor {
  return { factor: name, points, most, explanation };
}

function shareFactor(blocked: number, all: number): ImpactFactor {
  const points = Math.round((MAX_POINTS.blocked_operations * blocked) / all);
  const explanation = `${blocked} of ${all} kinds of writes are blocked.`;
  return factor('blocked_operations', points, MAX_POINTS.blocked_operations, explanation);
}

function lengthFactor(duration: number | null): ImpactFactor {
  if (duration === null) {
    return factor(
      'length',
      MAX_POINTS.length,
      MAX_POINTS.length,
      'No end is known: it counts like the longest.',
    );
  }
  const points = LENGTHS.find(([seconds]) => duration <= seconds)?.[1] ?? MAX_POINTS.length;
  return factor('length', points, MAX_POINTS.length, `It is planned to take ${duration} seconds.`);
}

function sessionsFactor(endsSessions: boolean): ImpactFactor {
  return endsSessions
    ? factor(
        'sessions_ended',
        MAX_POINTS.sessions_ended,
        MAX_POINTS.sessions_ended,
        "Every member's session ends.",
      )
    : factor('sessions_ended', 0, MAX_POINTS.sessions_ended, 'Sessions are left alone.');
}
