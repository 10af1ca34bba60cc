import { describe, expect, test } from '@jest/globals';
import type { CanaryAnswer, NewestState } from '../../../../core/health/agreement.ts';
import { firstShown, watchEnforcement } from '../../../../lambdas/health-check/probes/enforcement.ts';
import { NOW, normalMaintenance, stateWith } from '../../../support/examples.ts';

/** A gate and a log, with a clock that moves by waiting only. */
function setUp(answer: (now: number) => CanaryAnswer, newest: (now: number) => NewestState | null) {
  let time = NOW;
  return {
    now: () => time,
    wait: async (milliseconds: number) => {
      time += milliseconds;
    },
    canary: async () => answer(time),
    newest: async () => newest(time),
  };
}

const active = (writtenAt: number): NewestState => ({ state: stateWith(normalMaintenance(), 7), writtenAt });
const blocked = (version: number): CanaryAnswer => ({ decision: 'blocked', status: 503, version });
const allowed = (version: number | null): CanaryAnswer => ({ decision: 'allowed', status: 200, version });
const LONG_AGO = NOW - 60_000;

describe('what the gate decides is held against the log', () => {
  test.each<[what: string, answer: CanaryAnswer, newest: NewestState | null, differing: number]>([
    ['blocked under maintenance', blocked(7), active(LONG_AGO), 0],
    ['by a newer version than the log had a moment ago', blocked(8), active(LONG_AGO), 0],
    ['allowed although maintenance is active', allowed(7), active(LONG_AGO), 2],
    ['allowed without a state', allowed(null), active(LONG_AGO), 2],
    ['blocked, but by an old state', blocked(6), active(LONG_AGO), 2],
    ['blocked although none is active', blocked(6), { state: stateWith(null, 7), writtenAt: LONG_AGO }, 2],
    ['allowed while none is active', allowed(7), { state: stateWith(null, 7), writtenAt: LONG_AGO }, 0],
    ['nobody knows the log', allowed(7), null, 0],
    ['the gate can not decide', { decision: 'unavailable', status: 500, version: null }, active(LONG_AGO), 0],
  ])('%s', async (_what, answer, newest, differing) => {
    expect(
      await watchEnforcement(
        setUp(
          () => answer,
          () => newest,
        ),
      ),
    ).toMatchObject({ differing: Array.from({ length: differing }, () => answer) });
  });

  test('an old decision right after a toggle is looked at again', async () => {
    const parts = setUp(
      (now) => (now < NOW + 800 ? allowed(6) : blocked(7)),
      () => active(NOW),
    );
    expect(await watchEnforcement(parts)).toMatchObject({ differing: [] });
    expect(parts.now()).toBe(NOW + 800);
  });
});

describe('the lag', () => {
  test('ends with the first answer that shows the event or a later one', async () => {
    const parts = setUp(
      (now) => (now < NOW + 300 ? allowed(6) : blocked(9)),
      () => null,
    );
    expect(await firstShown(7, parts)).toBe(NOW + 300);
  });

  test('is given up after five seconds, whether the gate is old or does not answer', async () => {
    const parts = setUp(
      (now) => {
        if (now > NOW + 1000) throw new Error('no answer');
        return allowed(6);
      },
      () => null,
    );
    expect(await firstShown(7, parts)).toBeNull();
    expect(parts.now()).toBe(NOW + 5000);
  });
});
