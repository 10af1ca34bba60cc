import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud.stop());

describe("the owner's rules", () => {
  test('decide at every instance within the bound of a toggle, and no longer than they are there', async () => {
    await cloud.enable({ blocked_operations: ['caption_generation'] });
    expect((await cloud.call('POST', '/nobody/knows/7')).status).toBe(404);
    const rule = { method: ['POST', 'PUT'], path: '/nobody/knows/{id}', operation: 'caption_generation' };
    const { status, json } = await cloud.as('admin', 'POST', '/rules', rule);
    expect(status).toBe(201);
    await cloud.enforced();
    await eventually(async () => {
      const answers = await Promise.all(
        Array.from({ length: 12 }, () => cloud.call('POST', '/Nobody/knows/7')),
      );
      expect(answers.map((answer) => answer.status)).toEqual(Array(12).fill(503));
      expect(answers[0]?.json.operation.type).toBe('caption_generation');
    });
    expect((await cloud.as('admin', 'DELETE', `/rules/${json.id}`)).status).toBe(200);
    await cloud.enforced();
    await eventually(async () => (await cloud.call('POST', '/nobody/knows/7')).status === 404);
    await cloud.reset();
  });

  test('add a type of one’s own that is refused in its own name', async () => {
    const rule = { method: 'GET', path: '/reports/run', operation: 'report_generation' };
    const { json } = await cloud.as('admin', 'POST', '/rules', rule);
    await cloud.enable({ blocked_operations: ['report_generation'] });
    const refusal = await cloud.call('GET', '/reports/run');
    expect(refusal.status).toBe(503);
    expect(refusal.json.operation.type).toBe('report_generation');
    expect((await cloud.control('GET', '/status')).json.blocked_operations).toEqual(['report_generation']);
    await cloud.reset();
    await cloud.as('admin', 'DELETE', `/rules/${json.id}`);
  });

  test('are for admins: 401 and 403', async () => {
    for (const [method, path] of [
      ['GET', '/rules'],
      ['POST', '/rules'],
      ['DELETE', '/rules/x'],
      ['POST', '/classify'],
    ] as const) {
      expect((await cloud.control(method, path)).status).toBe(401);
      expect((await cloud.control(method, path, { token: await cloud.signIn('worker') })).status).toBe(403);
    }
  });
});
