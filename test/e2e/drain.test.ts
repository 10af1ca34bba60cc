import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud?.stop());
afterEach(async () => {
  await cloud.reset();
  await cloud.as('admin', 'POST', '/jobs/terminate', { grace_period: 0 });
});

async function register(): Promise<string> {
  const { json } = await cloud.as('worker', 'POST', '/jobs', { type: 'caption_generation', owner: 'mia' });
  return json.id;
}

const report = (id: string, what: string) => cloud.as('worker', 'POST', `/jobs/${id}/${what}`, {});
const statusOf = async (id: string) => (await cloud.as('admin', 'GET', `/jobs/${id}`)).json.status;

/** What the drains of the newest maintenance have come to, oldest first. */
async function receipts(): Promise<{ type: string; details: Record<string, unknown> }[]> {
  const { items } = (await cloud.as('admin', 'GET', '/history?limit=50')).json;
  const { maintenance_id: id } = items.find(({ type }: { type: string }) => type === 'activated');
  return items
    .filter((event: { type: string; maintenance_id: string }) => event.maintenance_id === id)
    .filter(({ type }: { type: string }) => type.startsWith('drain'))
    .reverse();
}

describe('the drain', () => {
  test('of a normal maintenance lets jobs finish, and then says that it is ready', async () => {
    const id = await register();
    await cloud.enable();
    await cloud.enforced();
    expect(await report(id, 'heartbeat')).toMatchObject({ json: { cancel_requested: false } });
    expect(await receipts()).toEqual([]);
    await report(id, 'complete');
    await eventually(async () => (await receipts()).length > 0);
    expect(await receipts()).toMatchObject([
      { type: 'drained', details: { mode: 'normal', outcome: 'drained', terminated: 0 } },
    ]);
  });

  test('of an emergency asks jobs to stop, and terminates those that do not', async () => {
    const ids = [await register(), await register()] as const;
    await cloud.command('/emergency', { reason: 'Data at risk', grace_period: 5 });
    await eventually(async () => (await statusOf(ids[0])) === 'cancelling');
    await report(ids[0], 'complete');
    await eventually(async () => (await receipts()).length > 0);
    expect(await receipts()).toMatchObject([
      { type: 'drained', details: { mode: 'emergency', outcome: 'terminated', found: 2, terminated: 1 } },
    ]);
    expect(await Promise.all(ids.map(statusOf))).toEqual(['completed', 'terminated']);
    const { items } = (await cloud.as('admin', 'GET', '/reports?limit=1')).json;
    const reported = async () => (await cloud.as('admin', 'GET', `/reports/${items[0].id}`)).json;
    await eventually(async () => (await reported()).jobs?.status === 'terminated');
    const { jobs, emergencies } = await reported();
    expect(jobs).toMatchObject({ found: 2, drained: 1, terminated: 1, lost: 0, left: 0 });
    expect(emergencies[0].steps).toContainEqual(
      expect.objectContaining({ step: 'jobs', outcome: 'done', error: null }),
    );
  });

  test('of a normal maintenance becomes that of an emergency at once', async () => {
    const id = await register();
    await cloud.enable();
    await cloud.enforced();
    await cloud.command('/emergency', { reason: 'Data at risk', grace_period: 0 });
    await eventually(async () => (await statusOf(id)) === 'terminated');
    await eventually(async () => (await receipts()).length > 0);
    expect(await receipts()).toMatchObject([{ details: { mode: 'emergency', outcome: 'terminated' } }]);
  });

  test('ends with the maintenance, and leaves jobs alone', async () => {
    const id = await register();
    await cloud.enable();
    await cloud.enforced();
    await cloud.as('admin', 'POST', '/disable');
    await cloud.tick();
    expect(await statusOf(id)).toBe('running');
    expect(await receipts()).toEqual([]);
  });
});
