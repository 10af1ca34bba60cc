import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AttemptStore } from '../../core/attempts/store.ts';
import { attempt, blockedCalls, deliveries, plain, someAttempts } from '../support/attempts.ts';

/** What every store of attempts must do. `create` gives an empty one. */
export function attemptStoreContract(name: string, create: () => AttemptStore): void {
  describe(`The store of attempts ${name}`, () => {
    test('knows of nothing at first', async () => {
      expect(plain(await create().totals('m-1'))).toEqual({
        blocked: {},
        bypassed: {},
        would_block: {},
        would_allow: {},
        clients: { count: 0, exact: true },
      });
    });

    test('keeps maintenances apart', async () => {
      const store = create();
      const told = await store.add('s', [attempt({ id: 'a' }), attempt({ id: 'a', maintenanceId: 'm-2' })]);
      expect(told).toEqual({ added: 2, repeated: 0, late: 0 });
      for (const id of ['m-1', 'm-2']) {
        expect((await store.totals(id)).counts.blocked.get('caption_generation')?.calls).toBe(1);
      }
    });

    test('counts 5 000 blocked calls of 50 clients exactly, a portion of them twice', async () => {
      const store = create();
      const calls = blockedCalls(5000, 50);
      for (let from = 0; from < calls.length; from += 500) {
        await store.add(`stream-${from % 3}`, calls.slice(from, from + 500));
      }
      expect(await store.add('stream-0', calls.slice(0, 500))).toEqual({ added: 0, repeated: 500, late: 0 });
      expect(plain(await store.totals('m-1'))).toMatchObject({
        blocked: { caption_generation: { calls: 5000, lastAt: calls.at(-1)?.lastAt } },
        clients: { count: 50, exact: true },
      });
    });

    test('comes to the same whatever the portions, the order and the repetitions', async () => {
      const given = someAttempts.chain((attempts) => fc.tuple(fc.constant(attempts), deliveries(attempts)));
      let run = 0;
      await fc.assert(
        fc.asyncProperty(given, async ([attempts, portions]) => {
          run += 1;
          const [first, second] = [create(), create()];
          const named = (name: string) => (one: (typeof attempts)[number]) => ({
            ...one,
            maintenanceId: `${name}-${run}-${one.maintenanceId}`,
          });
          await first.add('s', attempts.map(named('once')));
          for (const portion of portions) await second.add('s', portion.map(named('often')));
          for (const id of ['m-1', 'm-2']) {
            const once = await first.totals(`once-${run}-${id}`);
            expect(plain(await second.totals(`often-${run}-${id}`))).toEqual(plain(once));
            const recorded = await first.record(`once-${run}-${id}`);
            expect(await second.record(`often-${run}-${id}`)).toEqual(recorded);
          }
        }),
        { numRuns: 20 },
      );
    });
  });
}
