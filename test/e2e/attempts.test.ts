import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { API } from '../../core/api/api.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud?.stop());
beforeEach(() => cloud.reset());

const BLOCKED = '/start_caption_generation';

async function blockedOperations() {
  const { status, json } = await cloud.control('GET', '/blocked-operations');
  expect(status).toBe(200);
  expect(API.blocked_operations.answer.safeParse(json).error?.issues).toBeUndefined();
  return json;
}

const attemptsAt = async (operation: string): Promise<number> => {
  const { items } = await blockedOperations();
  return items.find((item: { operation_type: string }) => item.operation_type === operation)?.attempt_count;
};

const block = (calls: number, path = BLOCKED) =>
  Promise.all(Array.from({ length: calls }, () => cloud.call('POST', path)));

describe('attempts during maintenance', () => {
  test('are counted by type and client, off the requests’ way; bypasses and the canary are no attempts', async () => {
    await cloud.enable();
    const refused = await block(12);
    expect(refused.map(({ status }) => status)).toEqual(Array(12).fill(503));
    await block(3, '/no-rule-covers-this');
    expect((await cloud.call('POST', BLOCKED, { token: await cloud.token('worker') })).status).toBe(503);
    expect((await cloud.call('POST', BLOCKED, { token: await cloud.token('admin') })).status).toBe(202);
    expect((await cloud.control('GET', '/canary')).status).toBe(503);
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
    await cloud.enable();
    await cloud.fault('lambda:tally', 'down');
    try {
      await block(5);
      await eventually(async () => {
        const { json } = await cloud.call('GET', '/_local/logs?function=tally');
        return json.lines.some(({ message }: { message: string }) => message.includes('Runtime.ExitError'));
      });
      expect(await attemptsAt('caption_generation')).toBe(0);
    } finally {
      await cloud.fault('lambda:tally', 'none');
    }
    await block(2);
    await eventually(async () => (await attemptsAt('caption_generation')) === 7);
  });

  test('that were suppressed are counted with the next line', async () => {
    await cloud.enable();
    for (let round = 0; round < 10; round += 1) await block(30);
    await cloud.advanceClock(60_000);
    await cloud.enforced();
    await eventually(async () => {
      await block(1, '/no-rule-covers-this');
      return (await attemptsAt('caption_generation')) === 300;
    });
  });
});

test('nothing is listed while nothing is blocked, in a test run too', async () => {
  for (const begin of [async () => {}, () => cloud.enable({ mode: 'test' })]) {
    await begin();
    await block(1);
    expect(await blockedOperations()).toMatchObject({
      items: [],
      totals: { blocked_operations: 0, attempt_count: 0, last_attempt: null, client_count: 0 },
    });
  }
});

test('the message is told to everybody, by type and in general', async () => {
  await cloud.enable({ duration: 1800 });
  const { json } = await cloud.control('GET', '/message?operation=caption_generation');
  expect(API.message.answer.safeParse(json).error?.issues).toBeUndefined();
  expect(json).toMatchObject({ operation_type: 'caption_generation', maintenance_active: true });
  expect(json.message).toBe((await cloud.call('POST', BLOCKED)).json.message);
  const general = await cloud.control('GET', '/message');
  expect(general.json.message).toBe((await cloud.control('GET', '/status')).json.message);
  const unknown = await cloud.control('GET', '/message?operation=coffee');
  expect(unknown.status).toBe(400);
  expect(unknown.json.message).toContain('job_creation');
});
