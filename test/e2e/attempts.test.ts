import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { API } from '../../core/api/api.ts';
import { eventually, Gate } from '../support/gate.ts';

let gate: Gate;
beforeAll(async () => {
  gate = await Gate.start();
}, 120_000);
afterAll(() => gate?.stop());
beforeEach(() => gate.reset());

const BLOCKED = '/start_caption_generation';

async function blockedOperations() {
  const { status, json } = await gate.control('GET', '/blocked-operations');
  expect(status).toBe(200);
  expect(API.blocked_operations.answer.safeParse(json).error?.issues).toBeUndefined();
  return json;
}

const attemptsAt = async (operation: string): Promise<number> => {
  const { items } = await blockedOperations();
  return items.find((item: { operation_type: string }) => item.operation_type === operation)?.attempt_count;
};

const block = (calls: number, path = BLOCKED) =>
  Promise.all(Array.from({ length: calls }, () => gate.call('POST', path)));

describe('attempts during maintenance', () => {
  test('are counted by type and client, off the requests’ way; bypasses and the canary are no attempts', async () => {
    await gate.enable();
    const refused = await block(12);
    expect(refused.map(({ status }) => status)).toEqual(Array(12).fill(503));
    await block(3, '/no-rule-covers-this');
    expect((await gate.call('POST', BLOCKED, { token: await gate.token('worker') })).status).toBe(503);
    expect((await gate.call('POST', BLOCKED, { token: await gate.token('admin') })).status).toBe(202);
    expect((await gate.control('GET', '/canary')).status).toBe(503);
    await eventually(
      async () => (await attemptsAt('caption_generation')) === 13 && (await attemptsAt('unknown')) === 3,
    );
    expect((await blockedOperations()).totals).toMatchObject({
      attempt_count: 16,
      client_count: 2,
      client_count_exact: true,
    });
  });

  test('are counted in the end when counting was impossible for a while, each once', async () => {
    await gate.enable();
    await gate.fault('lambda:tally', 'down');
    try {
      await block(5);
      await eventually(async () => {
        const { json } = await gate.call('GET', '/_local/logs?function=tally');
        return json.lines.some(({ message }: { message: string }) => message.includes('Runtime.ExitError'));
      });
      expect(await attemptsAt('caption_generation')).toBe(0);
    } finally {
      await gate.fault('lambda:tally', 'none');
    }
    await block(2);
    await eventually(async () => (await attemptsAt('caption_generation')) === 7);
  });

  test('that were suppressed are counted with the next line', async () => {
    await gate.enable();
    for (let round = 0; round < 10; round += 1) await block(30);
    await gate.advanceClock(60_000);
    await gate.enforced();
    await eventually(async () => {
      await block(1, '/no-rule-covers-this');
      return (await attemptsAt('caption_generation')) === 300;
    });
  });
});

test('nothing is listed while nothing is blocked, in a test run too', async () => {
  for (const begin of [async () => {}, () => gate.enable({ mode: 'test' })]) {
    await begin();
    await block(1);
    expect(await blockedOperations()).toMatchObject({
      items: [],
      totals: { blocked_operations: 0, attempt_count: 0, last_attempt: null, client_count: 0 },
    });
  }
});

test('the message is told to everybody, by type and in general', async () => {
  await gate.enable({ duration: 1800 });
  const { json } = await gate.control('GET', '/message?operation=caption_generation');
  expect(API.message.answer.safeParse(json).error?.issues).toBeUndefined();
  expect(json).toMatchObject({ operation_type: 'caption_generation', maintenance_active: true });
  expect(json.message).toBe((await gate.call('POST', BLOCKED)).json.message);
  const general = await gate.control('GET', '/message');
  expect(general.json.message).toBe((await gate.control('GET', '/status')).json.message);
  const unknown = await gate.control('GET', '/message?operation=coffee');
  expect(unknown.status).toBe(400);
  expect(unknown.json.message).toContain('job_creation');
});
