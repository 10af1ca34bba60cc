import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cloud } from '../support/cloud.ts';

const MINUTE = 60_000;
const WRITE = ['POST', '/start_caption_generation'] as const;

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud.stop());

/** An instant by the clock that the functions see, so many minutes from now. */
async function inMinutes(minutes: number): Promise<string> {
  const { json } = await cloud.control('GET', '/status');
  return new Date(Date.parse(json.as_of) + minutes * MINUTE).toISOString();
}

async function schedule(body: Readonly<Record<string, unknown>>) {
  const answer = await cloud.as('admin', 'POST', '/windows', { reason: 'Upgrade', ...body });
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 201 });
  return answer.json;
}

async function typesSince(version: number): Promise<string[]> {
  return (await cloud.commandsInHistory())
    .filter(({ number }) => number > version)
    .map(({ type }) => type)
    .reverse();
}

describe('a window', () => {
  test('is announced, begins and ends at every instance by the clock, and its events follow', async () => {
    const starts = await inMinutes(5);
    const { id, version } = await schedule({ starts_at: starts, duration: 300 });
    const before = await cloud.control('GET', '/status');
    expect(before.json).toMatchObject({
      is_active: false,
      next_window: { id, starts_at: starts, reason: 'Upgrade', mode: 'normal', auto_end: true },
    });
    expect(before.headers.link).toContain(
      `<status>; rel="status"; title="Next maintenance"; starts-at="${starts}"`,
    );
    await cloud.enforced();
    const member = await cloud.signIn('member');
    expect((await cloud.call(...WRITE, { token: member })).status).toBe(202);

    await cloud.advanceClock(5 * MINUTE);
    const answers = await Promise.all(Array.from({ length: 12 }, () => cloud.call(...WRITE)));
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(503));
    expect(answers[0]?.json.maintenance).toMatchObject({ reason: 'Upgrade', started_at: starts });
    expect((await cloud.call(...WRITE, { token: await cloud.token('admin') })).status).toBe(202);
    expect((await cloud.control('GET', '/whoami', { token: member })).status).toBe(401);
    expect((await cloud.control('GET', '/status')).json).toMatchObject({
      is_active: true,
      started_at: starts,
      next_window: null,
    });
    await cloud.tick();
    const [begun] = await cloud.commandsInHistory();
    expect(begun).toMatchObject({ type: 'window_begun', actor: { id: 'clock' }, details: { window: id } });

    await cloud.advanceClock(5 * MINUTE);
    expect((await cloud.call(...WRITE)).status).toBe(202);
    expect((await cloud.control('GET', '/status')).json.is_active).toBe(false);
    await cloud.tick();
    expect(await typesSince(version)).toEqual(['window_begun', 'window_ended']);
  });

  test('goes on day after day, though the clock of the events stands still for as long', async () => {
    const { id, version } = await schedule({
      starts_at: await inMinutes(5),
      duration: 600,
      rrule: 'FREQ=DAILY',
      timezone: 'Europe/Berlin',
    });
    await cloud.fault('lambda:tick', 'errors');
    await cloud.enforced();
    for (const day of [1, 2]) {
      await cloud.advanceClock(24 * 60 * MINUTE + (day === 1 ? 6 * MINUTE : 0));
      expect((await cloud.call(...WRITE)).status).toBe(503);
    }
    await cloud.fault('lambda:tick', 'none');
    expect((await cloud.as('admin', 'POST', '/disable')).json.duration).toBeLessThan(600);
    expect(await typesSince(version)).toEqual([
      ...['window_begun', 'window_ended', 'window_begun', 'window_ended'],
      ...['window_begun', 'deactivated'],
    ]);
    await cloud.enforced();
    expect((await cloud.call(...WRITE)).status).toBe(202);
    expect((await cloud.as('admin', 'DELETE', `/windows/${id}`)).json.status).toBe('cancelled');
    expect((await cloud.control('GET', '/status')).json.next_window).toBeNull();
  });

  test('begins and ends while the state store is away', async () => {
    const { id } = await schedule({ starts_at: await inMinutes(3), duration: 180 });
    await cloud.enforced();
    const admin = await cloud.token('admin');
    await cloud.fault('dynamodb', 'down');
    await cloud.advanceClock(3 * MINUTE);
    expect((await cloud.call(...WRITE)).status).toBe(503);
    expect((await cloud.call(...WRITE, { token: admin })).status).toBe(202);
    await cloud.advanceClock(3 * MINUTE);
    expect((await cloud.call(...WRITE)).status).toBe(202);
    await cloud.fault('dynamodb', 'none');
    await cloud.enforced();
    expect((await cloud.as('admin', 'GET', `/windows/${id}`)).status).toBe(404);
  });

  test('within an emergency is absorbed; one that overlaps another is refused', async () => {
    const starts_at = await inMinutes(2);
    const { id, version } = await schedule({ starts_at, duration: 60 });
    expect(
      await cloud.as('admin', 'POST', '/windows', { reason: 'x', starts_at, duration: 60 }),
    ).toMatchObject({
      status: 409,
      json: { error: 'window_overlap', message: expect.stringContaining(id) },
    });
    await cloud.as('admin', 'POST', '/emergency', { reason: 'Data at risk' });
    await cloud.advanceClock(2 * MINUTE);
    expect((await cloud.control('GET', '/status')).json).toMatchObject({
      mode: 'emergency',
      next_window: null,
    });
    await cloud.reset();
    expect(await typesSince(version)).toEqual(['activated', 'window_absorbed', 'deactivated']);
  });

  test('starts early when it is told to, and is over when it is disabled', async () => {
    const { id } = await schedule({ starts_at: await inMinutes(60), duration: 600 });
    const moved = await cloud.as('admin', 'PATCH', `/windows/${id}`, { starts_at: await inMinutes(0) });
    expect(moved.json).toMatchObject({ id, status: 'running' });
    await cloud.enforced();
    expect((await cloud.call(...WRITE)).status).toBe(503);
    await cloud.reset();
    expect((await cloud.call(...WRITE)).status).toBe(202);
    expect((await cloud.as('admin', 'GET', `/windows/${id}`)).status).toBe(404);
  });
});
