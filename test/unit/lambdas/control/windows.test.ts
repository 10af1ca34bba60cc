import { beforeEach, describe, expect, test } from '@jest/globals';
import { appendDueEvents, stateOf } from '../../../../core/events/append-change.ts';
import { windowAnswer, windowChangeAnswer, windowsAnswer } from '../../../../core/windows/schemas.ts';
import { ControlBench } from '../../../support/control-bench.ts';
import { draftAfter } from '../../../support/event-drafts.ts';
import { NOW } from '../../../support/examples.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const at = (instant: number) => new Date(instant).toISOString().replace('.000Z', 'Z');
const START = NOW + HOUR;
const ONCE = { reason: 'Database upgrade', starts_at: at(START), duration: 3600 };
const DAILY = { ...ONCE, reason: 'Nightly', rrule: 'FREQ=DAILY', timezone: 'Europe/Berlin' };

let bench: ControlBench;
beforeEach(() => {
  bench = new ControlBench();
});

const post = (body: object, headers = {}) => bench.call('POST', '/windows', { body, headers });
const patch = (id: string, body: object, headers = {}) =>
  bench.call('PATCH', `/windows/${id}`, { body, headers });
const show = (id: string) => bench.call('GET', `/windows/${id}`);
const list = async () => (await bench.call('GET', '/windows')).json.items as { id: string; status: string }[];
const types = async () =>
  ((await bench.call('GET', '/history')).json.items as { type: string }[]).map(({ type }) => type).reverse();
const validate = async () =>
  (await bench.call('POST', '/validate', { body: { reason: 'x' } })).json.errors[0]?.code;

/** Whether a maintenance is active, judged by what a command would be told. */
const isActive = async () => (await validate()) === 'maintenance_already_active';

describe('scheduling', () => {
  test('a window is an event, and it is there from then on', async () => {
    const { status, json, headers } = await post(ONCE);
    expect(status).toBe(201);
    expect(windowChangeAnswer.parse(json)).toEqual({
      id: 'm-1',
      reason: 'Database upgrade',
      starts_at: '2026-01-15T11:00:00Z',
      ends_at: '2026-01-15T12:00:00Z',
      duration: 3600,
      mode: 'normal',
      auto_end: true,
      blocked_operations: null,
      invalidate_sessions: true,
      notify_users: true,
      drain_deadline: null,
      rrule: null,
      timezone: 'UTC',
      status: 'scheduled',
      next: [{ starts_at: '2026-01-15T11:00:00Z', ends_at: '2026-01-15T12:00:00Z' }],
      scheduled_at: '2026-01-15T10:00:00Z',
      scheduled_by: 'alice',
      warnings: [],
      version: 1,
    });
    expect(headers['X-Maintenance-Version']).toBe('1');
    const { warnings: _, version: __, ...window } = json;
    expect((await show('m-1')).json).toEqual(window);
    expect(windowAnswer.parse((await show('m-1')).json)).toEqual(window);
    expect(windowsAnswer.parse((await bench.call('GET', '/windows')).json)).toEqual({
      items: [window],
      next_cursor: null,
    });
    const { items } = (await bench.call('GET', '/history')).json;
    expect(items[0]).toMatchObject({ type: 'window_scheduled', maintenance_id: null, details: { window } });
    expect(bench.log.lines[0]?.message).toBe(
      '[MAINTENANCE] Window scheduled: window="m-1" starts_at="2026-01-15T11:00:00Z" admin="alice"',
    );
  });

  test('one that recurs shows its next times, by the local time of the place', async () => {
    const { json } = await post({
      ...DAILY,
      starts_at: '2026-03-27T10:00:00+01:00',
      rrule: 'RRULE:FREQ=DAILY',
    });
    expect(json).toMatchObject({
      rrule: 'FREQ=DAILY',
      timezone: 'Europe/Berlin',
      starts_at: '2026-03-27T09:00:00Z',
    });
    expect(json.next.map((next: { starts_at: string }) => next.starts_at)).toEqual([
      '2026-03-27T09:00:00Z',
      '2026-03-28T09:00:00Z',
      '2026-03-29T08:00:00Z',
      '2026-03-30T08:00:00Z',
      '2026-03-31T08:00:00Z',
    ]);
  });

  test('by its end in place of its length', async () => {
    expect((await post({ reason: 'x', starts_at: at(START), ends_at: at(START + DAY) })).json.duration).toBe(
      86_400,
    );
  });

  test('repeated with its idempotency key gives the first answer, and no second window', async () => {
    const headers = { 'Idempotency-Key': 'k' };
    const first = await post(ONCE, headers);
    bench.time += 60_000;
    const again = await post(ONCE, headers);
    expect(again).toMatchObject({
      status: 201,
      json: first.json,
      headers: { 'Idempotent-Replayed': 'true' },
    });
    expect(await list()).toHaveLength(1);
    expect((await post({ ...ONCE, reason: 'y' }, headers)).status).toBe(422);
  });

  test('by a version that is outdated is refused', async () => {
    expect((await post(ONCE, { 'If-Match': '"3"' })).status).toBe(412);
    expect((await post(ONCE, { 'If-Match': '"0"' })).status).toBe(201);
  });

  test.each([
    ['no reason', { reason: undefined }, 'reason'],
    ['no start', { starts_at: undefined }, 'starts_at'],
    ['a start without offset', { starts_at: '2026-01-15T11:00:00' }, 'starts_at'],
    ['a start in the past', { starts_at: at(NOW - 60_001) }, 'starts_at'],
    ['a start in another decade', { starts_at: '2040-01-01T00:00:00Z' }, 'starts_at'],
    ['no end', { duration: undefined }, 'ends_at'],
    ['two ends', { ends_at: at(START + HOUR) }, 'ends_at'],
    ['an end before the start', { duration: undefined, ends_at: at(START - 1) }, 'ends_at'],
    ['less than a minute', { duration: undefined, ends_at: at(START + 59_999) }, 'ends_at'],
    ['more than a week', { duration: 604_801 }, 'duration'],
    ['a length as text', { duration: '3600' }, 'duration'],
    ['emergency mode', { mode: 'emergency' }, 'mode'],
    ['a type that cannot be blocked', { blocked_operations: ['authentication'] }, 'blocked_operations'],
    ['a type that nobody has', { blocked_operations: ['reports'] }, 'blocked_operations'],
    ['types in a rehearsal', { mode: 'test', blocked_operations: ['job_creation'] }, 'blocked_operations'],
    ['a rule that is none', { rrule: 'every day' }, 'rrule'],
    ['a rule whose parts do not go together', { rrule: 'FREQ=WEEKLY;BYMONTHDAY=1' }, 'rrule'],
    ['a rule that never occurs', { rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' }, 'rrule'],
    ['a rule that is over before it begins', { rrule: 'FREQ=DAILY;UNTIL=20260114' }, 'rrule'],
    ['a rule that overlaps itself', { rrule: 'FREQ=HOURLY', duration: 3601 }, 'rrule'],
    ['every minute', { rrule: 'FREQ=MINUTELY', duration: 60 }, 'rrule'],
    ['an offset for a time zone', { rrule: 'FREQ=DAILY', timezone: '+01:00' }, 'timezone'],
    ['an unknown time zone', { timezone: 'Mars/Olympus' }, 'timezone'],
    ['an unknown field', { terminate_jobs: false }, 'terminate_jobs'],
  ])('%s is a 400 that names the field', async (_, change, field) => {
    const { status, json } = await post({ ...ONCE, ...change });
    expect(status).toBe(400);
    expect(json.details).toEqual([expect.objectContaining({ field })]);
    expect(await types()).toEqual([]);
  });

  test('a fifty-first is refused, until one is over', async () => {
    const body = (n: number) => ({ ...ONCE, starts_at: at(START + n * HOUR) });
    for (let n = 0; n < 50; n += 1) expect((await post(body(n))).status).toBe(201);
    expect((await post(body(50))).json.details).toEqual([
      { field: 'starts_at', message: expect.stringContaining('50') },
    ]);
    bench.time = START + HOUR;
    expect((await post(body(50))).status).toBe(201);
  });

  test('is for admins', async () => {
    for (const [method, path] of [
      ['GET', '/windows'],
      ['POST', '/windows'],
      ['GET', '/windows/x'],
      ['PATCH', '/windows/x'],
      ['DELETE', '/windows/x'],
    ] as const) {
      expect((await bench.call(method, path, { as: 'nobody' })).status).toBe(401);
      expect((await bench.call(method, path, { as: 'member' })).status).toBe(403);
    }
  });

  test('warns of what might not be meant', async () => {
    const named = await post({ ...ONCE, auto_end: false, blocked_operations: ['job_creation'] });
    expect(named.json.warnings).toEqual([
      expect.stringContaining('unknown'),
      expect.stringContaining('auto_end'),
    ]);
    const held = new ControlBench();
    await held.call('POST', '/enable', { body: { reason: 'x', duration: 7200 } });
    const absorbed = await held.call('POST', '/windows', { body: ONCE });
    expect(absorbed.json.warnings).toEqual([expect.stringContaining('absorbs the window')]);
  });

  test('the beginning of a maintenance warns of the window that it would absorb', async () => {
    await post(ONCE);
    const longer = await bench.call('POST', '/enable', {
      body: { reason: 'x', duration: 3601, auto_end: true },
    });
    expect(longer.json.warnings).toEqual([expect.stringContaining('absorbs the window')]);
    await bench.call('POST', '/disable');
    const shorter = await bench.call('POST', '/enable', {
      body: { reason: 'x', duration: 3600, auto_end: true },
    });
    expect(shorter.json.warnings).toEqual([]);
  });
});

describe('two windows', () => {
  test.each([
    ['at the same time', ONCE, 409],
    ['a minute of it', { ...ONCE, starts_at: at(START + 59 * 60_000) }, 409],
    ['that contains it', { ...ONCE, starts_at: at(NOW + 60_000), duration: 86_400 }, 409],
    ['right after it', { ...ONCE, starts_at: at(START + HOUR) }, 201],
    ['right before it', { ...ONCE, starts_at: at(NOW), duration: 3600 }, 201],
    ['that meets it by a rule', { ...DAILY, starts_at: at(NOW), rrule: 'FREQ=HOURLY;INTERVAL=2' }, 201],
    ['that meets it by another rule', { ...DAILY, starts_at: at(NOW), rrule: 'FREQ=HOURLY' }, 409],
  ])('%s: %s', async (_, body, status) => {
    const { json } = await post(ONCE);
    const second = await post(body);
    expect(second.status).toBe(status);
    if (status === 409) {
      expect(second.json).toMatchObject({
        error: 'window_overlap',
        message: expect.stringContaining(json.id),
        remedy: expect.stringContaining(`PATCH /api/maintenance/windows/${json.id}`),
      });
    }
  });

  test('are listed by their next start, in pages', async () => {
    for (const hours of [5, 1, 3])
      await post({ ...ONCE, starts_at: at(NOW + hours * HOUR), reason: `in ${hours}` });
    const page = async (query: Record<string, string>) =>
      (await bench.call('GET', '/windows', { query })).json;
    const first = await page({ limit: '2' });
    expect(first.items.map(({ reason }: { reason: string }) => reason)).toEqual(['in 1', 'in 3']);
    const second = await page({ limit: '2', cursor: first.next_cursor });
    expect(second).toMatchObject({ items: [{ reason: 'in 5' }], next_cursor: null });
    expect((await bench.call('GET', '/windows', { query: { cursor: '!' } })).status).toBe(400);
  });
});

describe('a window that begins', () => {
  test('is a maintenance like any other: a manual one is refused, disabling ends it', async () => {
    const { id } = (await post(ONCE)).json;
    bench.time = START;
    const refused = await bench.call('POST', '/enable', { body: { reason: 'y' } });
    expect(refused).toMatchObject({ status: 409, json: { error: 'maintenance_already_active' } });
    expect(await types()).toEqual(['window_scheduled', 'window_begun']);
    bench.time += 600_000;
    const ended = await bench.call('POST', '/disable');
    expect(ended.json).toMatchObject({ duration: 600, report_id: `${id}@20260115T110000000Z` });
    expect(await list()).toEqual([]);
    expect((await show(id)).status).toBe(404);
  });

  test('is over at its end, though nobody has written it', async () => {
    await post(ONCE);
    for (const [time, active] of [
      [START - 1, false],
      [START, true],
      [START + HOUR - 1, true],
      [START + HOUR, false],
    ] as const) {
      bench.time = time;
      expect(await isActive()).toBe(active);
    }
    await bench.call('POST', '/enable', { body: { reason: 'y' } });
    expect(await types()).toEqual(['window_scheduled', 'window_begun', 'window_ended', 'activated']);
  });

  test('can be escalated, de-escalated and extended', async () => {
    const start = NOW + 60_000;
    await post({ ...ONCE, starts_at: at(start) });
    bench.time = start + 1000;
    expect((await bench.call('POST', '/emergency', { body: { reason: 'z' } })).json.mode).toBe('emergency');
    bench.time = start + 2 * HOUR;
    expect(await isActive()).toBe(true);
    bench.time = start + 1000;
    expect((await bench.call('POST', '/deescalate')).json).toMatchObject({
      mode: 'normal',
      estimated_completion: at(start + HOUR),
    });
    const extended = await bench.call('PATCH', '', { body: { duration: 7200 } });
    expect(extended.json.estimated_completion).toBe(at(start + 2 * HOUR));
    expect(await list()).toMatchObject([{ status: 'running', ends_at: at(start + 2 * HOUR), next: [] }]);
  });

  test('disabled ends this time only', async () => {
    await post({ ...DAILY, starts_at: at(START), timezone: 'UTC' });
    bench.time = START + 1000;
    expect(await list()).toMatchObject([
      { status: 'running', next: [{ starts_at: at(START + DAY) }, {}, {}, {}, {}] },
    ]);
    await bench.call('POST', '/disable');
    expect(await isActive()).toBe(false);
    expect(await list()).toMatchObject([{ status: 'scheduled' }]);
    bench.time = START + DAY;
    expect(await isActive()).toBe(true);
  });

  test('within a maintenance is absorbed, and nothing else changes', async () => {
    await post(ONCE);
    const { json } = await bench.call('POST', '/enable', { body: { reason: 'x' } });
    bench.time = START + 1;
    await appendDueEvents({ log: bench.events, now: () => bench.time });
    expect(await types()).toEqual(['window_scheduled', 'activated', 'window_absorbed']);
    const head = await bench.events.head();
    expect(head?.state.maintenance).toMatchObject({ reason: 'x', startedAt: NOW });
    expect(json.version).toBe(2);
    expect(await list()).toEqual([]);
  });

  test('all of a day, though nobody looked for that long', async () => {
    await post({ ...ONCE, duration: 600, rrule: 'FREQ=HOURLY' });
    bench.time = START + 23 * HOUR + 1000;
    expect(await isActive()).toBe(true);
    await appendDueEvents({ log: bench.events, now: () => bench.time });
    const events = await bench.events.page({ limit: 100 });
    expect(events.items.filter(({ type }) => type === 'window_begun')).toHaveLength(24);
  });
});

describe('changing', () => {
  let id: string;
  beforeEach(async () => {
    id = (await post(ONCE)).json.id;
  });

  test.each([
    ['the reason', { reason: 'y' }, { reason: 'y', starts_at: at(START) }],
    [
      'the start, and the end with it',
      { starts_at: at(START + HOUR) },
      { starts_at: at(START + HOUR), ends_at: at(START + 2 * HOUR) },
    ],
    ['the end', { ends_at: at(START + 2 * HOUR) }, { starts_at: at(START), duration: 7200 }],
    ['the length', { duration: 60 }, { ends_at: at(START + 60_000) }],
    ['to a rehearsal', { mode: 'test' }, { mode: 'test' }],
    ['how it ends', { auto_end: false }, { auto_end: false }],
    ['what it blocks', { blocked_operations: ['unknown'] }, { blocked_operations: ['unknown'] }],
    [
      'how it recurs',
      { rrule: 'freq=daily', timezone: 'Europe/Berlin' },
      { rrule: 'FREQ=DAILY', timezone: 'Europe/Berlin' },
    ],
  ])('%s', async (_, body, expected) => {
    bench.time += 1000;
    const { status, json } = await patch(id, body);
    expect({ status, json: windowChangeAnswer.parse(json) }).toMatchObject({
      status: 200,
      json: { id, ...expected, version: 2 },
    });
    expect((await show(id)).json).toMatchObject(expected);
    expect(await types()).toEqual(['window_scheduled', 'window_changed']);
    expect((await patch(id, { blocked_operations: null, rrule: null })).json).toMatchObject({
      blocked_operations: null,
      rrule: null,
    });
  });

  test('with the same start, though that has passed meanwhile, leaves it', async () => {
    const daily = (await post({ ...DAILY, starts_at: at(START + 5 * HOUR), timezone: 'UTC' })).json;
    bench.time += 10 * DAY;
    const { status, json } = await patch(daily.id, { starts_at: daily.starts_at, reason: 'z' });
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { reason: 'z', next: [{ starts_at: at(START + 5 * HOUR + 10 * DAY) }, {}, {}, {}, {}] },
    });
  });

  test.each([
    ['nothing', {}, 'body'],
    ['the start to the past', { starts_at: at(NOW - HOUR) }, 'starts_at'],
    ['both ends', { ends_at: at(START + HOUR), duration: 60 }, 'ends_at'],
    ['the end to before the start', { ends_at: at(NOW) }, 'ends_at'],
    ['the identity', { id: 'x', reason: 'y' }, 'id'],
  ])('%s is a 400', async (_, body, field) => {
    expect(await patch(id, body)).toMatchObject({ status: 400, json: { details: [{ field }] } });
  });

  test('what is not there is a 404', async () => {
    for (const method of ['GET', 'PATCH', 'DELETE'] as const) {
      const body = method === 'PATCH' ? { reason: 'x' } : undefined;
      expect(await bench.call(method, '/windows/nobody', body ? { body } : {})).toMatchObject({
        status: 404,
        json: { error: 'window_not_found' },
      });
    }
  });

  test('to where another is, is refused', async () => {
    const other = (await post({ ...ONCE, starts_at: at(START + 5 * HOUR) })).json;
    expect((await patch(other.id, { starts_at: at(START) })).json.error).toBe('window_overlap');
    expect((await patch(other.id, { starts_at: at(START + HOUR) })).status).toBe(200);
  });

  test('to start now begins it at once', async () => {
    bench.time += 60_000;
    const { json } = await patch(id, { starts_at: at(bench.time - 5000) });
    expect(json).toMatchObject({
      status: 'running',
      starts_at: at(bench.time),
      ends_at: at(bench.time + HOUR),
    });
    expect(await types()).toEqual(['window_scheduled', 'window_changed', 'window_begun']);
    expect(await isActive()).toBe(true);
    expect((await bench.events.head())?.state.sessionsInvalidBefore).toBe(bench.time);
  });

  test('to start now, within a maintenance, is refused', async () => {
    await bench.call('POST', '/enable', { body: { reason: 'x' } });
    expect((await patch(id, { starts_at: at(NOW) })).json.error).toBe('maintenance_already_active');
    expect((await post({ ...ONCE, starts_at: at(NOW), duration: 60 })).json.error).toBe(
      'maintenance_already_active',
    );
  });

  test('one that has begun changes its maintenance', async () => {
    bench.time = START + 1000;
    const { json } = await patch(id, { duration: 7200, reason: 'longer' });
    expect(windowChangeAnswer.parse(json)).toMatchObject({
      status: 'running',
      reason: 'longer',
      ends_at: at(START + 2 * HOUR),
      duration: 7200,
    });
    expect(await types()).toEqual(['window_scheduled', 'window_begun', 'updated']);
    expect((await bench.events.head())?.state.maintenance).toMatchObject({
      reason: 'longer',
      endsAt: START + 2 * HOUR,
    });
    for (const body of [
      { starts_at: at(START + 5 * HOUR) },
      { mode: 'test' },
      { rrule: 'FREQ=DAILY' },
      { timezone: 'Asia/Tokyo' },
    ]) {
      expect((await patch(id, body)).json.error).toBe('window_running');
    }
    expect(await bench.call('DELETE', `/windows/${id}`)).toMatchObject({
      status: 409,
      json: { error: 'window_running', remedy: expect.stringContaining('disable') },
    });
  });

  test('a running one keeps its time from others', async () => {
    bench.time = START + 1000;
    expect((await post({ ...ONCE, starts_at: at(START + 30 * 60_000) })).json.error).toBe('window_overlap');
    expect((await post({ ...ONCE, starts_at: at(START + HOUR) })).status).toBe(201);
  });

  test('one that recurs changes what is to come, and not what has begun', async () => {
    const daily = (await post({ ...DAILY, starts_at: at(START + 2 * HOUR), timezone: 'UTC' })).json;
    bench.time = START + 2 * HOUR + 1000;
    const { json } = await patch(daily.id, { duration: 1800, reason: 'shorter' });
    expect(json).toMatchObject({ status: 'running', duration: 1800, reason: 'shorter' });
    expect((await bench.events.head())?.state.maintenance).toMatchObject({
      reason: 'Nightly',
      endsAt: START + 3 * HOUR,
    });
    bench.time = START + DAY + 2 * HOUR + 1_799_999;
    expect(await isActive()).toBe(true);
    bench.time += 1;
    expect(await isActive()).toBe(false);
  });
});

describe('cancelling', () => {
  test('a window takes it away', async () => {
    const { id } = (await post(ONCE)).json;
    const { status, json } = await bench.call('DELETE', `/windows/${id}`);
    expect({ status, json: windowChangeAnswer.parse(json) }).toMatchObject({
      status: 200,
      json: { id, status: 'cancelled', next: [], version: 2 },
    });
    expect((await bench.events.head())?.state.windows).toBeUndefined();
    bench.time = START;
    expect(await isActive()).toBe(false);
    expect(await types()).toEqual(['window_scheduled', 'window_cancelled']);
  });

  test('one that recurs and has begun lets it end, and is the last of it', async () => {
    const { id } = (await post({ ...DAILY, starts_at: at(START), timezone: 'UTC' })).json;
    bench.time = START + 1000;
    expect((await bench.call('DELETE', `/windows/${id}`)).status).toBe(200);
    expect(await isActive()).toBe(true);
    bench.time = START + HOUR;
    expect(await isActive()).toBe(false);
    bench.time = START + DAY;
    expect(await isActive()).toBe(false);
  });
});

describe('what has had its time in the state', () => {
  test.each<[string, (id: string) => Promise<unknown>]>([
    ['scheduled', () => post({ ...ONCE, starts_at: at(NOW + 10 * HOUR) })],
    ['changed', (id) => patch(id, { reason: 'Another reason' })],
    ['cancelled', (id) => bench.call('DELETE', `/windows/${id}`)],
  ])('goes when a window is %s', async (done, change) => {
    const { id } = (await post(ONCE)).json;
    const before = await bench.events.head();
    const timed = { revoked: [{ id: 'mia', before: NOW }], debugUntil: NOW + 60_000 };
    const state = { ...stateOf(before), ...timed, version: 2 };
    await bench.events.append(draftAfter(before, { state }), before);
    bench.time = NOW + 20 * 60_000;
    await change(id);
    const head = await bench.events.head();
    expect(head?.type).toBe(`window_${done}`);
    expect(head?.state).not.toHaveProperty('revoked');
    expect(head?.state).not.toHaveProperty('debugUntil');
  });
});

describe('beside', () => {
  test('answers announce the next window', async () => {
    expect((await bench.call('GET', '/rules')).headers.Link).toBeUndefined();
    const scheduled = await post(ONCE);
    const link = (reference: string) =>
      `<${reference}>; rel="status"; title="Next maintenance"; starts-at="${at(START)}"; ends-at="${at(START + HOUR)}"`;
    expect(scheduled.headers.Link).toBe(link('status'));
    for (const [path, reference] of [
      ['/rules', 'status'],
      ['/history', 'status'],
      [`/windows/${scheduled.json.id}`, '../status'],
    ] as const) {
      expect((await bench.call('GET', path)).headers.Link).toBe(link(reference));
    }
    expect((await bench.call('GET', '/windows/nobody')).headers.Link).toBeUndefined();
  });

  test('a type of one’s own keeps its last rule while a window to come names it', async () => {
    const rule = { method: 'POST', path: '/reports', operation: 'reports' };
    const added = (await bench.call('POST', '/rules', { body: rule })).json;
    const { id } = (await post({ ...ONCE, blocked_operations: ['reports'] })).json;
    expect((await bench.call('DELETE', `/rules/${added.id}`)).json.error).toBe('rule_in_use');
    await bench.call('DELETE', `/windows/${id}`);
    expect((await bench.call('DELETE', `/rules/${added.id}`)).status).toBe(200);
  });
});

describe('one occurrence', () => {
  const skip = (what: 'skip' | 'unskip', startsAt: string) =>
    bench.call('POST', `/windows/m-1/${what}`, { body: { starts_at: startsAt } });
  const startsIn = ({ json }: Awaited<ReturnType<typeof show>>) =>
    (json.next as { starts_at: string }[]).map(({ starts_at: start }) => start);

  test('is left out, and taken back', async () => {
    await post({ ...DAILY, rrule: 'FREQ=DAILY;COUNT=3' });
    const [first, second, third] = [at(START), at(START + DAY), at(START + 2 * DAY)];
    expect(startsIn(await skip('skip', second))).toEqual([first, third]);
    expect(startsIn(await show('m-1'))).toEqual([first, third]);
    expect(await post({ ...ONCE, starts_at: second })).toMatchObject({ status: 201 });
    expect(await skip('unskip', second)).toMatchObject({ status: 409, json: { error: 'window_overlap' } });
    const [other] = (await list()).filter(({ id }) => id !== 'm-1');
    await bench.call('DELETE', `/windows/${other?.id}`);
    expect(startsIn(await skip('unskip', second))).toEqual([first, second, third]);
  });

  test.each([
    ['skip', at(START + 1000)],
    ['skip', at(START + 3 * DAY)],
    ['skip', at(NOW - DAY)],
    ['unskip', at(START)],
  ] as const)('%s of %s is a 404', async (what, startsAt) => {
    await post({ ...DAILY, rrule: 'FREQ=DAILY;COUNT=3' });
    expect(await skip(what, startsAt)).toMatchObject({ status: 404, json: { error: 'no_such_occurrence' } });
  });
});

describe('whose local time is meant', () => {
  test.each([
    [{ ...DAILY, starts_at: '2026-07-05T05:00:00+01:00' }, 'offset +01:00'],
    [{ ...DAILY, timezone: undefined }, 'by UTC'],
    [{ ...DAILY, timezone: 'EST' }, 'EST is not the time of a place'],
  ])('is warned of where it is not clear: %j', async (body, told) => {
    const { json } = await post(body);
    expect(json.warnings).toContainEqual(expect.stringContaining(told));
  });
});
