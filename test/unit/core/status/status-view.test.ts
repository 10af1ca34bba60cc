import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { BLOCKABLE_OPERATIONS } from '../../../../core/decision/operations.ts';
import { EMPTY_ENTRY } from '../../../../core/purge/record.ts';
import { effective } from '../../../../core/state/clock.ts';
import { INITIAL_STATE, type Maintenance } from '../../../../core/state/state.ts';
import type { StatusView } from '../../../../core/status/schemas.ts';
import { type StatusContext, statusView } from '../../../../core/status/status-view.ts';
import { state as anyState, instant } from '../../../support/arbitraries.ts';
import {
  deepFreeze,
  emergency,
  NOW,
  normalMaintenance,
  stateWith,
  testRun,
} from '../../../support/examples.ts';

const PUBLIC: StatusContext = {
  now: NOW + 60_000,
  forAdmin: false,
  source: 'event_log',
  purging: EMPTY_ENTRY,
  activeJobs: 3,
};
const END = NOW + 1_800_000;

const INACTIVE: StatusView = {
  is_active: false,
  mode: 'normal',
  name: null,
  reason: null,
  public_reason: null,
  estimated_duration: null,
  started_at: null,
  estimated_completion: null,
  auto_end: false,
  blocked_operations: [],
  simulated_operations: [],
  active_jobs_count: 3,
  message: 'No maintenance is active',
  enabled_by: null,
  invalidated_sessions: 0,
  session_purge: null,
  job_drain: null,
  test_mode: false,
  next_window: null,
  version: 7,
  state_source: 'event_log',
  as_of: '2026-01-15T10:01:00Z',
};

test('callers who are no admins read the public reason, where there is one', () => {
  const state = stateWith(normalMaintenance({ reason: 'Break-in', publicReason: 'We improve things' }), 7);
  const ofCaller = statusView(state, PUBLIC);
  const ofAdmin = statusView(state, { ...PUBLIC, forAdmin: true });
  expect([ofCaller.reason, ofCaller.public_reason]).toEqual(['We improve things', 'We improve things']);
  expect([ofAdmin.reason, ofAdmin.public_reason]).toEqual(['Break-in', 'We improve things']);
});

const NORMAL: StatusView = {
  ...INACTIVE,
  is_active: true,
  reason: 'Database upgrade',
  started_at: '2026-01-15T10:00:00Z',
  blocked_operations: BLOCKABLE_OPERATIONS,
  message: 'Maintenance is in progress. Some operations are blocked.',
};

const TEST: StatusView = {
  ...NORMAL,
  mode: 'test',
  reason: 'Rehearsal',
  blocked_operations: [],
  simulated_operations: BLOCKABLE_OPERATIONS,
  test_mode: true,
  message: 'A maintenance rehearsal is in progress. Nothing is blocked.',
};

describe('the status', () => {
  test.each([
    { when: 'inactive', maintenance: null, expected: INACTIVE },
    { when: 'normal, no end known', maintenance: normalMaintenance(), expected: NORMAL },
    {
      when: 'normal with an end',
      maintenance: normalMaintenance({ endsAt: END }),
      expected: {
        ...NORMAL,
        estimated_duration: 1800,
        estimated_completion: '2026-01-15T10:30:00Z',
        message: `${NORMAL.message} Expected end: 2026-01-15T10:30:00Z.`,
      },
    },
    {
      when: 'normal with a list',
      maintenance: normalMaintenance({ blockedOperations: ['job_creation'] }),
      expected: { ...NORMAL, blocked_operations: ['job_creation'] },
    },
    {
      when: 'normal, overdue',
      maintenance: normalMaintenance({ endsAt: NOW + 59_000 }),
      expected: {
        ...NORMAL,
        estimated_duration: 59,
        estimated_completion: '2026-01-15T10:00:59Z',
        message: `${NORMAL.message} It is taking longer than planned.`,
      },
    },
    {
      when: 'normal, ended by the clock',
      maintenance: normalMaintenance({ endsAt: NOW + 60_000, autoEnd: true }),
      expected: INACTIVE,
    },
    { when: 'test run', maintenance: testRun(), expected: TEST },
    {
      when: 'emergency',
      maintenance: emergency({
        suspended: { reason: 'x', endsAt: END, autoEnd: true, blockedOperations: ['unknown'] },
      }),
      expected: {
        ...NORMAL,
        mode: 'emergency',
        reason: 'Data at risk',
        blocked_operations: [...BLOCKABLE_OPERATIONS, 'read_operations'],
        message:
          'Emergency maintenance is in progress. The service is closed to everybody but administrators.',
      },
    },
  ] as { when: string; maintenance: Maintenance | null; expected: StatusView }[])(
    '$when',
    ({ maintenance, expected }) => {
      expect(statusView(deepFreeze(stateWith(maintenance)), PUBLIC)).toEqual(expected);
    },
  );

  test('before the first event', () => {
    expect(statusView(INITIAL_STATE, PUBLIC)).toEqual({ ...INACTIVE, version: 0 });
  });

  test.each([
    ['nobody', null, null],
    ['who enabled it', normalMaintenance({ startedBy: 'carol' }), 'carol'],
    ['who started the rehearsal', testRun({ startedBy: 'carol' }), 'carol'],
    ['who declared the emergency', emergency({ startedBy: 'carol', declaredBy: 'dave' }), 'dave'],
  ])('tells admins only %s', (_who, maintenance, expected) => {
    const state = stateWith(maintenance);
    expect(statusView(state, { ...PUBLIC, forAdmin: true }).enabled_by).toBe(expected);
    expect(statusView(state, PUBLIC).enabled_by).toBeNull();
  });

  test('says where it was read', () => {
    expect(statusView(INITIAL_STATE, { ...PUBLIC, source: 'last_known' }).state_source).toBe('last_known');
  });

  test('is the same whether or not the clock has been written, and can be sent as JSON', () => {
    fc.assert(
      fc.property(anyState, instant, (state, now) => {
        const view = statusView(state, { ...PUBLIC, now });
        expect(view).toEqual(statusView(effective(state, now), { ...PUBLIC, now }));
        expect(JSON.parse(JSON.stringify(view))).toEqual(view);
        expect(view.blocked_operations.length === 0 || view.is_active).toBe(true);
      }),
    );
  });
});
