import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { MaintenanceEvent } from '../../../../core/events/event.ts';
import { EVENT_TYPE, EVENT_TYPES, isDecisive, isReceipt } from '../../../../core/events/event-types.ts';
import { eventLine } from '../../../../core/history/event-line.ts';
import { eventView } from '../../../../core/history/event-view.ts';
import { noticeOf } from '../../../../core/notices/notice.ts';
import type { WindowView } from '../../../../core/windows/schemas.ts';
import type { WindowFacts } from '../../../../core/windows/window-facts.ts';
import { draftAfter } from '../../../support/event-drafts.ts';
import { NOW } from '../../../support/examples.ts';
import { window } from '../../../support/windows.ts';

describe('types of events', () => {
  test('are all in the documentation, under their names on the bus', () => {
    const page = readFileSync('docs/events.md', 'utf8');
    const rows = [...page.matchAll(/^\| `([A-Z][\w -]*)` +\| `([a-z_]+)` +\|/gm)];
    const documented = rows.map(([, busName, type]) => [type, busName]).toSorted();
    expect(documented).toEqual(EVENT_TYPES.map((type) => [type, EVENT_TYPE[type].busName]).toSorted());
  });

  test('have names on the bus of their own', () => {
    const names = EVENT_TYPES.map((type) => EVENT_TYPE[type].busName);
    expect(new Set(names).size).toBe(EVENT_TYPES.length);
  });

  test('are told of by what they change', () => {
    expect(EVENT_TYPES.filter(isReceipt)).toEqual([
      'window_schedule_extended',
      'sessions_purged',
      'drained',
      'drain_incomplete',
    ]);
    expect(EVENT_TYPES.filter((type) => !isReceipt(type) && !isDecisive(type))).toEqual([
      'window_scheduled',
      'window_changed',
      'window_cancelled',
    ]);
  });
});

describe.each(['window_scheduled', 'window_changed', 'window_cancelled'] as const)('%s', (type) => {
  const facts: WindowFacts = {
    ...window({
      startsAt: NOW + 3_600_000,
      length: 1_800_000,
      rrule: 'FREQ=DAILY',
      timezone: 'Europe/Berlin',
    }),
    status: 'scheduled',
    next: [{ startsAt: NOW + 3_600_000, endsAt: NOW + 5_400_000 }],
  };
  const shown: WindowView = {
    id: facts.id,
    reason: facts.reason,
    starts_at: '2026-01-15T11:00:00Z',
    ends_at: '2026-01-15T11:30:00Z',
    duration: 1800,
    mode: facts.mode,
    auto_end: facts.autoEnd,
    blocked_operations: facts.blockedOperations,
    invalidate_sessions: true,
    notify_users: true,
    drain_deadline: null,
    rrule: 'FREQ=DAILY',
    timezone: 'Europe/Berlin',
    status: 'scheduled',
    next: [{ starts_at: '2026-01-15T11:00:00Z', ends_at: '2026-01-15T11:30:00Z' }],
    scheduled_at: '2026-01-15T10:00:00Z',
    scheduled_by: facts.scheduledBy,
  };
  const event = (stored: WindowFacts | WindowView) => {
    const draft = draftAfter(null, { type, maintenanceId: null, details: { window: stored } });
    const seal = { number: 1, id: 'e-1', idempotency: null, previousHash: '', hash: '' };
    return { ...draft, ...seal } as MaintenanceEvent;
  };

  test('is shown as the API shows the window', () => {
    expect(JSON.stringify(eventView(event(facts)).details)).toBe(JSON.stringify({ window: shown }));
    expect(eventLine(event(facts)).fields.details).toEqual({ window: shown });
  });

  test('reads the same where the view itself was stored, as the first version did', () => {
    expect(eventView(event(shown))).toEqual(eventView(event(facts)));
    expect(eventLine(event(shown))).toEqual(eventLine(event(facts)));
    expect(noticeOf(event(shown))).toEqual(noticeOf(event(facts)));
  });
});
