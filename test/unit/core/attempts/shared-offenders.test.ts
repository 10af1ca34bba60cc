import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Offenders } from '../../../../core/attempts/offenders.ts';
import { type OffenceCounts, SharedOffenders } from '../../../../core/attempts/shared-offenders.ts';
import { NOW } from '../../../support/examples.ts';
import { settled } from '../../../support/manual-timers.ts';
import { MemoryOffenceCounts } from '../../../support/memory-offence-counts.ts';

const MINUTE = 60_000;
const BLOCKER = { id: 'm-1', mode: 'normal' } as const;

function instance(counts: OffenceCounts, threshold = 30) {
  const table = new SharedOffenders({ own: new Offenders(threshold), counts, later: (run) => run() });
  /** Blocks so many calls; gives what became of the last. */
  const block = async (calls: number, client = 'a', now = NOW) => {
    let offence = table.record(client, 'unknown', BLOCKER, now);
    for (let call = 1; call < calls; call += 1) {
      await settled();
      offence = table.record(client, 'unknown', BLOCKER, now);
    }
    await settled();
    return offence;
  };
  return { table, block };
}

describe('a client that calls at many instances', () => {
  test('is over the threshold where it is over at all of them together', async () => {
    const counts = new MemoryOffenceCounts();
    const [one, other] = [instance(counts), instance(counts)];
    expect(await one.block(20)).toEqual({ minutes: 0, logged: true });
    expect(await other.block(10)).toEqual({ minutes: 0, logged: true });
    expect(await other.block(1)).toEqual({ minutes: 1, logged: false });
  });

  test('is ordinary again in the next minute', async () => {
    const counts = new MemoryOffenceCounts();
    const [one, other] = [instance(counts), instance(counts)];
    await one.block(40);
    await other.block(5);
    expect(await other.block(1, 'a', NOW + MINUTE)).toEqual({ minutes: 0, logged: true });
    expect(await one.block(31, 'a', NOW + MINUTE)).toEqual({ minutes: 2, logged: false });
  });

  test('is told from others, whatever it is called', async () => {
    const counts = new MemoryOffenceCounts();
    const [one, other] = [instance(counts), instance(counts)];
    await one.block(40, '__proto__');
    await other.block(5, 'b');
    expect(await other.block(1, 'b')).toMatchObject({ logged: true });
    await other.block(2, '__proto__');
    expect(await other.block(1, '__proto__')).toMatchObject({ logged: false });
  });

  test('is summed up by each instance for its own calls', async () => {
    const counts = new MemoryOffenceCounts();
    const [one, other] = [instance(counts), instance(counts)];
    await one.block(40);
    await other.block(5);
    const calls = [one, other].flatMap(({ table }) => table.takeSummaries(NOW + MINUTE));
    expect(calls.map((summary) => summary.calls)).toEqual([10, 3]);
  });
});

describe('counting', () => {
  test('leaves the first call of an instance alone', async () => {
    const counts = new MemoryOffenceCounts();
    const { block } = instance(counts);
    await block(1);
    expect(counts.batches).toEqual([]);
    await block(1);
    expect(counts.batches).toEqual([new Map([['a', 2]])]);
  });

  test('has one batch under way, and gathers the rest', async () => {
    const counts = new MemoryOffenceCounts();
    const { block } = instance(counts);
    const answer = counts.hold();
    await block(5);
    await block(2, 'b');
    expect(counts.batches).toHaveLength(1);
    answer();
    await settled();
    await block(1);
    expect(counts.batches.slice(1)).toEqual([
      new Map([
        ['a', 4],
        ['b', 2],
      ]),
    ]);
  });

  test('forgets what belongs to a minute that is over', async () => {
    const counts = new MemoryOffenceCounts();
    const { block } = instance(counts);
    const answer = counts.hold();
    await block(5);
    answer();
    await settled();
    await block(1, 'b', NOW + MINUTE);
    expect(counts.batches.slice(1)).toEqual([new Map([['b', 1]])]);
  });

  test('keeps to a hundred clients in a batch', async () => {
    const counts = new MemoryOffenceCounts();
    const { table } = instance(counts);
    const answer = counts.hold();
    for (let client = 0; client < 300; client += 1) table.record(`c-${client}`, 'unknown', BLOCKER, NOW);
    answer();
    await settled();
    table.record('c-2', 'unknown', BLOCKER, NOW);
    expect(counts.batches.map(({ size }) => size)).toEqual([2, 100]);
  });

  test.each(['isDown', 'isPaused'] as const)('goes on by an instance itself: %s', async (trouble) => {
    const counts = new MemoryOffenceCounts();
    counts[trouble] = true;
    const { block } = instance(counts);
    expect(await block(30)).toEqual({ minutes: 0, logged: true });
    expect(await block(1)).toEqual({ minutes: 1, logged: false });
    if (trouble === 'isPaused') expect(counts.batches).toEqual([]);
    counts[trouble] = false;
    await block(1);
    expect(counts.batches.length).toBeGreaterThan(0);
  });
});

test('no client is let off by the common count, and none of its calls is told twice or lost', async () => {
  const call = fc.record({ instance: fc.nat(2), client: fc.constantFrom('a', 'b'), isDown: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(call, { maxLength: 60 }), fc.nat(5), async (calls, threshold) => {
      const counts = new MemoryOffenceCounts();
      const instances = [0, 1, 2].map(() => instance(counts, threshold));
      const alone = [0, 1, 2].map(() => new Offenders(threshold));
      let logged = 0;
      for (const { instance: index, client, isDown } of calls) {
        counts.isDown = isDown;
        const own = alone[index]?.record(client, 'unknown', BLOCKER, NOW);
        const offence = await instances[index]?.block(1, client);
        if (offence?.logged) logged += 1;
        if (own?.logged === false) expect(offence?.logged).toBe(false);
      }
      const summed = instances.flatMap(({ table }) => table.takeSummaries(NOW + MINUTE));
      expect(logged + summed.reduce((sum, summary) => sum + summary.calls, 0)).toBe(calls.length);
    }),
    { numRuns: 100 },
  );
});
