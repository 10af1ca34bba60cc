import { expect, test } from '@jest/globals';
import { keptFor } from '../../../../lambdas/http/kept-for.ts';

function counted(fail = false) {
  const bench = { time: 1000, made: 0, get: async () => 0 };
  bench.get = keptFor(
    5000,
    () => bench.time,
    async () => {
      bench.made += 1;
      if (fail) throw new Error('no');
      return bench.made;
    },
  );
  return bench;
}

test('is made once for as long as it is kept, and for all who ask at once', async () => {
  const bench = counted();
  expect(await Promise.all([bench.get(), bench.get()])).toEqual([1, 1]);
  bench.time += 4999;
  expect(await bench.get()).toBe(1);
  bench.time += 1;
  expect(await bench.get()).toBe(2);
});

test('is made anew when the clock was set back', async () => {
  const bench = counted();
  await bench.get();
  bench.time -= 1;
  expect(await bench.get()).toBe(2);
});

test('a failure is not kept', async () => {
  const bench = counted(true);
  await expect(bench.get()).rejects.toThrow('no');
  await expect(bench.get()).rejects.toThrow('no');
  expect(bench.made).toBe(2);
});
