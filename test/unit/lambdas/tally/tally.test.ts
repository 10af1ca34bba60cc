import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Offenders } from '../../../../core/attempts/offenders.ts';
import { alwaysAllowedRoutes } from '../../../../core/decision/always-allowed.ts';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import { Authorizer } from '../../../../core/gate/authorizer.ts';
import type { State } from '../../../../core/state/state.ts';
import { decisionLog } from '../../../../lambdas/authorizer/decision-log.ts';
import { createTallyHandler } from '../../../../lambdas/tally/tally-handler.ts';
import { deliveries, logsEvent, plain } from '../../../support/attempts.ts';
import { NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';
import { InMemoryAttemptStore } from '../../../support/in-memory-attempt-store.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

class TallyBench {
  readonly log = new RecordingLog();
  readonly attempts = new InMemoryAttemptStore();
  readonly handler = createTallyHandler(this);

  async totals(maintenanceId = 'm-1') {
    return plain(await this.attempts.totals(maintenanceId));
  }
}

/** An authorizer whose lines are collected, as CloudWatch Logs does. */
class AuthorizerBench {
  readonly lines: string[] = [];
  time = NOW;
  state: State = stateWith(normalMaintenance());
  #requests = 0;
  readonly #authorizer = new Authorizer({
    states: { peek: () => ({ state: this.state, readAt: this.time }), get: () => Promise.reject() },
    offenders: new Offenders(30),
    alwaysAllowed: alwaysAllowedRoutes([]),
    stateUnknown: 'open',
    log: decisionLog((line) => this.lines.push(line)),
    now: () => this.time,
  });

  async call(
    client: string,
    own: { route?: 'origin' | 'canary'; role?: 'admin' | 'member'; path?: string } = {},
  ) {
    const { route = 'origin', role = 'member', path = '/start_caption_generation' } = own;
    await this.#authorizer.decideRequest({
      route,
      method: 'POST',
      path,
      sourceAddress: '203.0.113.9',
      requestId: `request-${++this.#requests}`,
      startedAt: 0,
      prefersHtml: () => false,
      language: () => 'en',
      identify: async () => ({
        outcome: 'valid',
        credential: { kind: 'token', id: client, role, issuedAt: this.time, authenticatedAt: this.time },
      }),
    });
  }
}

const inBatchesOf = (size: number, lines: readonly string[]) =>
  Array.from({ length: Math.ceil(lines.length / size) }, (_, index) =>
    lines.slice(index * size, (index + 1) * size),
  );

describe('what the authorizer tells is counted', () => {
  test('5 000 blocked calls of 50 clients exactly, with the repeats that had no line of their own', async () => {
    const authorizer = new AuthorizerBench();
    const last = NOW + 4999;
    for (let call = 0; call < 5000; call += 1) {
      authorizer.time = NOW + call;
      await authorizer.call(`client-${call % 50}`);
    }
    expect(authorizer.lines).toHaveLength(50 * 30);
    authorizer.time += 60_000;
    await authorizer.call('client-0', { path: '/health', role: 'admin' });
    const summaries = authorizer.lines.filter((line) => line.includes('summary_id'));
    expect(summaries).toHaveLength(50);

    const bench = new TallyBench();
    const batches = inBatchesOf(97, authorizer.lines);
    for (const [index, batch] of batches.entries()) {
      if (index === 5) {
        bench.attempts.isDown = true;
        await expect(bench.handler(logsEvent(batch))).rejects.toThrow(StoreUnavailableError);
        bench.attempts.isDown = false;
      }
      await bench.handler(logsEvent(batch));
      if (index % 4 === 0) await bench.handler(logsEvent(batch));
    }
    expect(await bench.totals()).toMatchObject({
      blocked: { caption_generation: { calls: 5000, lastAt: last } },
      clients: { count: 50, exact: true },
    });
  });

  test('whatever the portions, the order and the repetitions in which the lines come', async () => {
    const authorizer = new AuthorizerBench();
    for (let call = 0; call < 40; call += 1) await authorizer.call('mia');
    await authorizer.call('alice', { role: 'admin' });
    authorizer.time += 60_000;
    await authorizer.call('walt', { path: '/no-rule-covers-this' });
    const expected = {
      blocked: {
        caption_generation: { calls: 40, lastAt: NOW },
        unknown: { calls: 1, lastAt: NOW + 60_000 },
      },
      bypassed: { caption_generation: { calls: 1, lastAt: NOW } },
      would_block: {},
      would_allow: {},
      clients: { count: 2, exact: true },
    };
    await fc.assert(
      fc.asyncProperty(deliveries(authorizer.lines), async (batches) => {
        const bench = new TallyBench();
        for (const batch of batches) await bench.handler(logsEvent(batch));
        expect(await bench.totals()).toEqual(expected);
      }),
      { numRuns: 50, endOnFailure: true },
    );
  });

  test('for the maintenance that blocked it, though it is told during the next', async () => {
    const authorizer = new AuthorizerBench();
    for (let call = 0; call < 35; call += 1) await authorizer.call('mia');
    authorizer.time += 60_000;
    authorizer.state = stateWith(normalMaintenance({ id: 'm-2' }), 9);
    await authorizer.call('mia');
    const bench = new TallyBench();
    await bench.handler(logsEvent(authorizer.lines));
    expect(await bench.totals('m-1')).toMatchObject({
      blocked: { caption_generation: { calls: 35, lastAt: NOW } },
    });
    expect(await bench.totals('m-2')).toMatchObject({ blocked: { caption_generation: { calls: 1 } } });
  });

  test('in a test run, what would have been blocked', async () => {
    const authorizer = new AuthorizerBench();
    authorizer.state = stateWith(testRun());
    await authorizer.call('mia');
    const bench = new TallyBench();
    await bench.handler(logsEvent(authorizer.lines));
    expect(await bench.totals()).toMatchObject({
      blocked: {},
      would_block: { caption_generation: { calls: 1 } },
    });
  });

  test('but not the canary', async () => {
    const authorizer = new AuthorizerBench();
    await authorizer.call('prober', { route: 'canary' });
    expect(authorizer.lines).toEqual([]);
  });
});

describe('a batch', () => {
  test('says what of it was counted', async () => {
    const authorizer = new AuthorizerBench();
    await authorizer.call('mia');
    const bench = new TallyBench();
    for (let time = 0; time < 2; time += 1) await bench.handler(logsEvent(authorizer.lines));
    expect(bench.log.lines).toMatchObject([
      { level: 'INFO', fields: { event: 'attempts_counted', added: 1, repeated: 0 } },
      { level: 'INFO', fields: { event: 'attempts_counted', added: 0, repeated: 1 } },
    ]);
  });

  test('that only asks whether anybody is there counts nothing', async () => {
    const bench = new TallyBench();
    const lines = ['CWL CONTROL MESSAGE: Checking health of destination Lambda function.'];
    await bench.handler(logsEvent(lines, { messageType: 'CONTROL_MESSAGE' }));
    expect(bench.log.lines).toEqual([]);
  });

  test('that is none is thrown, so that it ends in the dead-letter queue', async () => {
    const bench = new TallyBench();
    await expect(bench.handler({ awslogs: { data: 'bm90aGluZw==' } })).rejects.toThrow();
    await expect(bench.handler(logsEvent([], { logStream: undefined }))).rejects.toThrow();
  });

  const good = {
    event: 'operation_blocked',
    maintenance_id: 'm-1',
    operation: 'unknown',
    client: 'mia',
    timestamp: '2026-01-15T10:00:00.000Z',
    request_id: 'r-1',
  };

  test.each<[what: string, line: string]>([
    ['no JSON', 'INIT_START Runtime Version: nodejs:24'],
    ['no object', '[]'],
    ['another event', JSON.stringify({ ...good, event: 'state_unknown' })],
    ['no id', JSON.stringify({ ...good, request_id: undefined })],
    ['no maintenance', JSON.stringify({ ...good, maintenance_id: undefined })],
    ['no time', JSON.stringify({ ...good, timestamp: 'today' })],
    ['no calls', JSON.stringify({ ...good, calls: 0 })],
    ['half a call', JSON.stringify({ ...good, calls: 0.5 })],
  ])('counts the lines beside one with %s, and says that it could not be read', async (_what, line) => {
    const bench = new TallyBench();
    await bench.handler(logsEvent([line, JSON.stringify(good)]));
    expect(await bench.totals()).toMatchObject({ blocked: { unknown: { calls: 1 } } });
    expect(bench.log.lines[0]).toMatchObject({
      level: 'ERROR',
      fields: { event: 'lines_unreadable', lines: 1 },
    });
  });

  test('with lines too late to know says so', async () => {
    const bench = new TallyBench();
    const lines = Array.from({ length: 16_001 }, (_, second) =>
      JSON.stringify({
        ...good,
        request_id: `r-${second}`,
        timestamp: new Date(NOW + second * 1000).toISOString(),
      }),
    );
    await bench.handler(logsEvent(lines));
    await bench.handler(logsEvent(lines.slice(0, 10)));
    expect(bench.log.lines.at(-1)).toMatchObject({
      level: 'WARN',
      fields: { event: 'attempts_late', attempts: 10 },
    });
    expect(await bench.totals()).toMatchObject({ blocked: { unknown: { calls: 16_001 } } });
  });
});
