import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type MaintenanceStatus, UnreachableError, watchMaintenance } from '../../../client/index.ts';
import { pollPause, spread } from '../../../client/poll-pause.ts';
import { type Surroundings, type WatchOptions, watchIn } from '../../../client/watch-maintenance.ts';
import { statusView } from '../../../core/status/status-view.ts';
import { entityTag, isKnown } from '../../../lambdas/http/entity-tag.ts';
import { emergency, NOW, normalMaintenance, stateWith } from '../../support/examples.ts';
import { json, StubServer } from '../../support/stub-server.ts';
import { comingWindow, scheduleWith } from '../../support/windows.ts';

/** A page that is shown or hidden, whose timers fire when the test says so. */
class Stage implements Surroundings {
  hidden = false;
  readonly pauses: number[] = [];
  #due: (() => void) | null = null;
  #listeners: (() => void)[] = [];
  readonly random = () => 0.5;
  readonly after = (milliseconds: number, run: () => void) => {
    this.pauses.push(milliseconds);
    this.#due = run;
    return () => {
      this.#due = null;
    };
  };
  readonly isHidden = () => this.hidden;
  readonly onVisibility = (listener: () => void) => {
    this.#listeners.push(listener);
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== listener);
    };
  };

  get waits(): boolean {
    return this.#due !== null;
  }

  /** Lets the time pass that is waited for. */
  ring(): void {
    const due = this.#due;
    this.#due = null;
    due?.();
  }

  show(hidden: boolean): void {
    this.hidden = hidden;
    for (const listener of this.#listeners) listener();
  }
}

const statusOf = (state = stateWith(normalMaintenance({ endsAt: NOW + 60_000 }))) =>
  statusView(state, { now: NOW, forAdmin: false, source: 'event_log' });

let server: StubServer;
let stage: Stage;
let seen: MaintenanceStatus[];
let problems: (UnreachableError | null)[];
let stop: () => void;
beforeEach(async () => {
  server = await StubServer.start();
  serve(statusOf());
  stage = new Stage();
  seen = [];
  problems = [];
});
afterEach(async () => {
  stop?.();
  await server.stop();
});

/** Answers as the status function does, entity tags included. */
function serve(status: object): void {
  const tag = entityTag(status);
  server.answer = (request, response) => {
    if (isKnown(tag, [request.headers['if-none-match'] ?? ''])) response.writeHead(304, { etag: tag }).end();
    else json(200, status, { etag: tag })(request, response);
  };
}

function watch(options: WatchOptions = {}): void {
  const onConnection = (problem: UnreachableError | null) => void problems.push(problem);
  stop = watchIn(stage, server.url, (status) => void seen.push(status), { onConnection, ...options });
}

/** Until the question under way is answered, and the next one waits. */
async function answered(): Promise<void> {
  while (!stage.waits) await new Promise((resolve) => setImmediate(resolve));
}

async function next(): Promise<void> {
  stage.ring();
  await answered();
}

describe('watching', () => {
  test('tells the first status in the terms of the language', async () => {
    serve(
      statusOf({
        ...stateWith(normalMaintenance({ endsAt: NOW + 60_000 })),
        windows: scheduleWith(comingWindow()),
      }),
    );
    watch();
    await answered();
    expect(seen).toEqual([
      {
        active: true,
        mode: 'normal',
        reason: 'Database upgrade',
        since: new Date(NOW),
        until: new Date(NOW + 60_000),
        blockedOperations: expect.arrayContaining(['job_creation']),
        message: expect.stringContaining('Maintenance is in progress.'),
        next: { reason: expect.any(String), from: expect.any(Date), until: expect.any(Date) },
        version: 7,
        isLastKnown: false,
      },
    ]);
  });

  test('tells changes only, and asks with the tag of the last answer', async () => {
    watch();
    await answered();
    await next();
    serve(statusOf(stateWith(null, 8)));
    await next();
    serve(statusOf(stateWith(emergency(), 9)));
    await next();
    expect(seen.map(({ mode, active }) => [mode, active])).toEqual([
      ['normal', true],
      [null, false],
      ['emergency', true],
    ]);
    const tags = server.requests.map(({ headers }) => headers['if-none-match']);
    expect(tags).toEqual([
      undefined,
      entityTag(statusOf()),
      entityTag(statusOf()),
      entityTag(statusOf(stateWith(null, 8))),
    ]);
    expect(stage.pauses).toEqual([15_000, 15_000, 15_000, 15_000]);
  });

  test.each([
    ['an error', json(500, {})],
    ['something else', json(200, { hello: 'world' })],
    ['no JSON', (_: unknown, response: { end: (text: string) => void }) => response.end('<html>')],
    ['nothing', (_: unknown, response: { destroy: () => void }) => response.destroy()],
  ] as const)('backs off while it gets %s, and says so once', async (_, broken) => {
    watch();
    await answered();
    server.answer = broken as typeof server.answer;
    for (let failures = 0; failures < 5; failures += 1) await next();
    expect(problems).toEqual([expect.any(UnreachableError)]);
    expect(stage.pauses.slice(1)).toEqual([30_000, 60_000, 120_000, 120_000, 120_000]);
    serve(statusOf());
    await next();
    expect(problems).toEqual([expect.any(UnreachableError), null]);
    expect(stage.pauses.at(-1)).toBe(15_000);
    expect(seen).toHaveLength(1);
  });

  test('waits as long as the server asks for', async () => {
    server.answer = json(503, {}, { 'retry-after': '45' });
    watch({ every: 1500 });
    await answered();
    expect(stage.pauses).toEqual([45_000]);
  });

  test('gives up an answer that does not come', async () => {
    server.answer = () => {};
    watch({ timeout: 1 });
    await answered();
    expect(problems).toEqual([expect.any(UnreachableError)]);
  });

  test('asks nothing while nobody looks, and at once when somebody does', async () => {
    watch();
    await answered();
    stage.show(true);
    stage.ring();
    expect(stage.waits).toBe(false);
    stage.show(true);
    expect(server.requests).toHaveLength(1);
    stage.show(false);
    await answered();
    expect(server.requests).toHaveLength(2);
    stage.show(true);
    stage.show(false);
    expect(stage.waits).toBe(true);
    expect(server.requests).toHaveLength(2);
  });

  test.each(['the function', 'the signal'])('is ended by %s, also in the middle of an answer', async (by) => {
    const ended = new AbortController();
    watch({ signal: ended.signal });
    await answered();
    const asked = new Promise<void>((resolve) => {
      server.answer = () => resolve();
    });
    stage.ring();
    await asked;
    if (by === 'the signal') ended.abort();
    else stop();
    await new Promise((resolve) => setImmediate(resolve));
    expect(stage.waits).toBe(false);
    expect(problems).toEqual([]);
    stage.show(false);
    expect(server.requests).toHaveLength(2);
  });

  test('does not begin when it has been ended already', () => {
    watch({ signal: AbortSignal.abort() });
    expect(stage.waits).toBe(false);
    expect(server.requests).toEqual([]);
  });

  test('works with the timers of the runtime', async () => {
    const changes: string[] = [];
    await new Promise<void>((resolve) => {
      stop = watchMaintenance(
        `${server.url}/`,
        ({ mode }) => {
          changes.push(String(mode));
          if (changes.length === 2) resolve();
          serve(statusOf(stateWith(emergency(), 8)));
        },
        { every: 10 },
      );
    });
    expect(changes).toEqual(['normal', 'emergency']);
  });
});

describe('the time between two questions', () => {
  const every = fc.integer({ min: 100, max: 3_600_000 });
  const draw = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('is a fifth more or less than asked for', () => {
    fc.assert(
      fc.property(every, draw, (interval, drawn) => {
        expect(spread(interval, drawn)).toBeGreaterThanOrEqual(interval * 0.8 - 1e-6);
        expect(spread(interval, drawn)).toBeLessThanOrEqual(interval * 1.2);
      }),
    );
  });

  test('grows with failures up to two minutes, and is never shorter than usual', () => {
    fc.assert(
      fc.property(every, fc.nat(100), fc.nat(10_000_000), (interval, failures, asked) => {
        const pause = pollPause(interval, failures, asked);
        expect(pause).toBeGreaterThanOrEqual(interval);
        expect(pause).toBeLessThanOrEqual(Math.max(interval, 120_000));
        expect(pollPause(interval, failures + 1, asked)).toBeGreaterThanOrEqual(pause);
        expect(pause).toBeGreaterThanOrEqual(Math.min(asked, 120_000));
      }),
    );
  });
});
