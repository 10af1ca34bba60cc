import { describe, expect, test } from '@jest/globals';
import type { IssuerKeys, KeySet } from '../../../adapters/issuer-keys.ts';
import { executeCommand } from '../../../core/execute-command.ts';
import type { KeyKeeping } from '../../../lambdas/tick/keep-issuer-keys.ts';
import { createTickHandler } from '../../../lambdas/tick/tick-handler.ts';
import { ALICE, enable, NOW } from '../../support/examples.ts';
import { InMemoryEventLog } from '../../support/in-memory-event-log.ts';
import { RecordingLog } from '../../support/recording-log.ts';

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
  readonly log = new RecordingLog();
  time = NOW;
  readonly #handler = createTickHandler({
    events: this.events,
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
