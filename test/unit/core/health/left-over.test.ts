import { expect, test } from '@jest/globals';
import { withAlarms, withLag } from '../../../../core/health/enforcement-record.ts';
import { drainSilence, leftOver, purgeFacts } from '../../../../core/health/left-over.ts';
import {
  dueEventFacts,
  emergencyAge,
  isOverdue,
  plannedEndFacts,
} from '../../../../core/health/state-facts.ts';
import { EMPTY_ENTRY } from '../../../../core/purge/record.ts';
import { emergency, NOW, normalMaintenance, purgeOrder, stateWith } from '../../../support/examples.ts';

const MINUTE = 60_000;

test('left over is a purge that nobody has taken up, and a drain that has not begun', () => {
  const at = NOW - 200_000;
  const state = { ...stateWith(normalMaintenance({ startedAt: at })), purge: purgeOrder({ at }) };
  const work = { state, purging: EMPTY_ENTRY, drain: null };
  expect(leftOver(work, NOW)).toEqual(['purge', 'starter']);
  expect(leftOver(work, at + 180_000)).toEqual([]);
  // What nobody is there to carry out stands still for ever, and is nobody's to take up.
  expect(leftOver({ state }, NOW)).toEqual([]);
  expect(purgeFacts(state, EMPTY_ENTRY, NOW)).toEqual({ status: 'pending', silence: 200_000, error: null });
  expect(purgeFacts(stateWith(null), EMPTY_ENTRY, NOW)).toBeNull();
  expect(drainSilence(state, null, NOW)).toBe(200_000);
  expect(drainSilence(stateWith(null), null, NOW)).toBeNull();
});

test('what the clock has made due is known by what and since when', () => {
  const ended = stateWith(normalMaintenance({ endsAt: NOW - MINUTE, autoEnd: true }));
  expect(dueEventFacts(ended, NOW)).toEqual({ what: 'ended', since: NOW - MINUTE, now: NOW });
  expect(dueEventFacts(stateWith(null), NOW)).toBeNull();
});

test('a maintenance is overdue that goes on after its planned end', () => {
  const goesOn = stateWith(normalMaintenance({ endsAt: NOW - MINUTE, autoEnd: false }));
  expect(plannedEndFacts(goesOn, NOW)).toEqual({ end: NOW - MINUTE, now: NOW });
  expect([isOverdue(goesOn, NOW), isOverdue(goesOn, NOW - MINUTE), isOverdue(stateWith(null), NOW)]).toEqual([
    true,
    false,
    false,
  ]);
  const ended = stateWith(normalMaintenance({ endsAt: NOW - MINUTE, autoEnd: true }));
  expect(plannedEndFacts(ended, NOW).end).toBeNull();
});

test('an emergency is as old as its declaration', () => {
  expect(emergencyAge(stateWith(emergency({ declaredAt: NOW - MINUTE })), NOW)).toBe(MINUTE);
  expect(emergencyAge(stateWith(normalMaintenance()), NOW)).toBeNull();
});

test('a lag is kept as it was measured first, and an alarm once', () => {
  const lag = { version: 3, type: 'activated', at: NOW, milliseconds: 300 } as const;
  const record = withAlarms(withLag({ lags: [], alarms: [] }, lag), ['one']);
  expect(withLag(record, { ...lag, milliseconds: 900 })).toBe(record);
  expect(withAlarms(record, ['one'])).toBe(record);
  expect(withAlarms(record, ['one', 'two']).alarms).toEqual(['one', 'two']);
});
