import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  afterStep,
  type DrainFacts,
  type DrainProgress,
  type DrainStep,
  decideDrain,
  drainedBefore,
  IN_FORCE_AFTER,
  MAX_TERMINATIONS,
  NOTHING_DONE,
  standingOrder,
} from '../../../../core/drain/decide-drain.ts';
import type { Maintenance } from '../../../../core/state/state.ts';
import { emergency, NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';

const BLOCKED = NOW + IN_FORCE_AFTER;
const ASKED: DrainProgress = {
  ...NOTHING_DONE,
  asked: { emergency: NOW, deadline: BLOCKED + 30_000 },
};

function facts(changes: Partial<DrainFacts> & { maintenance?: Maintenance | null } = {}): DrainFacts {
  const { maintenance = normalMaintenance(), ...rest } = changes;
  return {
    maintenanceId: 'm-1',
    state: stateWith(maintenance),
    now: BLOCKED,
    deadline: null,
    jobs: { asked: 0, others: 3 },
    done: NOTHING_DONE,
    ...rest,
  };
}

const hurried = (changes: Partial<DrainFacts> = {}) => facts({ maintenance: emergency(), ...changes });
const none = { asked: 0, others: 0 };
const allAsked = { asked: 3, others: 0 };

describe('the next step', () => {
  const ended = normalMaintenance({ autoEnd: true, endsAt: BLOCKED });
  test.each<[what: string, step: DrainStep, given: DrainFacts]>([
    ['nothing is active', { step: 'stop', why: 'over' }, facts({ maintenance: null })],
    ['the clock has ended it', { step: 'stop', why: 'over' }, facts({ maintenance: ended })],
    ['a test run', { step: 'stop', why: 'over' }, facts({ maintenance: testRun() })],
    ['another maintenance', { step: 'stop', why: 'superseded' }, facts({ maintenanceId: 'm-0' })],
    ['normal, not in force yet', { step: 'wait', until: BLOCKED }, facts({ now: NOW, jobs: none })],
    ['normal, jobs run', { step: 'wait', until: BLOCKED + 15_000 }, facts()],
    ['normal, none left', { step: 'report', outcome: 'drained' }, facts({ jobs: none })],
    ['normal, deadline soon', { step: 'wait', until: BLOCKED + 5 }, facts({ deadline: BLOCKED + 5 })],
    ['normal, at its deadline', { step: 'flag_overdue' }, facts({ deadline: BLOCKED })],
    [
      'normal, overdue and told',
      { step: 'wait', until: BLOCKED + 15_000 },
      facts({ deadline: BLOCKED, done: { ...NOTHING_DONE, toldOverdue: true } }),
    ],
    ['emergency, not in force yet', { step: 'wait', until: BLOCKED }, hurried({ now: BLOCKED - 1 })],
    ['emergency, in force', { step: 'ask', deadline: BLOCKED + 30_000 }, hurried()],
    [
      'emergency, all asked',
      { step: 'wait', until: BLOCKED + 5000 },
      hurried({ jobs: allAsked, done: ASKED }),
    ],
    [
      'emergency, all asked by somebody else',
      { step: 'ask', deadline: BLOCKED + 30_000 },
      hurried({ jobs: allAsked }),
    ],
    [
      'emergency, a job turns up',
      { step: 'ask', deadline: BLOCKED + 30_000 },
      hurried({ now: BLOCKED + 9, jobs: { asked: 2, others: 1 }, done: ASKED }),
    ],
    [
      'emergency, time nearly over',
      { step: 'wait', until: BLOCKED + 30_000 },
      hurried({ now: BLOCKED + 29_999, jobs: allAsked, done: ASKED }),
    ],
    [
      'emergency, time over',
      { step: 'terminate' },
      hurried({ now: BLOCKED + 30_000, jobs: allAsked, done: ASKED }),
    ],
    ['emergency without grace', { step: 'terminate' }, facts({ maintenance: emergency({ gracePeriod: 0 }) })],
    [
      'emergency, some resist',
      { step: 'terminate' },
      hurried({ now: BLOCKED + 30_001, jobs: allAsked, done: { ...ASKED, terminations: 1 } }),
    ],
    [
      'emergency, some resist for good',
      { step: 'report', outcome: 'incomplete' },
      hurried({
        now: BLOCKED + 30_001,
        jobs: allAsked,
        done: { ...ASKED, terminations: MAX_TERMINATIONS },
      }),
    ],
    [
      'emergency, all stopped by themselves',
      { step: 'report', outcome: 'drained' },
      hurried({ jobs: none, done: ASKED }),
    ],
    [
      'emergency, the rest terminated',
      { step: 'report', outcome: 'terminated' },
      hurried({ jobs: none, done: { ...ASKED, terminations: 1 } }),
    ],
    [
      'emergency that lets jobs go on',
      { step: 'wait', until: BLOCKED + 15_000 },
      facts({ maintenance: emergency({ terminateJobs: false }) }),
    ],
    [
      'a second emergency of the same maintenance',
      { step: 'ask', deadline: BLOCKED + 40_000 },
      facts({
        maintenance: emergency({ declaredAt: NOW + 10_000 }),
        now: BLOCKED + 10_000,
        jobs: allAsked,
        done: { ...ASKED, terminations: MAX_TERMINATIONS },
      }),
    ],
  ])('%s: %j', (_what, step, given) => {
    expect(decideDrain(given)).toEqual(step);
  });
});

describe('who has to go', () => {
  test('jobs that were registered before the block was in force everywhere', () => {
    expect(drainedBefore(normalMaintenance())).toBe(BLOCKED);
    expect(drainedBefore(emergency({ declaredAt: NOW + 60_000 }))).toBe(BLOCKED + 60_000);
  });

  test.each<[what: string, maintenance: Maintenance | null, at: number, stands: boolean]>([
    ['nothing active', null, BLOCKED, false],
    ['normal', normalMaintenance(), BLOCKED, false],
    ['emergency before it is in force', emergency(), BLOCKED - 1, false],
    ['emergency', emergency(), BLOCKED, true],
    ['emergency that lets jobs go on', emergency({ terminateJobs: false }), BLOCKED, false],
  ])('jobs that come back in %s', (_what, maintenance, at, stands) => {
    const order = { before: BLOCKED, gracePeriod: 30, reason: 'emergency_mode' };
    expect(standingOrder(stateWith(maintenance), at)).toEqual(stands ? order : null);
  });
});

describe('a whole drain', () => {
  interface MadeUpJob {
    /** Milliseconds after NOW, and after it was asked, at which it ends by itself; null for never. */
    readonly endsAfter: number | null;
    readonly heedsAfter: number | null;
    readonly canBeTerminated: boolean;
  }

  const jobs: fc.Arbitrary<MadeUpJob[]> = fc.array(
    fc.record({
      endsAfter: fc.option(fc.integer({ min: 0, max: 60_000 })),
      heedsAfter: fc.option(fc.integer({ min: 0, max: 60_000 })),
      canBeTerminated: fc.boolean(),
    }),
    { maxLength: 6 },
  );

  interface Run {
    readonly steps: { readonly step: DrainStep; readonly at: number }[];
    readonly left: number;
  }

  /** Carries a drain out on jobs that are made up, as the workflow does. */
  function drain(maintenance: Maintenance, given: readonly MadeUpJob[]): Run {
    let [now, done]: [number, DrainProgress] = [NOW, NOTHING_DONE];
    const steps: Run['steps'] = [];
    const open = given.map((job) => ({ ...job, askedAt: null as number | null, isTerminated: false }));
    const isOpen = (job: (typeof open)[number]) =>
      !job.isTerminated &&
      !(job.endsAfter !== null && now >= NOW + job.endsAfter) &&
      !(job.askedAt !== null && job.heedsAfter !== null && now >= job.askedAt + job.heedsAfter);
    for (let turn = 0; turn < 200; turn += 1) {
      const left = open.filter(isOpen);
      const asked = left.filter(({ askedAt }) => askedAt !== null).length;
      const seen = facts({ maintenance, now, done, jobs: { asked, others: left.length - asked } });
      const step = decideDrain(seen);
      steps.push({ step, at: now });
      done = afterStep(seen, step);
      if (step.step === 'ask') for (const job of left) job.askedAt ??= now;
      if (step.step === 'terminate') for (const job of left) job.isTerminated = job.canBeTerminated;
      if (step.step === 'wait') {
        expect(step.until).toBeGreaterThan(now);
        now = step.until;
      } else {
        now += 10;
      }
      if (step.step === 'report' || step.step === 'stop') return { steps, left: open.filter(isOpen).length };
    }
    return { steps, left: open.filter(isOpen).length };
  }

  test('of an emergency ends, asks nobody too early, and terminates nobody before the grace period is over', () => {
    fc.assert(
      fc.property(jobs, fc.integer({ min: 0, max: 900 }), (given, gracePeriod) => {
        const { steps, left } = drain(emergency({ gracePeriod }), given);
        const last = steps.at(-1)?.step;
        expect(last?.step).toBe('report');
        if (last?.step === 'report') expect(last.outcome === 'incomplete').toBe(left > 0);
        for (const { step, at } of steps) {
          if (step.step === 'ask') expect(at).toBeGreaterThanOrEqual(BLOCKED);
          if (step.step === 'terminate') expect(at).toBeGreaterThanOrEqual(BLOCKED + gracePeriod * 1000);
        }
      }),
    );
  });

  test('in normal mode asks and terminates nobody, and reports when none is left', () => {
    fc.assert(
      fc.property(jobs, (given) => {
        const { steps, left } = drain(normalMaintenance(), given);
        expect(steps.filter(({ step }) => step.step === 'ask' || step.step === 'terminate')).toEqual([]);
        const ends = given.every(({ endsAfter }) => endsAfter !== null);
        expect(steps.at(-1)?.step).toEqual(
          ends ? { step: 'report', outcome: 'drained' } : expect.objectContaining({ step: 'wait' }),
        );
        if (ends) expect(left).toBe(0);
      }),
    );
  });
});
