import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY_RECORD } from '../../../../core/attempts/test-record.ts';
import { EMPTY_TOTALS } from '../../../../core/attempts/totals.ts';
import type { Command } from '../../../../core/commands/command.ts';
import { appendDueEvents, executeCommand, stateOf } from '../../../../core/events/append-change.ts';
import type { MaintenanceEvent } from '../../../../core/events/event.ts';
import { NO_NOTICES } from '../../../../core/notices/record.ts';
import { begunBy, type ReportFacts } from '../../../../core/reports/facts.ts';
import { findReport, listReports, MAX_EVENTS_LISTED } from '../../../../core/reports/find-reports.ts';
import { reportAnswer } from '../../../../core/reports/schemas.ts';
import { reportMarkdown } from '../../../../core/reports/to-markdown.ts';
import { type ReportParts, reportView } from '../../../../core/reports/view.ts';
import { effective } from '../../../../core/state/clock.ts';
import { commandSequence } from '../../../support/arbitraries.ts';
import { ALICE, BOB, declareEmergency, enable, NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';

const MINUTE = 60_000;

/** An event log with a clock that commands move. */
class World {
  readonly log = new InMemoryEventLog();
  now = NOW;
  #ids = 0;

  async run(command: Command, actor = ALICE): Promise<string> {
    const { outcome } = await executeCommand(this.#dependencies, { command, actor, answer: () => null });
    return outcome;
  }

  get #dependencies() {
    return {
      log: this.log,
      now: () => this.now,
      newId: () => {
        this.#ids += 1;
        return `m-${this.#ids}`;
      },
    };
  }

  settle() {
    return appendDueEvents({ log: this.log, now: () => this.now });
  }

  /** All events, the first one first. */
  async events(): Promise<MaintenanceEvent[]> {
    const found: MaintenanceEvent[] = [];
    for (let before: number | null = null; ; ) {
      const page = await this.log.page({ limit: 100, before });
      found.unshift(...page.items.toReversed());
      before = page.nextBefore;
      if (before === null) return found;
    }
  }

  /** All reports, read so many at a time. */
  async list(limit: number): Promise<ReportFacts[]> {
    const found: ReportFacts[] = [];
    for (let from: number | null = null; ; ) {
      const { reports, next } = await listReports(this.log, { limit, from, now: this.now });
      expect(reports.length).toBeLessThanOrEqual(limit);
      found.push(...reports);
      from = next;
      if (from === null) return found;
    }
  }

  async report(id: string, parts: Partial<ReportParts> = {}) {
    const found = await findReport(this.log, id, this.now);
    if (found === null) throw new Error(`There is no report ${id}.`);
    return reportView(found.facts, {
      counts: { source: 'activity_table', totals: EMPTY_TOTALS, record: EMPTY_RECORD },
      rules: [],
      endedSessions: null,
      drain: { source: 'none' },
      watched: { source: 'none' },
      notices: NO_NOTICES,
      newest: found.newest,
      now: this.now,
      ...parts,
    });
  }
}

async function worldAfter(steps: readonly { command: Command; pause: number }[]): Promise<World> {
  const world = new World();
  for (const { command, pause } of steps) {
    world.now += pause;
    await world.run(command);
  }
  return world;
}

describe('whatever commands and clock do', () => {
  test('every maintenance that began has one report, newest first, however the list is read', async () => {
    await fc.assert(
      fc.asyncProperty(
        commandSequence,
        fc.integer({ min: 1, max: 3 }),
        fc.nat(10 * MINUTE),
        async (steps, limit, pause) => {
          const world = await worldAfter(steps);
          world.now += pause;
          const begun = (await world.events()).flatMap((event) => begunBy(event)?.id ?? []);
          const listed = await world.list(limit);
          expect(listed.map(({ id }) => id)).toEqual(begun.toReversed());
          const whole = await world.list(100);
          const plain = ({ events, ...facts }: ReportFacts) => facts;
          expect(listed.map(plain)).toEqual(whole.map(plain));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('a report agrees with the log, and fits its description', async () => {
    await fc.assert(
      fc.asyncProperty(commandSequence, async (steps) => {
        const world = await worldAfter(steps);
        const active = effective(stateOf(await world.log.head()), world.now).maintenance;
        for (const { id } of await world.list(100)) {
          const report = await world.report(id);
          expect(reportAnswer.safeParse(report).error?.issues).toBeUndefined();
          expect(report.status).toBe(active?.id === id ? 'in_progress' : 'completed');
          expect(report.ended_at === null).toBe(report.status === 'in_progress');
          const end = report.ended_at === null ? world.now : Date.parse(report.ended_at);
          expect(
            Math.abs((end - Date.parse(report.started_at)) / 1000 - report.duration),
          ).toBeLessThanOrEqual(1);
          const numbers = report.timeline.map(({ number }) => number);
          expect(numbers).toEqual([...new Set(numbers)].sort((one, other) => one - other));
          expect(report.emergencies.length > 0).toBe(report.modes.includes('emergency'));
          const open = report.emergencies.filter(({ recovery }) => recovery === 'in_emergency');
          expect(open.length).toBe(active?.id === id && active.mode === 'emergency' ? 1 : 0);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('what the clock has ended is over, whether or not anybody has written it', async () => {
    await fc.assert(
      fc.asyncProperty(commandSequence, fc.nat(48 * 3_600_000), async (steps, pause) => {
        const world = await worldAfter(steps);
        world.now += pause;
        const before = await world.list(100);
        await world.settle();
        const after = await world.list(100);
        const ends = (facts: readonly ReportFacts[]) =>
          facts.map(({ id, end }) => [id, end?.how, end?.duration]);
        expect(ends(before)).toEqual(ends(after));
      }),
      { numRuns: 60 },
    );
  });
});

describe('a report', () => {
  test('tells of a maintenance that escalated, was de-escalated and took longer than planned', async () => {
    const world = new World();
    await world.run(enable({ duration: 600 }));
    world.now += MINUTE;
    await world.run(declareEmergency({ terminateJobs: false }), BOB);
    world.now += 2 * MINUTE;
    await world.run({ type: 'deescalate' });
    world.now += 12 * MINUTE;
    await world.run({ type: 'disable' }, BOB);
    expect(await world.report('m-1')).toMatchObject({
      kind: 'maintenance',
      status: 'completed',
      modes: ['normal', 'emergency', 'normal'],
      started_by: 'alice',
      ended_by: 'bob',
      ended_how: 'disabled',
      duration: 900,
      plan: { at_start: { duration: 600 }, final: { duration: 600 }, overrun: 300 },
      emergencies: [
        {
          trigger: 'escalated',
          declared_by: 'bob',
          duration: 120,
          recovery: 'deescalated',
          steps: [
            { step: 'block', outcome: 'done' },
            { step: 'sessions', outcome: 'pending' },
            { step: 'jobs', outcome: 'skipped' },
            { step: 'pauses', outcome: 'not_recorded' },
            { step: 'notices', outcome: 'not_recorded' },
          ],
        },
      ],
      sessions: { ended: 0, kept: null, pending: true, purges: [] },
      enforcement_lag: { milliseconds: null, note: 'not measured' },
      alarms: { raised: [], note: null },
      jobs: null,
      jobs_source: 'none',
      test_run: null,
    });
  });

  test('of a test run that a maintenance replaced ends with that, also at the border of two pages', async () => {
    const world = new World();
    await world.run(enable({ mode: 'test', reason: 'Rehearsal', invalidateSessions: false }));
    world.now += 5 * MINUTE;
    await world.run(enable({}), BOB);
    expect((await world.list(1)).map(({ id, end }) => [id, end?.how])).toEqual([
      ['m-2', undefined],
      ['m-1', 'replaced'],
    ]);
    expect(await world.report('m-1')).toMatchObject({ kind: 'test_run', ended_by: 'bob', duration: 300 });
  });

  test('counts what receipts tell of sessions, those after its end too', async () => {
    const world = new World();
    await world.run(enable());
    world.now += MINUTE;
    await world.run({ type: 'disable' });
    const head = await world.log.head();
    const state = { ...stateOf(head), version: (head?.number ?? 0) + 1 };
    const details = {
      purge_id: 'purge-1',
      scope: 'members' as const,
      scanned: 12,
      deleted: 9,
      kept: 2,
      unparsable: 1,
    };
    await world.log.append(
      {
        type: 'sessions_purged',
        at: world.now,
        actor: { id: 'clock', role: 'system', via: 'clock' },
        reason: null,
        maintenanceId: 'm-1',
        details: { ...details, duration: 3, interruptions: 0, counts_exact: true },
        state: { ...state, purge: undefined } as never,
      },
      head,
    );
    const report = await world.report('m-1');
    expect(report.sessions).toMatchObject({ ended: 9, kept: 2, unparsable: 1, pending: false });
    expect((await world.report('m-1', { endedSessions: 11 })).sessions.ended).toBe(11);
  });

  test('says that counts are not known rather than none', async () => {
    const world = new World();
    await world.run(enable());
    for (const source of ['unavailable', 'expired'] as const) {
      expect(await world.report('m-1', { counts: { source } })).toMatchObject({
        attempts: null,
        counts_source: source,
      });
    }
  });
});

test('a list stops looking after a while, and goes on from there without losing any', async () => {
  const world = new World();
  await world.run(enable());
  await world.run({ type: 'disable' });
  for (let count = 0; count < MAX_EVENTS_LISTED + 50; count += 1) {
    world.now += 20 * MINUTE;
    await world.run({ type: 'revoke', principal: 'mia' });
  }
  const { reports, next } = await listReports(world.log, { limit: 20, from: null, now: world.now });
  expect(reports).toEqual([]);
  expect(next).not.toBeNull();
  expect((await world.list(20)).map(({ id, end }) => [id, end?.how])).toEqual([['m-1', 'disabled']]);
});

test('a page in Markdown holds the reason as it was given, and nothing of it does anything', async () => {
  const world = new World();
  const hostile = '# Pwned\n<img src=x onerror=alert(1)> | [x](javascript:y) $context "quoted" `code`';
  await world.run(enable({ reason: hostile }));
  const markdown = reportMarkdown(await world.report('m-1'));
  expect(markdown).toContain(
    '> \\# Pwned\\\n> \\<img src\\=x onerror\\=alert\\(1\\)\\> \\| \\[x\\]\\(javascript\\:y\\) \\$context \\"quoted\\" \\`code\\`',
  );
  expect(markdown.replaceAll(/\\./g, '')).not.toMatch(/<|`|\$|javascript:/);
  expect(markdown.split('\n').filter((line) => line.startsWith('# '))).toHaveLength(1);
});
