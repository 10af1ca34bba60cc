import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Gate } from '../support/gate.ts';

const MINUTE = 60_000;
const WRITE = ['POST', '/start_caption_generation'] as const;

let gate: Gate;
beforeAll(async () => {
  gate = await Gate.start();
}, 120_000);
afterAll(() => gate.stop());

/** An instant by the clock that the functions see, so many minutes from now. */
async function inMinutes(minutes: number): Promise<string> {
  const { json } = await gate.control('GET', '/status');
  return new Date(Date.parse(json.as_of) + minutes * MINUTE).toISOString();
}

async function schedule(body: Readonly<Record<string, unknown>>) {
  const answer = await gate.as('admin', 'POST', '/windows', { reason: 'Upgrade', ...body });
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 201 });
  return answer.json;
}

async function typesSince(version: number): Promise<string[]> {
  return (await gate.commandsInHistory())
    .filter(({ number }) => number > version)
    .map(({ type }) => type)
    .reverse();
}

describe('a window', () => {
  test('is announced, begins and ends at every instance by the clock, and its events follow', async () => {
    const starts = await inMinutes(5);
    const { id, version } = await schedule({ starts_at: starts, duration: 300 });
    const before = await gate.control('GET', '/status');
    expect(before.json).toMatchObject({
      is_active: false,
      next_window: { id, starts_at: starts, reason: 'Upgrade', mode: 'normal', auto_end: true },
    });
    expect(before.headers.link).toContain(
      `<status>; rel="status"; title="Next maintenance"; starts-at="${starts}"`,
    );
    await gate.enforced();
    const member = await gate.signIn('member');
    expect((await gate.call(...WRITE, { token: member })).status).not.toBe(503);

    await gate.advanceClock(5 * MINUTE);
    const answers = await Promise.all(Array.from({ length: 12 }, () => gate.call(...WRITE)));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(503));
    expect(answers[0]?.json.maintenance).toMatchObject({ reason: 'Upgrade', started_at: starts });
    expect((await gate.call(...WRITE, { token: await gate.token('admin') })).status).not.toBe(503);
    expect((await gate.control('GET', '/whoami', { token: member })).status).toBe(401);
    expect((await gate.control('GET', '/status')).json).toMatchObject({
      is_active: true,
      started_at: starts,
      next_window: null,
    });
    await gate.tick();
    const [begun] = await gate.commandsInHistory();
    expect(begun).toMatchObject({ type: 'window_begun', actor: { id: 'clock' }, details: { window: id } });

    await gate.advanceClock(5 * MINUTE);
    expect((await gate.call(...WRITE)).status).not.toBe(503);
    expect((await gate.control('GET', '/status')).json.is_active).toBe(false);
    await gate.tick();
    expect(await typesSince(version)).toEqual(['window_begun', 'window_ended']);
  });

  test('goes on day after day, though the clock of the events stands still for as long', async () => {
    const { id, version } = await schedule({
      starts_at: await inMinutes(5),
      duration: 600,
      rrule: 'FREQ=DAILY',
      timezone: 'Europe/Berlin',
    });
    await gate.fault('lambda:tick', 'errors');
    await gate.enforced();
    for (const day of [1, 2]) {
      await gate.advanceClock(24 * 60 * MINUTE + (day === 1 ? 6 * MINUTE : 0));
      expect((await gate.call(...WRITE)).status).toBe(503);
    }
    await gate.fault('lambda:tick', 'none');
    expect((await gate.as('admin', 'POST', '/disable')).json.duration).toBeLessThan(600);
    expect(await typesSince(version)).toEqual([
      ...['window_begun', 'window_ended', 'window_begun', 'window_ended'],
      ...['window_begun', 'deactivated'],
    ]);
    await gate.enforced();
    expect((await gate.call(...WRITE)).status).not.toBe(503);
    expect((await gate.as('admin', 'DELETE', `/windows/${id}`)).json.status).toBe('cancelled');
    expect((await gate.control('GET', '/status')).json.next_window).toBeNull();
  });

  test('begins and ends while the state store is away', async () => {
    const { id } = await schedule({ starts_at: await inMinutes(3), duration: 180 });
    await gate.enforced();
    const admin = await gate.token('admin');
    await gate.fault('dynamodb', 'down');
    await gate.advanceClock(3 * MINUTE);
    expect((await gate.call(...WRITE)).status).toBe(503);
    expect((await gate.call(...WRITE, { token: admin })).status).not.toBe(503);
    await gate.advanceClock(3 * MINUTE);
    expect((await gate.call(...WRITE)).status).not.toBe(503);
    await gate.fault('dynamodb', 'none');
    await gate.enforced();
    expect((await gate.as('admin', 'GET', `/windows/${id}`)).status).toBe(404);
  });

  test('within an emergency is absorbed; one that overlaps another is refused', async () => {
    const starts_at = await inMinutes(2);
    const { id, version } = await schedule({ starts_at, duration: 60 });
    expect(
      await gate.as('admin', 'POST', '/windows', { reason: 'x', starts_at, duration: 60 }),
    ).toMatchObject({
      status: 409,
      json: { error: 'window_overlap', message: expect.stringContaining(id) },
    });
    await gate.as('admin', 'POST', '/emergency', { reason: 'Data at risk' });
    await gate.advanceClock(2 * MINUTE);
    expect((await gate.control('GET', '/status')).json).toMatchObject({
      mode: 'emergency',
      next_window: null,
    });
    await gate.reset();
    expect(await typesSince(version)).toEqual(['activated', 'window_absorbed', 'deactivated']);
  });

  test('starts early when it is told to, and is over when it is disabled', async () => {
    const { id } = await schedule({ starts_at: await inMinutes(60), duration: 600 });
    const moved = await gate.as('admin', 'PATCH', `/windows/${id}`, { starts_at: await inMinutes(0) });
    expect(moved.json).toMatchObject({ id, status: 'running' });
    await gate.enforced();
    expect((await gate.call(...WRITE)).status).toBe(503);
    await gate.reset();
    expect((await gate.call(...WRITE)).status).not.toBe(503);
    expect((await gate.as('admin', 'GET', `/windows/${id}`)).status).toBe(404);
  });
});
