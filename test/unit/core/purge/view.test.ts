import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { advanced, beginRun } from '../../../../core/purge/progress.ts';
import { EMPTY_ENTRY, type PurgeRecord, type PurgeRun } from '../../../../core/purge/record.ts';
import { invalidatedSessions, purgeView } from '../../../../core/purge/view.ts';
import type { State } from '../../../../core/state/state.ts';
import { statusAnswer } from '../../../../core/status/schemas.ts';
import { statusView } from '../../../../core/status/status-view.ts';
import { purgeOrder as anyOrder, state as anyState } from '../../../support/arbitraries.ts';
import { emergency, NOW, normalMaintenance, purgeOrder, stateWith } from '../../../support/examples.ts';

const order = purgeOrder();
const standing: State = { ...stateWith(normalMaintenance()), purge: order };
const received = stateWith(normalMaintenance());

function runWith(changes: Partial<PurgeRun>): PurgeRecord {
  return { ...EMPTY_ENTRY, run: { ...beginRun(order, NOW, null), ...changes } };
}

const halfway = runWith({
  pass: 1,
  passed: 500,
  keys: 1000,
  counts: { scanned: 40, deleted: 30, kept: 10, unparsable: 3 },
  updatedAt: NOW + 2000,
});
const through = runWith({ pass: 2, finishedAt: NOW + 9000, keys: 1000, passed: 1000 });

describe('the newest purge in the status', () => {
  test.each<[string, State, PurgeRecord | null, object | null]>([
    ['none where there has never been one', received, EMPTY_ENTRY, null],
    ['none where none is ordered and nothing else is known', received, null, null],
    [
      'pending before it has begun',
      standing,
      EMPTY_ENTRY,
      { status: 'pending', progress: 0, started_at: null },
    ],
    ['pending where nothing is known of it', standing, null, { id: 'purge-7', status: 'pending' }],
    [
      'pending where the last one was another',
      { ...standing, purge: purgeOrder({ id: 'purge-9', scope: 'everybody' }) },
      through,
      { id: 'purge-9', status: 'pending', scope: 'everybody', deleted: 0 },
    ],
    [
      'running',
      standing,
      halfway,
      {
        id: 'purge-7',
        status: 'running',
        pass: 1,
        scanned: 40,
        deleted: 30,
        kept: 10,
        unparsable: 3,
        progress: 0.25,
        started_at: '2026-01-15T10:00:00Z',
        updated_at: '2026-01-15T10:00:02Z',
        finished_at: null,
        error: null,
      },
    ],
    ['running where its size is not known yet', standing, runWith({}), { status: 'running', progress: null }],
    ['running in its second pass', standing, runWith({ pass: 2 }), { progress: 0.5 }],
    ['never more than through', standing, runWith({ pass: 2, passed: 9, keys: 3 }), { progress: 1 }],
    [
      'running until its receipt is there',
      standing,
      through,
      { status: 'running', progress: 1, finished_at: null },
    ],
    [
      'completed',
      received,
      through,
      { status: 'completed', progress: 1, finished_at: '2026-01-15T10:00:09Z' },
    ],
    ['failed', standing, runWith({ error: 'Redis is away.' }), { status: 'failed', error: 'Redis is away.' }],
  ])('is %s', (_what, state, purging, expected) => {
    const view = purgeView(state, purging, true);
    if (expected === null) expect(view).toBeNull();
    else expect(view).toMatchObject(expected);
  });

  test('shows its error to admins only', () => {
    expect(purgeView(standing, runWith({ error: 'Redis is away.' }), false)).toMatchObject({
      status: 'failed',
      error: null,
    });
  });

  test('only ever goes forward within a run', () => {
    const piece = fc.record({ passed: fc.nat(300), seen: fc.nat(50), end: fc.boolean() });
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        let run: PurgeRun = { ...beginRun(order, NOW, null), keys: 1000 };
        let before = 0;
        for (const { passed, seen, end } of pieces) {
          if (run.finishedAt !== null) break;
          const next = end ? null : { place: 1 };
          run = advanced(
            { ...run, keys: 1000 },
            { next, passed, seen, toDelete: 0, deleted: 0, unparsable: 0 },
            NOW,
          );
          const progress = purgeView(standing, { ...EMPTY_ENTRY, run }, true)?.progress ?? 0;
          expect(progress).toBeGreaterThanOrEqual(before);
          expect(progress).toBeLessThanOrEqual(1);
          before = progress;
        }
      }),
    );
  });
});

describe('the number of ended sessions', () => {
  const ended = { ...EMPTY_ENTRY, ended: { maintenanceId: 'm-1', deleted: 54 } };

  test.each<[string, State, PurgeRecord | null, number | null]>([
    ['of the maintenance that is active', received, ended, 54],
    ['of its emergency', stateWith(emergency()), ended, 54],
    ['of another one', stateWith(normalMaintenance({ id: 'm-2' })), ended, 0],
    ['when it is over', stateWith(null), ended, 0],
    ['when the clock has ended it', stateWith(normalMaintenance({ endsAt: NOW, autoEnd: true })), ended, 0],
    ['before the first', received, EMPTY_ENTRY, 0],
    ['when nobody knows', received, null, null],
  ])('%s', (_what, state, purging, expected) => {
    expect(invalidatedSessions(state, purging, NOW)).toBe(expected);
  });
});

test('whatever the state and the record, the status is as described', () => {
  const runs = fc.option(
    fc.record({
      order: anyOrder,
      pass: fc.constantFrom<1 | 2>(1, 2),
      passed: fc.nat(),
      keys: fc.option(fc.nat()),
      finishedAt: fc.option(fc.constant(NOW)),
      error: fc.option(fc.string()),
    }),
  );
  fc.assert(
    fc.property(anyState, runs, fc.boolean(), (state, run, forAdmin) => {
      const purging = run === null ? EMPTY_ENTRY : runWith(run);
      const view = statusView(state, { now: NOW, forAdmin, source: 'event_log', purging });
      expect(statusAnswer.parse(view)).toEqual(view);
    }),
  );
});
