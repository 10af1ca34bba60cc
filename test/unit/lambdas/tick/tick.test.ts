import { describe, expect, test } from '@jest/globals';
import type { IssuerKeys, KeySet } from '../../../../adapters/identity/issuer-keys.ts';
import { CorruptLogError } from '../../../../core/errors.ts';
import { executeCommand, stateOf } from '../../../../core/events/append-change.ts';
import { occurrenceId } from '../../../../core/state/schedule.ts';
import { INITIAL_STATE, type State } from '../../../../core/state/state.ts';
import { scheduleOf } from '../../../../core/windows/occurrences.ts';
import type { KeyKeeping } from '../../../../lambdas/tick/keep-issuer-keys.ts';
import { createTickHandler } from '../../../../lambdas/tick/tick-handler.ts';
import { draftAfter } from '../../../support/event-drafts.ts';
import { ALICE, enable, NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { InMemoryWindowStore } from '../../../support/in-memory-window-store.ts';
import { RecordingLog } from '../../../support/recording-log.ts';
import { window } from '../../../support/windows.ts';

const HOUR = 3600 * 1000;
const keySet = (kid: string): KeySet => ({ keys: [{ kty: 'RSA', kid, n: 'n', e: 'AQAB' }] });

/** An issuer and the table that keeps its keys, each of which can be away. */
class FakeKeys implements KeyKeeping {
  issued: KeySet = keySet('key-1');
  kept: IssuerKeys | null = null;
  writes = 0;
  issuer: 'there' | 'down' | 'silent' = 'there';

  async fetch(): Promise<KeySet> {
    if (this.issuer === 'down') throw new Error('the issuer is down');
    if (this.issuer === 'silent') return new Promise(() => {});
    return this.issued;
  }

  async read(): Promise<IssuerKeys | null> {
    return this.kept;
  }

  async write(keys: IssuerKeys): Promise<void> {
    this.kept = keys;
    this.writes += 1;
  }
}

class TickBench {
  readonly events = new InMemoryEventLog();
  readonly keys = new FakeKeys();
  readonly windows = new InMemoryWindowStore();
  readonly log = new RecordingLog();
  time = NOW;
  readonly #handler = createTickHandler({
    events: this.events,
    windows: this.windows,
    issuerKeys: this.keys,
    log: this.log,
    now: () => this.time,
    timeLimit: 50,
  });

  tick(): Promise<void> {
    return this.#handler({}, { awsRequestId: 'aws-1' });
  }

  /** Enables a maintenance that ends by itself in a minute. */
  async enableForAMinute(): Promise<void> {
    await executeCommand(
      { log: this.events, now: () => this.time, newId: () => 'm-1' },
      { command: enable({ duration: 60, autoEnd: true }), actor: ALICE, answer: () => null },
    );
  }
}

describe('windows', () => {
  const daily = window({ startsAt: NOW + HOUR, rrule: 'FREQ=DAILY' });

  /** A log whose newest state holds what is coming of a daily window. */
  async function scheduled(bench: TickBench, beside: Partial<State> = {}, known?: number): Promise<void> {
    const all = scheduleOf(await bench.windows.write([daily]), [daily], () => NOW);
    const coming = all.windows.map((one) => ({ ...one, starts: one.starts.slice(0, known) }));
    const windows = { ...all, windows: coming };
    const state = { ...INITIAL_STATE, ...beside, version: 1, windows };
    const details = { window: { ...daily, status: 'scheduled', next: [] } };
    const draft = draftAfter(null, { type: 'window_scheduled', maintenanceId: null, details, state });
    await bench.events.append(draft, null);
  }

  test('are looked ahead to, long before the state runs out of them', async () => {
    const bench = new TickBench();
    await scheduled(bench);
    for (let day = 0; day < 30; day += 1) {
      bench.time = NOW + HOUR + day * 24 * HOUR;
      await bench.tick();
      const state = stateOf(await bench.events.head());
      expect(state.maintenance?.id).toBe(occurrenceId('w-1', bench.time));
      expect(state.windows?.windows[0]?.starts.length).toBeGreaterThan(12);
      bench.time += HOUR;
      await bench.tick();
      expect(stateOf(await bench.events.head()).maintenance).toBeNull();
    }
    const { items } = await bench.events.page({ limit: 100 });
    const extended = items.filter(({ type }) => type === 'window_schedule_extended');
    expect(extended).toHaveLength(2);
    expect(extended[0]).toMatchObject({ actor: { id: 'clock' }, details: { coming: 24 } });
  });

  test('are looked ahead to in a state without what has had its time', async () => {
    const bench = new TickBench();
    await scheduled(bench, { revoked: [{ id: 'mia', before: NOW }], debugUntil: NOW + 60_000 }, 1);
    bench.time = NOW + 20 * 60_000;
    await bench.tick();
    const head = await bench.events.head();
    expect(head?.type).toBe('window_schedule_extended');
    expect(head?.state).not.toHaveProperty('revoked');
    expect(head?.state).not.toHaveProperty('debugUntil');
  });

  test('go on while their set can’t be read, as far as the state knows them', async () => {
    const bench = new TickBench();
    await scheduled(bench);
    bench.windows.read = () => Promise.reject(new CorruptLogError(0, 'damaged'));
    bench.time = NOW + HOUR + 23 * 24 * HOUR;
    await expect(bench.tick()).rejects.toThrow(AggregateError);
    expect(stateOf(await bench.events.head()).maintenance?.id).toBe(occurrenceId('w-1', bench.time));
  });

  test('cause no event while there is nothing to look ahead to', async () => {
    const bench = new TickBench();
    await bench.tick();
    await scheduled(bench);
    await bench.tick();
    await bench.tick();
    expect(bench.events.items.size).toBe(1);
  });
});

describe('due events', () => {
  test('are written once, and told as what the clock did', async () => {
    const bench = new TickBench();
    await bench.enableForAMinute();
    bench.time += 90_000;
    await bench.tick();
    await bench.tick();
    expect((await bench.events.head())?.type).toBe('auto_ended');
    expect(bench.events.items.size).toBe(2);
    expect(bench.log.lines).toMatchObject([
      {
        level: 'INFO',
        message: '[MAINTENANCE] Maintenance mode deactivated: duration="60s" admin="clock"',
        fields: {
          event: 'maintenance_deactivated',
          version: 2,
          request_id: 'aws-1',
          maintenance_id: 'm-1',
          admin: 'clock',
          event_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      },
    ]);
  });

  test('that are not due are left alone', async () => {
    const bench = new TickBench();
    await bench.enableForAMinute();
    bench.time += 59_000;
    await bench.tick();
    expect(bench.events.items.size).toBe(1);
  });

  test('two clocks at once write one event', async () => {
    const bench = new TickBench();
    await bench.enableForAMinute();
    bench.time += 60_000;
    await Promise.all([bench.tick(), bench.tick()]);
    expect(bench.events.items.size).toBe(2);
    expect(bench.log.lines).toHaveLength(1);
  });
});

describe("the issuer's keys", () => {
  test('are kept from the first tick on', async () => {
    const bench = new TickBench();
    await bench.tick();
    expect(bench.keys.kept).toEqual({ jwks: keySet('key-1'), fetchedAt: NOW });
  });

  test('are written again only when they have changed, or after an hour', async () => {
    const bench = new TickBench();
    await bench.tick();
    bench.time += HOUR - 1;
    await bench.tick();
    expect(bench.keys.writes).toBe(1);

    bench.keys.issued = keySet('key-2');
    await bench.tick();
    expect(bench.keys.kept?.jwks).toEqual(keySet('key-2'));

    bench.time += HOUR;
    await bench.tick();
    expect(bench.keys.writes).toBe(3);
  });

  test('are written again when the clock was set back', async () => {
    const bench = new TickBench();
    await bench.tick();
    bench.time -= 5000;
    await bench.tick();
    expect(bench.keys.kept?.fetchedAt).toBe(bench.time);
  });
});

describe('a task that fails', () => {
  test.each(['down', 'silent'] as const)(
    'fails the function, but the due events are written: issuer %s',
    async (issuer) => {
      const bench = new TickBench();
      await bench.enableForAMinute();
      bench.time += 60_000;
      bench.keys.issuer = issuer;
      await expect(bench.tick()).rejects.toThrow('Not all tasks of the clock were done.');
      expect(bench.events.items.size).toBe(2);
      expect(bench.log.lines).toContainEqual(
        expect.objectContaining({
          level: 'WARN',
          fields: expect.objectContaining({ event: 'tick_failed', task: 'keep_issuer_keys' }),
        }),
      );
    },
  );

  test('fails the function, but the keys are kept: event log down', async () => {
    const bench = new TickBench();
    bench.events.down();
    await expect(bench.tick()).rejects.toThrow(AggregateError);
    expect(bench.keys.writes).toBe(1);
  });

  test('leaves the kept keys as they are', async () => {
    const bench = new TickBench();
    await bench.tick();
    bench.keys.issuer = 'down';
    await expect(bench.tick()).rejects.toThrow();
    expect(bench.keys.kept?.jwks).toEqual(keySet('key-1'));
  });

  test('is tried again by the next tick', async () => {
    const bench = new TickBench();
    bench.keys.issuer = 'down';
    await expect(bench.tick()).rejects.toThrow();
    bench.keys.issuer = 'there';
    await bench.tick();
    expect(bench.keys.writes).toBe(1);
  });
});
