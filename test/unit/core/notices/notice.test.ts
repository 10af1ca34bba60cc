import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MaintenanceEvent } from '../../../../core/events/event.ts';
import type { EventType } from '../../../../core/events/event-types.ts';
import { isSilent, NOTICED_EVENTS, noticeOf } from '../../../../core/notices/notice.ts';
import type { NormalMaintenance, State } from '../../../../core/state/state.ts';

const AT = Date.UTC(2026, 0, 15, 10);
const maintenance: NormalMaintenance = {
  mode: 'normal',
  id: 'm-1',
  startedAt: AT,
  startedBy: 'alice',
  notifyUsers: true,
  reason: 'Upgrade',
  endsAt: AT + 1_800_000,
  autoEnd: true,
  blockedOperations: null,
};

function event(type: EventType, own: { reason?: string | null; actor?: string; details?: object } = {}) {
  const state: State = { version: 42, maintenance, rules: null, sessionsInvalidBefore: null };
  const noticed: object = {
    type,
    at: AT,
    id: 'e-42',
    number: 42,
    actor: { id: own.actor ?? 'alice', role: 'admin' as const, via: 'api' as const },
    reason: own.reason === undefined ? 'Upgrade' : own.reason,
    maintenanceId: 'm-1',
    details: {
      window: {
        id: 'w',
        mode: 'normal',
        starts_at: '2026-01-15T10:00:00Z',
        ends_at: '2026-01-15T11:00:00Z',
        rrule: null,
      },
      duration: 60,
      failed: [],
      ...own.details,
    },
    state,
  };
  return noticed as MaintenanceEvent;
}

describe('a notice', () => {
  test('has a subject that SNS takes and the reason intact, whatever people have written', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NOTICED_EVENTS),
        fc.string({ unit: 'binary', minLength: 1, maxLength: 500 }),
        fc.string({ unit: 'binary' }),
        (type, reason, actor) => {
          const notice = noticeOf(event(type, { reason, actor }));
          expect(notice?.subject).toMatch(/^[\x21-\x7e][\x20-\x7e]{0,98}$/);
          expect(notice?.body.endsWith(`\n\nReason:\n${reason}\n`)).toBe(true);
        },
      ),
    );
  });

  test('says what, who, since when, until when, what is blocked and what to do', () => {
    expect(noticeOf(event('activated'))).toEqual({
      subject: 'Maintenance has begun (version 42)',
      body: [
        'Maintenance has begun.',
        '',
        'Mode: normal',
        'Since: 2026-01-15 10:00:00 UTC',
        'Until: 2026-01-15 10:30:00 UTC, by itself',
        'Blocked: caption_generation, job_creation, platform_operations, batch_operations, user_data_modification, image_processing, unknown',
        'Maintenance: m-1',
        'By: alice',
        'Told at: 2026-01-15 10:00:00 UTC',
        'What to do: Save what you are working on; calls that are blocked are answered 503 and can be repeated when it is over.',
        'Version: 42',
        '',
        'Reason:',
        'Upgrade',
        '',
      ].join('\n'),
    });
  });

  test('names what holds a drain back', () => {
    const failed = [{ kind: 'registry', id: 'job-7', reason: 'it ignores us' }];
    const details = { found: 3, terminated: 2, lost: 0, left: 1, failed };
    expect(noticeOf(event('drain_incomplete', { reason: null, details }))?.body).toContain(
      '\nHolding it back: registry job-7: it ignores us\n',
    );
  });

  test.each<EventType>(['principal_revoked', 'sessions_purged', 'rules_changed'])(
    'is not given of %s',
    (type) => {
      expect(noticeOf(event(type))).toBeNull();
    },
  );

  test('is kept back where the maintenance wants none, also when it has ended', () => {
    const told = event('deactivated');
    const silent = { ...told.state, maintenance: { ...maintenance, notifyUsers: false } };
    const over = { ...told, state: { ...told.state, maintenance: null } };
    expect(isSilent({ ...told, state: silent }, null)).toBe(true);
    expect(isSilent(over, silent)).toBe(true);
    expect(isSilent(over, told.state)).toBe(false);
  });
});
