import { describe, expect, test } from '@jest/globals';
import { SessionStoreUnavailableError } from '../../../../core/errors.ts';
import { INITIAL_STATE } from '../../../../core/state/state.ts';
import { troubleLog } from '../../../../lambdas/authorizer/trouble-log.ts';
import { NOW } from '../../../support/examples.ts';

function setUp() {
  const lines: Record<string, unknown>[] = [];
  const clock = { now: NOW };
  const log = troubleLog(
    (line) => lines.push(JSON.parse(line)),
    () => clock.now,
  );
  return { lines, clock, log };
}

const error = new SessionStoreUnavailableError('Redis gave no good answer.', {
  cause: new Error('connect ECONNREFUSED'),
});

describe('trouble', () => {
  test('is told with its reason, as a warning', () => {
    const { lines, log } = setUp();
    log.sessionsUnavailable(error);
    expect(lines).toEqual([
      {
        level: 'WARN',
        message: 'Sessions cannot be looked up in Redis: whoever shows only a cookie is anonymous.',
        timestamp: '2026-01-15T10:00:00.000Z',
        event: 'sessions_unavailable',
        error: 'Redis gave no good answer.',
        cause: 'connect ECONNREFUSED',
      },
    ]);
  });

  test('that lasts is told once a minute, each by itself', () => {
    const { lines, clock, log } = setUp();
    for (let second = 0; second < 150; second += 1) {
      log.sessionsUnavailable(error);
      log.stateReadFailed(new Error('down'));
      clock.now += 1000;
    }
    const events = lines.map(({ event }) => event);
    expect(events.filter((event) => event === 'sessions_unavailable')).toHaveLength(3);
    expect(events.filter((event) => event === 'state_read_failed')).toHaveLength(3);
  });

  test('is told again when the clock was set back', () => {
    const { lines, clock, log } = setUp();
    log.stateReadFailed('down');
    clock.now -= 3_600_000;
    log.stateReadFailed('down');
    expect(lines).toMatchObject([{ error: 'down' }, { error: 'down' }]);
  });

  test('names each state that only the copy knew', () => {
    const { lines, log } = setUp();
    log.stateCopied({ ...INITIAL_STATE, version: 7 });
    log.stateCopied({ ...INITIAL_STATE, version: 8 });
    expect(lines).toMatchObject([
      { event: 'state_from_copy', version: 7 },
      { event: 'state_from_copy', version: 8 },
    ]);
  });
});
