import { beforeEach, describe, expect, test } from '@jest/globals';
import { SessionStoreUnavailableError, StoreUnavailableError } from '../../../../core/errors.ts';
import { executeCommand } from '../../../../core/events/append-change.ts';
import type { State } from '../../../../core/state/state.ts';
import { createPurgeHandler } from '../../../../lambdas/purge/purge-handler.ts';
import { ALICE, enable, NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { InMemoryPurgeRecord } from '../../../support/in-memory-purge-record.ts';
import { MemorySessionStore } from '../../../support/memory-session-store.ts';
import { SESSION_TEXTS } from '../../../support/purge-bench.ts';
import { RecordingLog } from '../../../support/recording-log.ts';
import { POLICY } from '../../../support/sessions.ts';

class Bench {
  readonly sessions = new MemorySessionStore(POLICY);
  readonly record = new InMemoryPurgeRecord();
  readonly events = new InMemoryEventLog();
  readonly log = new RecordingLog();
  readonly written: Record<string, unknown>[] = [];
  kept: State[] = [];
  keptKeys: string[] = [];
  issuerKeys: () => Promise<string | null> = async () => '{"keys":[]}';
  time = NOW;
  remaining = 900_000;
  readonly #handler = createPurgeHandler({
    store: this.sessions,
    record: this.record,
    events: this.events,
    mirror: {
      follow: async (read) => {
        if (this.sessions.isDown) throw new SessionStoreUnavailableError('down');
        this.kept.push(await read());
      },
      keepKeys: async (jwks) => {
        this.keptKeys.push(jwks);
      },
    },
    issuerKeys: () => this.issuerKeys(),
    log: this.log,
    write: (line) => this.written.push(JSON.parse(line)),
    now: () => this.time,
    stopwatch: () => 0,
    newId: () => crypto.randomUUID(),
  });

  invoke(event: unknown = {}): Promise<void> {
    return this.#handler(event, { awsRequestId: 'aws-1', getRemainingTimeInMillis: () => this.remaining });
  }

  async enable(): Promise<void> {
    await executeCommand(
      { log: this.events, now: () => this.time, newId: () => 'm-1' },
      { command: enable(), actor: ALICE, answer: () => null },
    );
  }

  /** The values of a metric, in the order in which they were written. */
  metric(name: string): unknown[] {
    return this.written.filter((line) => name in line).map((line) => line[name]);
  }
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
  for (let n = 0; n < 5; n += 1) bench.sessions.put(`member-${n}`, SESSION_TEXTS.member(NOW - 1000));
  bench.sessions.put('admin-0', SESSION_TEXTS.admin(NOW - 1000));
});

describe('the purge', () => {
  test.each<[string, unknown]>([
    ['the minute', { source: 'aws.events' }],
    ['an event of another time', { detail: { version: 1, mode: 'emergency' } }],
    ['nothing', undefined],
  ])('does what the state says, whatever invoked it: %s', async (_what, event) => {
    await bench.enable();
    await bench.invoke(event);
    expect(bench.sessions.ids).toEqual(['admin-0']);
    await bench.invoke(event);
    expect(bench.events.items.size).toBe(2);
  });

  test('tells of every session and of the receipt, and counts them', async () => {
    await bench.enable();
    await bench.invoke();
    const messages = bench.log.messages();
    expect(
      messages.filter((message) => message.startsWith('[MAINTENANCE] Session invalidated')),
    ).toHaveLength(5);
    expect(messages.at(-1)).toBe('[MAINTENANCE] Sessions purged: deleted="5" kept="1" duration="0s"');
    expect(
      bench.log.lines.every(({ level, fields }) => level === 'INFO' && fields.request_id === 'aws-1'),
    ).toBe(true);
    expect(bench.metric('SessionsPurged')).toEqual([5]);
    expect(bench.written).toEqual([
      {
        SessionsPurged: 5,
        _aws: {
          Timestamp: NOW,
          CloudWatchMetrics: [
            {
              Namespace: 'EnhancedMaintenanceMode',
              Dimensions: [[]],
              Metrics: [{ Name: 'SessionsPurged', Unit: 'Count' }],
            },
          ],
        },
      },
    ]);
  });

  test('is silent while there is nothing to do', async () => {
    await bench.invoke();
    expect([bench.log.lines, bench.written]).toEqual([[], []]);
  });

  test('is handed on in good time before the function is stopped', async () => {
    await bench.enable();
    bench.remaining = 30_000;
    bench.sessions.before = () => {
      bench.time += 15_001;
    };
    await bench.invoke();
    expect(bench.log.lines.at(-1)).toMatchObject({
      level: 'INFO',
      fields: { event: 'session_purge_handed_on' },
    });
    expect(bench.time - NOW).toBeLessThan(60_000);
  });
});

describe('a failure', () => {
  test('of the session store is an alarm and a warning, every minute, and never a purge of none', async () => {
    await bench.enable();
    bench.sessions.isDown = true;
    await bench.invoke();
    await bench.invoke();
    expect(bench.metric('SessionPurgeFailures')).toEqual([1, 1]);
    expect(bench.metric('SessionsPurged')).toEqual([]);
    expect(bench.events.items.size).toBe(1);
    expect(bench.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        fields: expect.objectContaining({
          event: 'session_purge_failed',
          error: expect.any(SessionStoreUnavailableError),
        }),
      }),
    );
    bench.sessions.isDown = false;
    await bench.invoke();
    expect(bench.sessions.ids).toEqual(['admin-0']);
  });

  test('of the session store is none while there is nothing to do', async () => {
    bench.sessions.isDown = true;
    await bench.invoke();
    expect(bench.metric('SessionPurgeFailures')).toEqual([]);
  });

  test('of the record is one too', async () => {
    await bench.enable();
    bench.record.isDown = true;
    await bench.invoke();
    expect(bench.metric('SessionPurgeFailures')).toEqual([1]);
    expect(bench.log.lines.at(-1)).toMatchObject({
      level: 'WARN',
      fields: { event: 'session_purge_cut_off', error: expect.any(StoreUnavailableError) },
    });
  });

  test('that nobody has thought of calls for somebody, and shows in the status', async () => {
    await bench.enable();
    bench.sessions.before = (call) => {
      if (call === 'scan') throw new TypeError('unthought of');
    };
    await expect(bench.invoke()).rejects.toThrow('unthought of');
    expect(bench.log.lines.at(-1)).toMatchObject({ level: 'ERROR' });
    expect(bench.metric('SessionPurgeFailures')).toEqual([1]);
    expect(bench.record.entry).toMatchObject({ lease: null, run: { error: 'unthought of' } });
  });

  test('after some were deleted does not hide them', async () => {
    await bench.enable();
    bench.sessions.before = (call) => {
      if (call === 'size' && bench.sessions.ids.length === 1) bench.sessions.isDown = true;
    };
    await bench.invoke();
    expect([bench.metric('SessionsPurged'), bench.metric('SessionPurgeFailures')]).toEqual([[5], [1]]);
  });
});

describe('the copy of the state', () => {
  test('is brought up to date by every call', async () => {
    await bench.invoke();
    await bench.enable();
    await bench.invoke();
    expect(bench.kept.map(({ version }) => version)).toEqual([0, 1]);
  });

  test('that cannot be kept is a warning', async () => {
    bench.sessions.isDown = true;
    await bench.invoke();
    expect(bench.log.lines).toMatchObject([{ level: 'WARN', fields: { event: 'mirror_failed' } }]);
  });

  test('has the issuer’s keys beside it, once there are any', async () => {
    bench.issuerKeys = async () => null;
    await bench.invoke();
    expect(bench.keptKeys).toEqual([]);
    bench.issuerKeys = async () => '{"keys":[{"kid":"k"}]}';
    await bench.invoke();
    expect(bench.keptKeys).toEqual(['{"keys":[{"kid":"k"}]}']);
  });

  test('keeps nobody from purging where it or the keys cannot be had', async () => {
    await bench.enable();
    bench.issuerKeys = async () => {
      throw new StoreUnavailableError('down');
    };
    await bench.invoke();
    expect(bench.sessions.ids).toEqual(['admin-0']);
    expect(bench.log.lines).toContainEqual(
      expect.objectContaining({ fields: expect.objectContaining({ event: 'mirror_failed' }) }),
    );
  });
});
