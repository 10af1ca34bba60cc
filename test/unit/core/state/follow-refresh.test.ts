import { expect, test } from '@jest/globals';
import { followRefresh } from '../../../../core/state/follow-refresh.ts';
import { INITIAL_STATE } from '../../../../core/state/state.ts';

const naming = (refresh: number | null) => ({ ...INITIAL_STATE, ...(refresh === null ? {} : { refresh }) });

test.each<[what: string, seen: (number | null)[], dropped: number]>([
  ['nothing at the first look, which is at nothing kept', [7], 0],
  ['nothing while no other is named', [null, null, 7, 7, 7], 1],
  ['once for each', [null, 7, 7, 9, 9], 2],
  ['once for several that were missed', [3, 9], 1],
  ['after a reset too', [7, null, 11], 2],
  ['where the log was restored from before', [9, 7], 1],
])('a refresh drops %s: %j', (_what, seen, dropped) => {
  let times = 0;
  const follow = followRefresh(() => {
    times += 1;
  });
  for (const refresh of seen) follow(naming(refresh));
  expect(times).toBe(dropped);
});
