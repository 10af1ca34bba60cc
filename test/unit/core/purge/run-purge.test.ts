import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { SessionStoreUnavailableError, StoreUnavailableError } from '../../../../core/errors.ts';
import { CLOCK } from '../../../../core/events/event.ts';
import { keysToPass, nextBatchSize } from '../../../../core/purge/batch-size.ts';
import { BOB, NOW } from '../../../support/examples.ts';
import { NO_TEXT } from '../../../support/memory-session-store.ts';
import { Killed, PurgeBench, SESSION_TEXTS } from '../../../support/purge-bench.ts';

const BEFORE = NOW - 60_000;
const { admin, member, worker, nested, ageless, roleless, malformed } = SESSION_TEXTS;

let bench: PurgeBench;
beforeEach(() => {
  bench = new PurgeBench();
});

/** 60 sessions: 6 admins', 48 members' and workers', 6 that can't be read or name no role. */
function populate(into = bench): void {
  for (let n = 0; n < 6; n += 1) {
    into.sessions.put(`admin-${n}`, n < 3 ? admin(BEFORE, `admin-${n}`) : nested(BEFORE));
    for (let m = 0; m < 6; m += 1) into.sessions.put(`member-${n}-${m}`, member(BEFORE));
    into.sessions.put(`worker-${n}`, worker(BEFORE));
    into.sessions.put(`ageless-${n}`, ageless());
  }
  for (let n = 0; n < 2; n += 1) {
    into.sessions.put(`roleless-${n}`, roleless());
    into.sessions.put(`malformed-${n}`, malformed());
    into.sessions.put(`hash-${n}`, NO_TEXT);
  }
}

const left = (of = bench) => of.sessions.ids.map((id) => id.replace(/-.*/, '')).toSorted();
const SIX_ADMINS = Array.from({ length: 6 }, () => 'admin');

describe('an order', () => {
  test('is carried out: members go, admins stay, and the receipt takes it away', async () => {
    populate();
    await bench.enable();
    expect(await bench.purge()).toMatchObject({ outcome: 'completed' });
    expect(left()).toEqual(SIX_ADMINS);
    expect(await bench.state()).not.toHaveProperty('purge');
    expect(await bench.receipts()).toMatchObject([
      {
        type: 'sessions_purged',
        actor: CLOCK,
        maintenanceId: 'm-1',
        details: {
          purge_id: 'purge-1',
          scope: 'members',
          scanned: 60,
          deleted: 54,
          kept: 6,
          unparsable: 6,
          duration: expect.any(Number),
          interruptions: 0,
          counts_exact: true,
        },
        state: { version: 2, maintenance: { id: 'm-1' }, sessionsInvalidBefore: NOW },
      },
    ]);
    expect(bench.record.entry).toMatchObject({ lease: null, ended: { maintenanceId: 'm-1', deleted: 54 } });
  });

  test('is carried out where there is nothing to do', async () => {
    await bench.enable();
    expect(await bench.purge()).toMatchObject({ outcome: 'completed' });
    expect(await bench.receipts()).toMatchObject([{ details: { scanned: 0, deleted: 0, kept: 0 } }]);
  });

  test('by request is carried out without any maintenance', async () => {
    populate();
    await bench.command({ type: 'purge_sessions', all: true }, { ...BOB, id: 'admin-1' });
    await bench.purge();
    expect(bench.sessions.ids).toEqual(['admin-1']);
    expect(await bench.receipts()).toMatchObject([{ maintenanceId: null, details: { scope: 'everybody' } }]);
    expect(bench.record.entry.ended).toBeNull();
  });

  test('of a revocation ends the sessions of who was revoked', async () => {
    populate();
    await bench.command({ type: 'revoke', principal: 'admin-2' });
    await bench.purge();
    expect(left().filter((kind) => kind === 'admin')).toHaveLength(5);
    expect(bench.sessions.ids).toHaveLength(59);
    expect(await bench.receipts()).toMatchObject([
      { details: { scope: 'named', scanned: 60, deleted: 1, kept: 59, unparsable: 0 } },
    ]);
  });

  test('is asked for by nobody: nothing is touched, not even the record', async () => {
    populate();
    expect(await bench.purge()).toEqual({ outcome: 'idle' });
    expect([bench.sessions.ids.length, bench.record.revision]).toEqual([60, 0]);
  });

  test('tells of every batch how many are gone', async () => {
    populate();
    await bench.enable();
    await bench.purge();
    expect(bench.ended.flatMap(({ sessions }) => sessions)).toHaveLength(54);
    const totals = bench.ended.map(({ deletedBefore, deleted }) => [deletedBefore, deletedBefore + deleted]);
    expect(totals.slice(1).map(([before]) => before)).toEqual(totals.slice(0, -1).map(([, after]) => after));
    expect(bench.ended[0]).toMatchObject({ version: 1, order: { id: 'purge-1' } });
  });
});

describe('what happens meanwhile', () => {
  /** Does something before a call of the store, once. */
  function meanwhile(call: 'scan' | 'endUnchanged', nth: number, act: () => void | Promise<void>): void {
    let calls = 0;
    bench.sessions.before = async (name) => {
      if (name !== call) return;
      calls += 1;
      if (calls === nth) await act();
    };
  }

  test('a session that turns admin between reading and deleting stays', async () => {
    bench.sessions.put('s-1', member(BEFORE));
    await bench.enable();
    meanwhile('endUnchanged', 1, () => bench.sessions.put('s-1', admin(BEFORE)));
    await bench.purge();
    expect(bench.sessions.ids).toEqual(['s-1']);
    expect(await bench.receipts()).toMatchObject([{ details: { scanned: 1, deleted: 0, kept: 1 } }]);
  });

  test('one that is changed and is still a member’s goes in the second pass', async () => {
    bench.sessions.put('s-1', member(BEFORE));
    await bench.enable();
    meanwhile('endUnchanged', 1, () => bench.sessions.put('s-1', member(BEFORE, 'mia again')));
    await bench.purge();
    expect(bench.sessions.ids).toEqual([]);
  });

  test('those that appear during the first pass go in the second', async () => {
    populate();
    await bench.enable();
    for (const nth of [2, 4, 6]) {
      meanwhile('scan', nth, () => {
        for (let n = 0; n < 30; n += 1) bench.sessions.put(`new-${nth}-${n}`, member(bench.time - 10_000));
      });
    }
    await bench.purge();
    expect(left()).toEqual(SIX_ADMINS);
  });

  test('maintenance is over: who came before the order goes, who came later stays, as who cannot tell', async () => {
    populate();
    await bench.enable();
    bench.callTime = 500;
    meanwhile('scan', 2, async () => {
      await bench.command({ type: 'disable' });
      for (let n = 0; n < 20; n += 1) bench.sessions.put(`late-${n}`, member(bench.time));
    });
    await bench.purge();
    expect(left().filter((kind) => kind === 'late')).toHaveLength(20);
    expect(left().filter((kind) => ['member', 'worker'].includes(kind))).toEqual([]);
    expect(left()).toContain('ageless');
    expect(await bench.receipts()).toHaveLength(1);
  });

  test('another order takes its place: both are carried out, with one receipt for both', async () => {
    populate();
    await bench.enable();
    bench.callTime = 500;
    meanwhile('scan', 6, () => bench.command({ type: 'revoke', principal: 'admin-1' }, BOB));
    expect(await bench.purge()).toMatchObject({ outcome: 'completed' });
    expect(left()).toEqual(SIX_ADMINS.slice(1));
    expect(await bench.receipts()).toMatchObject([
      { details: { purge_id: 'purge-2', scope: 'members', scanned: 60, deleted: 55, kept: 5 } },
    ]);
  });

  test('another order takes its place: the run begins anew within two seconds, not at its end', async () => {
    for (let n = 0; n < 500; n += 1) bench.sessions.put(`member-${n}`, member(BEFORE));
    await bench.enable();
    bench.callTime = 500;
    meanwhile('scan', 2, () => bench.command({ type: 'purge_sessions', all: false }, BOB));
    await bench.purge();
    const underTheFirst = bench.ended.filter(({ order }) => order.id === 'purge-1');
    expect(underTheFirst.length).toBeLessThan(6);
    expect(bench.ended.length).toBeGreaterThan(12);
  });

  test('another order comes at the last moment: its receipt is its own', async () => {
    populate();
    await bench.enable();
    const append = bench.events.append.bind(bench.events);
    let isFirst = true;
    bench.events.append = async (...given) => {
      if (isFirst) {
        isFirst = false;
        await bench.command({ type: 'revoke', principal: 'admin-1' }, BOB);
      }
      return append(...given);
    };
    expect(await bench.purge()).toMatchObject({ outcome: 'completed' });
    expect(left()).toEqual(SIX_ADMINS.slice(1));
    expect(await bench.receipts()).toMatchObject([{ details: { purge_id: 'purge-2', deleted: 55 } }]);
  });

  test('time runs out: the next call goes on, and nothing is lost of the counts', async () => {
    populate();
    await bench.enable();
    let calls = 1;
    while ((await bench.purge({ time: 1500 })).outcome === 'handed_on') calls += 1;
    expect(calls).toBeGreaterThan(3);
    expect(left()).toEqual(SIX_ADMINS);
    expect(await bench.receipts()).toMatchObject([
      { details: { scanned: 60, deleted: 54, kept: 6, interruptions: 0, counts_exact: true } },
    ]);
  });
});

describe('the next piece of the scan', () => {
  test('is read while the last is being deleted, and nothing of it is deleted before', async () => {
    populate();
    await bench.enable();
    const calls: string[] = [];
    const reading = Promise.withResolvers<void>();
    bench.sessions.before = async (call) => {
      calls.push(call);
      if (calls.filter((name) => name === 'scan').length === 2) reading.resolve();
      if (call === 'endUnchanged') await reading.promise;
    };
    expect(await bench.purge()).toMatchObject({ outcome: 'completed' });
    expect(calls.slice(0, 4).toSorted()).toEqual(['endUnchanged', 'scan', 'scan', 'size']);
    expect(left()).toEqual(SIX_ADMINS);
  });

  test('is not gone past before the last is deleted: who goes on after a failure begins with that', async () => {
    populate();
    await bench.enable();
    let batches = 0;
    bench.sessions.before = (call) => {
      batches += call === 'endUnchanged' ? 1 : 0;
      bench.sessions.isDown = call === 'endUnchanged' && batches === 3;
    };
    expect(await bench.purge()).toMatchObject({ outcome: 'failed' });
    const { run } = bench.record.entry;
    const [, second] = bench.ended;
    expect(bench.ended).toHaveLength(2);
    expect(run?.counts.deleted).toBe((second?.deletedBefore ?? 0) + (second?.deleted ?? 0));
    expect(run?.passed).toBeLessThan(60);
    bench.sessions.before = () => {};
    bench.sessions.isDown = false;
    await bench.purge();
    expect(left()).toEqual(SIX_ADMINS);
  });

  test('cannot be read: what was deleted meanwhile is counted all the same', async () => {
    populate();
    await bench.enable();
    let scans = 0;
    const { scan } = bench.sessions;
    bench.sessions.scan = async (...given) => {
      scans += 1;
      if (scans === 3) throw new SessionStoreUnavailableError('down');
      return scan.apply(bench.sessions, given);
    };
    expect(await bench.purge()).toMatchObject({ outcome: 'failed' });
    expect(bench.record.entry.run?.counts.deleted).toBe(54 - (bench.sessions.ids.length - 6));
    await bench.purge();
    expect(left()).toEqual(SIX_ADMINS);
    expect(await bench.receipts()).toMatchObject([
      { details: { scanned: 60, deleted: 54, kept: 6, interruptions: 1, counts_exact: true } },
    ]);
  });
});

describe('two at once', () => {
  /** Does something before the third scan, once. */
  function inTheMiddle(act: () => Promise<void>): void {
    let scans = 0;
    bench.sessions.before = async (call) => {
      scans += call === 'scan' ? 1 : 0;
      if (scans !== 3) return;
      scans += 1;
      await act();
    };
  }

  test('who comes in the middle goes home', async () => {
    populate();
    await bench.enable();
    inTheMiddle(async () => expect(await bench.purge()).toEqual({ outcome: 'busy' }));
    expect(await bench.purge()).toMatchObject({ outcome: 'completed' });
    expect(await bench.receipts()).toMatchObject([{ details: { deleted: 54, counts_exact: true } }]);
  });

  test('one that was paused until another took over leaves the rest to that one', async () => {
    populate();
    await bench.enable();
    let endedByOthers = 0;
    inTheMiddle(async () => {
      bench.time += 60_000;
      expect(await bench.purge({ time: 1500 })).toMatchObject({ outcome: 'handed_on' });
      endedByOthers = bench.ended.length;
    });
    expect(await bench.purge()).toEqual({ outcome: 'busy' });
    // The piece that it was at; nothing after that.
    expect(bench.ended.length - endedByOthers).toBeLessThanOrEqual(1);
    await bench.purge();
    expect(left()).toEqual(SIX_ADMINS);
  });

  test('one works, the other goes home', async () => {
    populate();
    await bench.enable();
    const outcomes = await Promise.all([bench.purge(), bench.purge(), bench.purge()]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['busy', 'busy', 'completed']);
    expect(await bench.receipts()).toMatchObject([{ details: { deleted: 54, counts_exact: true } }]);
  });

  test('one that was paused until another took over stops without a trace', async () => {
    populate();
    await bench.enable();
    inTheMiddle(async () => {
      bench.time += 60_000;
      expect(await bench.purge()).toMatchObject({ outcome: 'completed' });
    });
    expect(await bench.purge()).toMatchObject({ outcome: 'busy' });
    expect(left()).toEqual(SIX_ADMINS);
    expect(await bench.receipts()).toMatchObject([{ details: { interruptions: 1, counts_exact: false } }]);
  });
});

describe('a session store that is away', () => {
  test('is a failure, never a purge of none, until it is back', async () => {
    populate();
    await bench.enable();
    bench.sessions.isDown = true;
    for (let minute = 1; minute <= 3; minute += 1) {
      expect(await bench.purge()).toMatchObject({ outcome: 'failed', error: { message: 'down' } });
      expect(bench.record.entry.run).toMatchObject({
        error: 'down',
        interruptions: minute,
        finishedAt: null,
      });
    }
    expect(await bench.receipts()).toEqual([]);
    bench.sessions.isDown = false;
    await bench.purge();
    expect(left()).toEqual(SIX_ADMINS);
    expect(await bench.receipts()).toMatchObject([
      { details: { deleted: 54, interruptions: 3, counts_exact: true } },
    ]);
  });

  test('in the middle of deleting leaves counts that are too low, and says so', async () => {
    populate();
    await bench.enable();
    let batches = 0;
    bench.sessions.before = (call) => {
      batches += call === 'endUnchanged' ? 1 : 0;
      bench.sessions.isDown = batches === 3;
    };
    expect(await bench.purge()).toMatchObject({ outcome: 'failed' });
    bench.sessions.before = () => {};
    bench.sessions.isDown = false;
    await bench.purge();
    expect(left()).toEqual(SIX_ADMINS);
    expect(await bench.receipts()).toMatchObject([{ details: { interruptions: 1, counts_exact: false } }]);
  });
});

test.each(['record', 'events'] as const)('without the %s nothing is deleted', async (part) => {
  populate();
  await bench.enable();
  if (part === 'record') bench.record.isDown = true;
  else bench.events.down();
  await expect(bench.purge()).rejects.toThrow(StoreUnavailableError);
  expect(bench.sessions.ids).toHaveLength(60);
});

describe('afterwards, while maintenance lasts', () => {
  const appear = (count: number, at = bench.time - 5000) => {
    for (let n = 0; n < count; n += 1) bench.sessions.put(`late-${n}`, member(at));
  };

  beforeEach(async () => {
    populate();
    await bench.enable();
    await bench.purge();
    bench.time += 60_000;
  });

  test('what appears goes with a later slice, and counts for the maintenance', async () => {
    appear(20);
    let deleted = 0;
    let slices = 0;
    while (deleted < 20) {
      const outcome = await bench.purge({ sliceKeys: 5 });
      deleted += outcome.outcome === 'swept' ? outcome.deleted : 0;
      slices += 1;
      expect(slices).toBeLessThan(30);
    }
    expect(slices).toBeGreaterThan(2);
    expect(left()).toEqual(SIX_ADMINS);
    expect(bench.record.entry.ended).toEqual({ maintenanceId: 'm-1', deleted: 74 });
    expect(await bench.receipts()).toHaveLength(1);
  });

  test('a slice ends where it began, at the latest', async () => {
    appear(20);
    expect(await bench.purge({ sliceKeys: 1_000_000 })).toEqual({ outcome: 'swept', deleted: 20 });
    expect(bench.record.entry.slice).toBeNull();
  });

  test('nothing more is done once it is over', async () => {
    await bench.command({ type: 'disable' });
    appear(20);
    expect(await bench.purge()).toEqual({ outcome: 'idle' });
    expect(bench.sessions.ids).toHaveLength(26);
  });

  test('a session store that is away is a failure too', async () => {
    bench.sessions.isDown = true;
    expect(await bench.purge()).toMatchObject({ outcome: 'failed' });
    expect(bench.record.entry).toMatchObject({ lease: null, run: { error: null } });
  });

  test('an emergency orders anew', async () => {
    appear(3);
    await bench.command({ type: 'emergency', reason: 'Fire', terminateJobs: true, gracePeriod: 0 });
    expect(await bench.purge()).toMatchObject({
      outcome: 'completed',
      run: { counts: { deleted: 3, kept: 6 } },
    });
    expect(bench.record.entry.ended).toEqual({ maintenanceId: 'm-1', deleted: 57 });
  });
});

describe('laws of purging', () => {
  const kind = fc.constantFrom('admin', 'nested', 'member', 'worker', 'ageless', 'roleless', 'malformed');
  const sessions = fc.array(kind, { maxLength: 60 });
  const isAdmin = (name: string) => name === 'admin' || name === 'nested';

  function benchWith(kinds: readonly (keyof typeof SESSION_TEXTS)[]): PurgeBench {
    const made = new PurgeBench();
    for (const [n, name] of kinds.entries()) made.sessions.put(`${name}-${n}`, SESSION_TEXTS[name](BEFORE));
    return made;
  }

  const death = fc.record({ lives: fc.integer({ min: 1, max: 40 }), diesAfterwards: fc.boolean() });

  test('killed at any points and resumed: no admin’s session is lost, no member’s is left, one receipt', async () => {
    await fc.assert(
      fc.asyncProperty(sessions, fc.array(death, { minLength: 1, maxLength: 60 }), async (kinds, deaths) => {
        const it = benchWith(kinds);
        await it.enable();
        for (const end of deaths) {
          try {
            await it.purge(end);
          } catch (error) {
            expect(error).toBeInstanceOf(Killed);
          }
          it.time += 20_000;
        }
        if ((await it.state()).purge !== undefined) await it.purgeUntil('completed');
        expect(left(it)).toEqual(kinds.filter(isAdmin).toSorted());
        const [receipt, ...more] = await it.receipts();
        expect(more).toEqual([]);
        const ended = kinds.filter((name) => !isAdmin(name)).length;
        expect(receipt?.details.kept).toBe(kinds.length - ended);
        if (receipt?.details.counts_exact) expect(receipt.details.deleted).toBe(ended);
        else expect(receipt?.details.deleted).toBeLessThanOrEqual(ended);
      }),
      { numRuns: 150 },
    );
  });

  test('killed 50 times in a row at any points: the same', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(kind, { minLength: 60, maxLength: 60 }),
        fc.array(death, { minLength: 50, maxLength: 50 }),
        async (kinds, deaths) => {
          const it = benchWith(kinds);
          it.callTime = 700;
          await it.enable();
          for (const end of deaths) {
            await it.purge({ ...end, lives: Math.min(end.lives, 12) }).catch(() => null);
            it.time += 20_000;
          }
          if ((await it.state()).purge !== undefined) await it.purgeUntil('completed');
          expect(left(it)).toEqual(kinds.filter(isAdmin).toSorted());
        },
      ),
      { numRuns: 30 },
    );
  });

  /** What may happen before any call of the session store. */
  const happening = fc.constantFrom(
    'nothing',
    'nothing',
    'turns_admin',
    'appears',
    'goes',
    'fails',
    'log_fails',
  );

  test('whatever happens meanwhile: no admin’s session is lost, and in the end no member’s is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        sessions,
        fc.array(happening, { maxLength: 60 }),
        fc.array(fc.option(death, { freq: 2 }), { maxLength: 20 }),
        async (kinds, happenings, calls) => {
          const it = benchWith(kinds);
          await it.enable();
          const admins = new Set(it.sessions.ids.filter((id) => isAdmin(id.replace(/-.*/, ''))));
          const todo = [...happenings];
          let count = 0;
          it.sessions.before = () => {
            const what = todo.shift() ?? 'nothing';
            count += 1;
            it.sessions.isDown = what === 'fails';
            it.events.up();
            if (what === 'log_fails') it.events.down();
            const someone = it.sessions.ids.find((id) => !admins.has(id));
            if (what === 'turns_admin' && someone !== undefined) {
              it.sessions.put(someone, admin(BEFORE));
              admins.add(someone);
            }
            if (what === 'goes' && someone !== undefined) it.sessions.delete(someone);
            if (what === 'appears') it.sessions.put(`new-${count}`, member(it.time));
          };
          for (const end of calls) {
            await it.purge(end ?? {}).catch(() => null);
            it.events.up();
            it.time += 20_000;
          }
          it.sessions.before = () => {};
          it.sessions.isDown = false;
          if ((await it.state()).purge !== undefined) await it.purgeUntil('completed');
          for (let slices = 0; slices < 2; slices += 1) {
            it.time += 60_000;
            await it.purge();
          }
          expect(new Set(it.sessions.ids)).toEqual(admins);
          expect(await it.receipts()).toHaveLength(1);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('the size of a batch', () => {
  test('grows while the store is quick, halves when it is not, and stays within bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true })), (roundTrips) => {
        let size = 100;
        for (const roundTrip of roundTrips) {
          const next = nextBatchSize(size, roundTrip);
          expect(next).toBeGreaterThanOrEqual(50);
          expect(next).toBeLessThanOrEqual(1000);
          if (roundTrip > 20) expect(next).toBeLessThanOrEqual(Math.max(50, size / 2));
          else expect(next).toBeGreaterThanOrEqual(size);
          size = next;
        }
      }),
    );
  });

  test.each([
    [1000, 1000, 500, 1000],
    [1000, 1000, 100, 1000],
    [1000, 1000, 99, 2000],
    [1000, 2000, 0, 2000],
    [50, 50, 0, 100],
    [1000, 0, 0, 1000],
  ])('%i, after %i keys with %i sessions: past %i keys', (size, passed, found, keys) => {
    expect(keysToPass(size, { passed, found })).toBe(keys);
  });
});
