import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type EventItem, eventOf, itemOf } from '../../../../adapters/events/event-item.ts';
import { sealEvent } from '../../../../adapters/events/seal-event.ts';
import { CorruptLogError } from '../../../../core/errors.ts';
import type { Maintenance, State } from '../../../../core/state/state.ts';
import { fullState } from '../../../support/arbitraries.ts';
import { draftAfter } from '../../../support/event-drafts.ts';

const itemWith = (state: State): EventItem =>
  itemOf('main', sealEvent(draftAfter(null, { state: { ...state, version: 1 } }), null, { id: 'e-1' }));

const [example] = fc.sample(fullState, { numRuns: 1, seed: 1 });
if (example === undefined) throw new Error('There is no example.');
const spoilt = (changes: object): EventItem => {
  const item = itemWith(example);
  return { ...item, state: { S: JSON.stringify({ ...example, version: 1, ...changes }) } };
};

describe('a stored state', () => {
  test('comes back as it was, with all that a state may hold', () => {
    fc.assert(
      fc.property(fullState, (state) => {
        expect(eventOf(itemWith(state)).state).toEqual({ ...state, version: 1 });
      }),
    );
  });

  test.each(Object.keys(example))('with %s of a kind that it never has is none', (name) => {
    expect(() => eventOf(spoilt({ [name]: 'unheard of' }))).toThrow(CorruptLogError);
  });

  test.each(
    fc
      .sample(fullState, { numRuns: 30, seed: 2 })
      .map(({ maintenance }) => maintenance)
      .filter((maintenance): maintenance is Maintenance => maintenance !== null)
      .flatMap((maintenance) => Object.keys(maintenance).map((name) => ({ name, maintenance })))
      .filter(
        ({ name, maintenance }, index, all) =>
          all.findIndex((one) => one.name === name && one.maintenance.mode === maintenance.mode) === index,
      )
      .map(({ name, maintenance }) => ({ mode: maintenance.mode, name, maintenance })),
  )('in $mode mode with $name of a kind that it never has is none', ({ name, maintenance }) => {
    const wrong = { maintenance: { ...maintenance, [name]: [[]] } };
    expect(() => eventOf(spoilt(wrong))).toThrow(CorruptLogError);
  });

  test('may hold what a later version has added', () => {
    expect(eventOf(spoilt({ addedLater: true })).state).toMatchObject({ addedLater: true });
  });
});
