import type { State } from './state.ts';

/**
 * Follows the refreshes that admins ask for: drops what this instance remembers when a state names one that it has not
 * met. What is dropped must be such that it can be known again; an instance that has just begun remembers nothing yet.
 *
 * @param drop must not fail
 * @returns tells it of a state, each time that one is read
 * @example const follow = followRefresh(() => offenders.forget());
 */
export function followRefresh(drop: () => void): (state: State) => void {
  let met: number | null = null;
  return ({ refresh = 0 }) => {
    const isNew = met !== null && refresh !== met;
    met = refresh;
    if (isNew) drop();
  };
}
