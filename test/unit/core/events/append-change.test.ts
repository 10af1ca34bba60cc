import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Command, MAX_REASON_LENGTH } from '../../../../core/commands/command.ts';
import { decide } from '../../../../core/decision/decide.ts';
import { BLOCKABLE_OPERATIONS } from '../../../../core/decision/operations.ts';
import { OutcomeUnknownError, StoreUnavailableError } from '../../../../core/errors.ts';
import {
  appendDueEvents,
  type ChangeOutcome,
  type CommandRequest,
  executeCommand,
  stateOf,
} from '../../../../core/events/append-change.ts';
import { type Actor, CLOCK, type EventDraft, type MaintenanceEvent } from '../../../../core/events/event.ts';
import type { EventLog } from '../../../../core/events/event-log.ts';
import { OPERATION_TYPES } from '../../../../core/messages/operation-texts.ts';
import { effective } from '../../../../core/state/clock.ts';
import { ROLES } from '../../../../core/state/principal.ts';
import type { State } from '../../../../core/state/state.ts';
import { nextState } from '../../../../core/state/transition.ts';
import { commandSequence } from '../../../support/arbitraries.ts';
import { ALICE, BOB, declareEmergency, enable, NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';

const HOUR = 3_600_000;
const DISABLE: Command = { type: 'disable' };
const END = NOW + HOUR;
const ENDING = enable({ endsAt: END, autoEnd: true });

let log: InMemoryEventLog;
let now: number;
let ids: number;
const newId = () => {
  ids += 1;
  return `m-${ids}`;
};
beforeEach(() => {
  log = new InMemoryEventLog();
  now = NOW;
  ids = 0;
});

function execute(
  command: Command,
  request: Partial<CommandRequest> = {},
  through: EventLog = log,
): Promise<ChangeOutcome> {
  const dependencies = { log: through, now: () => now, newId };
  const answer: CommandRequest['answer'] = ({ type }, { version }) => ({ type, version });
  return executeCommand(dependencies, { command, actor: ALICE, answer, ...request });
}

/** The log with some methods replaced, the rest as it is. */
function logWith(changes: Partial<EventLog>): EventLog {
  return {
    head: () => log.head(),
    append: (...given) => log.append(...given),
    page: (options) => log.page(options),
    findByIdempotencyKey: (...given) => log.findByIdempotencyKey(...given),
    ...changes,
  };
}

/** A log in which something happens just before the first append. */
function logOvertaken(by: () => Promise<unknown>): EventLog {
  let happened = false;
  return logWith({
    append: async (...given) => {
      if (!happened) {
        happened = true;
        await by();
      }
      return log.append(...given);
    },
  });
}

async function eventsOf(of: EventLog): Promise<readonly MaintenanceEvent[]> {
  return (await of.page({ limit: 100 })).items.toReversed();
}

async function types(): Promise<string[]> {
  return (await eventsOf(log)).map(({ type }) => type);
}

describe('a command that is accepted', () => {
  test('is in the log, and its answer is made of the event and of the state before it', async () => {
    const outcome = await execute(enable());
    expect(log.items.size).toBe(1);
    expect(outcome).toEqual({
      outcome: 'done',
      event: await log.head(),
      before: { version: 0, maintenance: null, rules: null, sessionsInvalidBefore: null },
      answer: { type: 'activated', version: 0 },
    });
  });
});

describe('a command that is refused', () => {
  test.each([
    ['a conflict', { type: 'deescalate' }, { outcome: 'conflict', conflict: { code: 'not_in_emergency' } }],
    ['an end out of bounds', { type: 'update', endsAt: NOW - 1 }, { outcome: 'invalid' }],
  ] as [string, Command, object][])('changes nothing: %s', async (_why, command, expected) => {
    await execute(enable());
    expect(await execute(command)).toMatchObject(expected);
    expect(log.items.size).toBe(1);
  });

  test('comes with the state that it was judged by', async () => {
    await execute(enable());
    expect(await execute(enable())).toMatchObject({ state: stateOf(await log.head()) });
  });
});

describe('what the clock has made due is written first', () => {
  beforeEach(async () => {
    await execute(ENDING);
  });

  test.each([END, END + 1, END + 90 * HOUR])(
    'so nothing is refused because of what is over (%i)',
    async (at) => {
      now = at;
      expect(await execute(enable())).toMatchObject({ outcome: 'done', before: { version: 2 } });
      expect(await types()).toEqual(['activated', 'auto_ended', 'activated']);
    },
  );

  test('just before the end it is not over', async () => {
    now = END - 1;
    expect(await execute(enable())).toMatchObject({ conflict: { code: 'maintenance_already_active' } });
    expect(await types()).toEqual(['activated']);
  });

  test('though the end comes while the command is on its way', async () => {
    const readings = [END - 1, END];
    const ticking = () => readings.shift() ?? END;
    const answer = () => null;
    const outcome = await executeCommand(
      { log, now: ticking, newId },
      { command: enable(), actor: BOB, answer },
    );
    expect(outcome.outcome).toBe('done');
    expect(await types()).toEqual(['activated', 'auto_ended', 'activated']);
  });

  test('even when the command is refused then', async () => {
    now = END;
    expect(await execute(DISABLE)).toMatchObject({ conflict: { code: 'maintenance_not_active' } });
    expect(await types()).toEqual(['activated', 'auto_ended']);
  });

  test('settling alone writes it once', async () => {
    now = END;
    await appendDueEvents({ log, now: () => now });
    expect((await appendDueEvents({ log, now: () => now }))?.type).toBe('auto_ended');
    expect(await types()).toEqual(['activated', 'auto_ended']);
  });
});

describe('de-escalating', () => {
  beforeEach(async () => {
    await execute(ENDING);
    await execute(declareEmergency());
  });

  test('before the planned end goes back to the plan', async () => {
    now = END - 1;
    await execute({ type: 'deescalate' });
    expect(stateOf(await log.head()).maintenance).toMatchObject({
      mode: 'normal',
      endsAt: END,
      autoEnd: true,
    });
  });

  test.each([END, END + HOUR])('after the planned end closes at once (%i)', async (at) => {
    now = at;
    expect(await execute({ type: 'deescalate' })).toMatchObject({ outcome: 'done' });
    expect(await types()).toEqual(['activated', 'escalated', 'deescalated', 'auto_ended']);
    expect(stateOf(await log.head()).maintenance).toBeNull();
    expect((await log.head())?.details).toMatchObject({ duration: (at - NOW) / 1000 });
  });
});

test('an emergency is never refused for the length of legal reasons', async () => {
  const longest = '\u{10ffff}'.repeat(MAX_REASON_LENGTH);
  await execute(enable({ reason: longest, blockedOperations: BLOCKABLE_OPERATIONS }));
  expect(await execute(declareEmergency({ reason: longest }))).toMatchObject({ outcome: 'done' });
});

describe('two admins at once', () => {
  const byBob = { actor: BOB };

  test('one wins, the other is refused with the state that won', async () => {
    const outcomes = await Promise.all([execute(enable()), execute(declareEmergency(), byBob)]);
    expect(outcomes).toMatchObject([
      { outcome: 'done' },
      {
        outcome: 'conflict',
        conflict: { code: 'state_changed', message: expect.stringContaining('held by "alice"') },
        state: { version: 1, maintenance: { mode: 'normal' } },
      },
    ]);
    expect(log.items.size).toBe(1);
  });

  test('a command that would not work in that state says so in its own words', async () => {
    const [, loser] = await Promise.all([execute(enable()), execute(enable(), byBob)]);
    expect(loser).toMatchObject({
      conflict: { code: 'maintenance_already_active', message: expect.stringContaining('held by "alice"') },
    });
  });

  test('the one that is refused is told when nothing is active any more', async () => {
    await execute(enable());
    const overtaken = logOvertaken(() => execute(DISABLE));
    expect(await execute(DISABLE, byBob, overtaken)).toMatchObject({
      conflict: { code: 'maintenance_not_active' },
    });
  });

  test('a change and its undoing are still somebody else’s doing', async () => {
    const overtaken = logOvertaken(async () => {
      await execute(enable());
      await execute(DISABLE);
    });
    expect(await execute(enable(), byBob, overtaken)).toMatchObject({
      conflict: {
        code: 'state_changed',
        message: expect.stringContaining('No maintenance is active (version 2)'),
      },
    });
    expect(await types()).toEqual(['activated', 'deactivated']);
  });

  test('of any number, one wins', async () => {
    await execute(enable());
    const updates = Array.from({ length: 20 }, (_, n) => execute({ type: 'update', reason: `Reason ${n}` }));
    const won = (await Promise.all(updates)).filter(({ outcome }) => outcome === 'done');
    expect(won).toHaveLength(1);
    expect(await types()).toEqual(['activated', 'updated']);
  });

  test('events of the clock in between only cause another try', async () => {
    await execute(ENDING);
    const overtaken = logOvertaken(() => {
      now = END;
      return appendDueEvents({ log, now: () => now });
    });
    expect(await execute(declareEmergency(), byBob, overtaken)).toMatchObject({
      outcome: 'done',
      before: { version: 2 },
    });
    expect(await types()).toEqual(['activated', 'auto_ended', 'activated']);
  });

  test('so does a conflict that turns out to be none', async () => {
    let refusals = 3;
    const hesitant = logWith({
      append: async (...given) => {
        refusals -= 1;
        return refusals < 0 ? log.append(...given) : { outcome: 'conflict' };
      },
    });
    expect(await execute(enable(), {}, hesitant)).toMatchObject({ outcome: 'done' });
  });
});

describe('an idempotency key', () => {
  const keyed = (requestHash: string, actor: Actor = ALICE): Partial<CommandRequest> => ({
    actor,
    idempotency: { key: 'k', requestHash },
  });

  test('gets the first answer again, and causes no second event', async () => {
    const first = await execute(enable(), keyed('one'));
    now += 24 * HOUR;
    expect(first).toMatchObject({ outcome: 'done', answer: { type: 'activated', version: 0 } });
    expect(await execute(enable(), keyed('one'))).toEqual({
      outcome: 'repeated',
      answer: { type: 'activated', version: 0 },
    });
    expect(log.items.size).toBe(1);
  });

  test('goes before the version that the caller has seen', async () => {
    await execute(enable(), { ...keyed('one'), expectedVersion: 0 });
    expect(await execute(enable(), { ...keyed('one'), expectedVersion: 0 })).toMatchObject({
      outcome: 'repeated',
    });
  });

  test('is remembered over other events', async () => {
    await execute(enable(), keyed('one'));
    await execute(DISABLE, { actor: BOB });
    expect(await execute(enable(), keyed('one'))).toMatchObject({ outcome: 'repeated' });
    expect(await types()).toEqual(['activated', 'deactivated']);
  });

  test('with another body is an error', async () => {
    await execute(enable(), keyed('one'));
    expect(await execute(DISABLE, keyed('two'))).toEqual({ outcome: 'key_reused' });
    expect(log.items.size).toBe(1);
  });

  test('of another actor is another key', async () => {
    await execute(enable(), keyed('one'));
    expect(await execute(DISABLE, keyed('two', BOB))).toMatchObject({ outcome: 'done' });
  });

  test('is forgotten after a day', async () => {
    await execute(enable(), keyed('one'));
    now += 24 * HOUR + 1;
    expect(await execute(DISABLE, keyed('two'))).toMatchObject({ outcome: 'done' });
  });

  test('of a refused command can be used again', async () => {
    expect(await execute(DISABLE, keyed('one'))).toMatchObject({ outcome: 'conflict' });
    await execute(enable());
    expect(await execute(DISABLE, keyed('one'))).toMatchObject({ outcome: 'done' });
  });

  test('sent twice at once carries the command out once', async () => {
    const outcomes = await Promise.all([execute(enable(), keyed('one')), execute(enable(), keyed('one'))]);
    expect(outcomes).toMatchObject([{ outcome: 'done' }, { outcome: 'repeated', answer: { version: 0 } }]);
    expect(log.items.size).toBe(1);
  });
});

describe('the version that the caller has seen', () => {
  test('must be the newest', async () => {
    expect(await execute(enable(), { expectedVersion: 0 })).toMatchObject({ outcome: 'done' });
    expect(await execute(DISABLE, { expectedVersion: 0 })).toEqual({
      outcome: 'version_mismatch',
      state: stateOf(await log.head()),
    });
    expect(await execute(DISABLE, { expectedVersion: 1 })).toMatchObject({ outcome: 'done' });
    expect(await types()).toEqual(['activated', 'deactivated']);
  });

  test('is outdated by the clock too', async () => {
    await execute(ENDING);
    now = END;
    expect(await execute(enable(), { expectedVersion: 1 })).toMatchObject({
      outcome: 'version_mismatch',
      state: { version: 2, maintenance: null },
    });
  });

  describe('is not outdated by receipts', () => {
    /** Appends the receipt for the order that stands, as the purge does. */
    const receive = async () => {
      const head = await log.head();
      const state = nextState(stateOf(head), now, { isPurged: true });
      const receipt = {
        type: 'sessions_purged',
        at: now,
        actor: CLOCK,
        reason: null,
        maintenanceId: null,
      } as const;
      await log.append({ ...receipt, details: {}, state } as object as EventDraft, head);
    };

    test('however many have come since', async () => {
      await execute(enable());
      await receive();
      await receive();
      expect(await execute(DISABLE, { expectedVersion: 1 })).toMatchObject({
        outcome: 'done',
        before: { version: 3 },
      });
    });

    test('but by what came with them', async () => {
      await execute(enable());
      await receive();
      await execute({ type: 'update', reason: 'Another' });
      await receive();
      expect(await execute(DISABLE, { expectedVersion: 1 })).toMatchObject({ outcome: 'version_mismatch' });
      expect(await execute(DISABLE, { expectedVersion: 3 })).toMatchObject({ outcome: 'done' });
    });

    test('nor is another command lost to one that comes in between', async () => {
      await execute(enable());
      const overtaken = logOvertaken(receive);
      expect(await execute(DISABLE, { expectedVersion: 1 }, overtaken)).toMatchObject({ outcome: 'done' });
      expect(await types()).toEqual(['activated', 'sessions_purged', 'deactivated']);
    });
  });

  test('is compared before the command is judged', async () => {
    expect(await execute(DISABLE, { expectedVersion: 5 })).toMatchObject({ outcome: 'version_mismatch' });
  });

  test('is compared again after somebody else was faster', async () => {
    const overtaken = logOvertaken(() => execute(enable()));
    expect(await execute(declareEmergency(), { actor: BOB, expectedVersion: 0 }, overtaken)).toMatchObject({
      outcome: 'version_mismatch',
      state: { version: 1 },
    });
  });
});

describe('a store that fails', () => {
  const down = () => Promise.reject(new StoreUnavailableError('The store does not answer.'));
  const idempotency = { key: 'k', requestHash: 'one' };

  test.each([
    ['head', { head: down }],
    ['append', { append: down }],
    ['findByIdempotencyKey', { findByIdempotencyKey: down }],
  ])('at %s surfaces, and nothing is changed', async (_method, changes) => {
    await execute(enable());
    await expect(execute(DISABLE, { idempotency }, logWith(changes))).rejects.toThrow(StoreUnavailableError);
    expect(log.items.size).toBe(1);
  });

  test('altogether surfaces, and the same request works when it is back', async () => {
    log.down();
    await expect(execute(enable(), { idempotency })).rejects.toThrow(StoreUnavailableError);
    log.up();
    expect(await execute(enable(), { idempotency })).toMatchObject({ outcome: 'done', event: { number: 1 } });
  });

  test('when nobody knows whether the event was written, the same request finds out', async () => {
    log.interference = (operation) => (operation === 'write' || log.items.size > 0 ? 'lose_answer' : 'pass');
    await expect(execute(enable(), { idempotency })).rejects.toThrow(OutcomeUnknownError);
    log.up();
    expect(await execute(enable(), { idempotency })).toMatchObject({ outcome: 'repeated' });
    expect(await types()).toEqual(['activated']);
  });

  test('while looking who was faster surfaces', async () => {
    const overtaken = logOvertaken(() => execute(enable()));
    const failing = { ...overtaken, page: down };
    await expect(execute(declareEmergency(), { actor: BOB }, failing)).rejects.toThrow(StoreUnavailableError);
    expect(await types()).toEqual(['activated']);
  });

  test('after the command is in the log does not undo its success', async () => {
    const failsLater = logWith({ head: () => (log.items.size === 0 ? log.head() : down()) });
    expect(await execute(enable(), {}, failsLater)).toMatchObject({ outcome: 'done', event: { number: 1 } });
  });

  test('is told from a defect, which surfaces at any time', async () => {
    const defective = logWith({
      head: () => (log.items.size === 0 ? log.head() : Promise.reject(new TypeError('defect'))),
    });
    await expect(execute(enable(), {}, defective)).rejects.toThrow(TypeError);
  });

  test.each([
    ['a command', () => execute(enable(), {}, logWith({ append: async () => ({ outcome: 'conflict' }) }))],
    [
      'settling',
      async () => {
        await execute(ENDING);
        now = END;
        return execute(enable(), {}, logWith({ append: async () => ({ outcome: 'conflict' }) }));
      },
    ],
  ])('to make progress ends %s with an error', async (_what, attempt) => {
    await expect(attempt()).rejects.toThrow(/changes faster/);
  });
});

describe('laws of any sequence of commands', () => {
  const START = NOW - 10 * 24 * HOUR;
  const ask = { actor: ALICE, answer: () => null };

  test('numbers have no gaps, each event holds its version, and a refusal leaves the log as it was', async () => {
    await fc.assert(
      fc.asyncProperty(commandSequence, async (steps) => {
        const kept = new InMemoryEventLog();
        let clock = START;
        for (const { command, pause } of steps) {
          clock += pause;
          const dependencies = { log: kept, now: () => clock, newId };
          await appendDueEvents(dependencies);
          const before = kept.items.size;
          const { outcome } = await executeCommand(dependencies, { ...ask, command });
          if (outcome === 'done') expect(kept.items.size).toBeGreaterThan(before);
          else expect(kept.items.size).toBe(before);
        }
        const events = await eventsOf(kept);
        const numbers = events.map(({ number }) => number);
        expect(numbers).toEqual(numbers.map((_, index) => index + 1));
        expect(events.map(({ state }) => state.version)).toEqual(numbers);
      }),
    );
  });

  test('the state and the instant decide, whether due events were written in time or late', async () => {
    await fc.assert(
      fc.asyncProperty(commandSequence, async (steps) => {
        let clock = START;
        const world = (log: EventLog) => {
          let begun = 0;
          return { log, now: () => clock, newId: () => `m-${++begun}` };
        };
        const prompt = world(new InMemoryEventLog());
        const late = world(new InMemoryEventLog());
        for (const { command, pause } of steps) {
          clock += pause;
          await appendDueEvents(prompt);
          const [inTime, behind] = [stateOf(await prompt.log.head()), stateOf(await late.log.head())];
          // The next event drops what has had its time, revocations and debugging: until then it is there, and nothing.
          const inForce = (state: State) => nextState({ ...effective(state, clock), version: 0 }, clock, {});
          expect(inForce(behind)).toEqual(inForce(inTime));
          for (const { name } of OPERATION_TYPES) {
            const byRole = (state: State) =>
              ROLES.map((role) => decide(effective(state, clock).maintenance, name, role));
            expect(byRole(behind)).toEqual(byRole(inTime));
          }
          for (const each of [prompt, late]) await executeCommand(each, { ...ask, command });
        }
        const story = async (of: EventLog) =>
          (await eventsOf(of)).map(({ type, details, state }) => [type, details, state]);
        expect(await story(late.log)).toEqual(await story(prompt.log));
      }),
    );
  });
});
