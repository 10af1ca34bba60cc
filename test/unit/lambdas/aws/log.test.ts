import { afterEach, describe, expect, jest, test } from '@jest/globals';
import type { MaintenanceEvent } from '../../../../core/events/event.ts';
import { eventLine } from '../../../../core/history/event-line.ts';
import { line } from '../../../../core/text.ts';
import { createLog } from '../../../../lambdas/aws/log.ts';
import { AWKWARD_CHARACTERS } from '../../../support/arbitraries.ts';
import type { DraftChanges } from '../../../support/event-drafts.ts';
import { ALICE, emergency, NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';

afterEach(() => {
  jest.restoreAllMocks();
});

function written(tell: () => void): string[] {
  const chunks: string[] = [];
  const collect = ((chunk: string | Uint8Array) => {
    chunks.push(String(chunk));
    return true;
  }) as typeof process.stdout.write;
  jest.spyOn(process.stdout, 'write').mockImplementation(collect);
  jest.spyOn(process.stderr, 'write').mockImplementation(collect);
  tell();
  jest.restoreAllMocks();
  return chunks.join('').trimEnd().split('\n');
}

describe('a log line', () => {
  test('is one JSON object, whatever its values hold', () => {
    const text = AWKWARD_CHARACTERS.join('');
    const lines = written(() =>
      createLog('control').info(line('[X] Told', { text }), { event: 'told', text }),
    );
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'INFO',
      service: 'control',
      message: `[X] Told: text=${JSON.stringify(text)}`,
      event: 'told',
      text,
    });
  });

  test('of an error holds its stack', () => {
    const error = new Error('outer', { cause: new TypeError('inner') });
    const [told = ''] = written(() => createLog('control').error('Failed', { error }));
    expect(JSON.parse(told)).toMatchObject({
      level: 'ERROR',
      error: { name: 'Error', stack: expect.stringContaining('log.test.ts'), cause: { message: 'inner' } },
    });
  });

  test('remembers nothing of the line before', () => {
    const log = createLog('control');
    const [, second = ''] = written(() => {
      log.info('one', { request_id: 'r-1' });
      log.info('two', {});
    });
    expect(JSON.parse(second)).not.toHaveProperty('request_id');
  });
});

describe('the line of an event', () => {
  const event = (draft: DraftChanges) =>
    ({
      type: 'activated',
      at: NOW,
      actor: ALICE,
      reason: 'Say "hi"',
      maintenanceId: 'm-1',
      details: {},
      state: stateWith(null),
      number: 7,
      id: 'event-7',
      idempotency: { key: 'secret-key', requestHash: 'h', answer: 'secret answer' },
      previousHash: '0'.repeat(64),
      hash: 'a'.repeat(64),
      ...draft,
    }) as MaintenanceEvent;

  const clock = { id: 'clock', role: 'system', via: 'clock' } as const;
  test.each<[draft: DraftChanges, name: string, message: string]>([
    [
      { state: stateWith(normalMaintenance()) },
      'maintenance_activated',
      '[MAINTENANCE] Maintenance mode activated: reason="Say \\"hi\\"" admin="alice"',
    ],
    [
      { state: stateWith(testRun()) },
      'maintenance_activated',
      '[MAINTENANCE] Maintenance mode activated: reason="Say \\"hi\\"" admin="alice"',
    ],
    [
      { state: stateWith(emergency()) },
      'emergency_activated',
      '[EMERGENCY] Emergency maintenance activated: reason="Say \\"hi\\"" admin="alice"',
    ],
    [
      { type: 'escalated', state: stateWith(emergency()) },
      'emergency_activated',
      '[EMERGENCY] Emergency maintenance activated: reason="Say \\"hi\\"" admin="alice"',
    ],
    [
      { type: 'deescalated', details: { emergency_seconds: 300 } },
      'emergency_ended',
      '[EMERGENCY] Emergency maintenance ended: duration="300s" admin="alice"',
    ],
    [
      { type: 'updated', details: { changed: ['reason', 'ends_at'] } },
      'maintenance_updated',
      '[MAINTENANCE] Maintenance mode updated: changed="reason,ends_at" admin="alice"',
    ],
    [
      { type: 'deactivated', details: { duration: 1800 } },
      'maintenance_deactivated',
      '[MAINTENANCE] Maintenance mode deactivated: duration="1800s" admin="alice"',
    ],
    [
      { type: 'auto_ended', actor: clock, details: { duration: 60 } },
      'maintenance_deactivated',
      '[MAINTENANCE] Maintenance mode deactivated: duration="60s" admin="clock"',
    ],
    [
      { type: 'window_begun', actor: clock, state: stateWith(normalMaintenance()) },
      'maintenance_activated',
      '[MAINTENANCE] Maintenance mode activated: reason="Say \\"hi\\"" admin="alice"',
    ],
    [
      { type: 'window_ended', actor: clock, details: { duration: 60 } },
      'maintenance_deactivated',
      '[MAINTENANCE] Maintenance mode deactivated: duration="60s" admin="clock"',
    ],
    [
      { type: 'window_absorbed', actor: clock, details: { window: 'w-1' } },
      'window_absorbed',
      '[MAINTENANCE] Window absorbed by the maintenance that was active: window="w-1" reason="Say \\"hi\\""',
    ],
    [
      { type: 'window_cancelled', details: { window: { id: 'w-1', starts_at: '2026-01-15T11:00:00Z' } } },
      'window_cancelled',
      '[MAINTENANCE] Window cancelled: window="w-1" starts_at="2026-01-15T11:00:00Z" admin="alice"',
    ],
    [
      { type: 'window_schedule_extended', actor: clock, details: { coming: 24 } },
      'window_schedule_extended',
      '[MAINTENANCE] Window schedule extended: coming="24"',
    ],
    [{ type: 'refreshed' }, 'refresh_requested', '[MAINTENANCE] Refresh requested: admin="alice"'],
    [
      { type: 'log_level_changed', details: { level: 'debug', until: '2026-01-15T10:15:00Z' } },
      'log_level_changed',
      '[MAINTENANCE] Log level changed: level="debug" until="2026-01-15T10:15:00Z" admin="alice"',
    ],
    [
      { type: 'reset', details: { cleared: ['maintenance'], duration: 90 } },
      'maintenance_deactivated',
      '[MAINTENANCE] Maintenance mode deactivated: duration="90s" admin="alice"',
    ],
    [
      { type: 'reset', details: { cleared: ['windows', 'rules'] } },
      'state_reset',
      '[MAINTENANCE] State reset: cleared="windows,rules" admin="alice"',
    ],
  ])('%#: %j', (draft, name, message) => {
    const told = eventLine(event(draft));
    expect(told.message).toBe(message);
    expect(told.fields).toMatchObject({
      event: name,
      version: 7,
      maintenance_id: 'm-1',
      admin: (draft.actor ?? ALICE).id,
      event_hash: 'a'.repeat(64),
    });
    expect(JSON.stringify(told)).not.toContain('secret');
  });
});
