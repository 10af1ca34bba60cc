import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { API } from '../../core/api/api.ts';
import { Cloud } from '../support/cloud.ts';

const fits = (action: keyof typeof API, json: unknown) => API[action].answer.safeParse(json).error?.issues;

describe.each(['smallest', 'essential'] as const)('the profile %s', (profile) => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await Cloud.start({ profile });
  });
  afterAll(() => cloud?.stop());

  const status = async () => (await cloud.control('GET', '/status')).json;

  test('has no Redis, and no session of anybody', () => {
    expect(cloud.local.redis).toBeNull();
    expect(Object.values(cloud.local.users).map(({ session_id }) => session_id)).toEqual([null, null, null]);
  });

  test('blocks what maintenance blocks, lets reads and admins pass, and ends', async () => {
    const enabled = await cloud.enable({ duration: 1800 });
    expect(fits('enable', enabled.json)).toBeUndefined();
    expect(enabled.json).toMatchObject({ session_purge: null, job_drain: null, active_jobs_count: null });
    const blocked = await cloud.call('POST', '/start_caption_generation', { body: {} });
    expect(blocked.status).toBe(503);
    expect(blocked.json).toMatchObject({ error: 'maintenance_active' });
    expect(Number(blocked.headers['retry-after'])).toBeGreaterThan(0);
    expect((await cloud.call('GET', '/images/1')).status).toBe(200);
    const token = await cloud.token('admin');
    expect((await cloud.call('POST', '/start_caption_generation', { token, body: {} })).status).toBe(202);
    expect(await status()).toMatchObject({
      is_active: true,
      invalidated_sessions: null,
      session_purge: null,
      job_drain: null,
      active_jobs_count: null,
    });
    const { json: counts } = await cloud.control('GET', '/blocked-operations');
    expect(fits('blocked_operations', counts)).toBeUndefined();
    if (profile === 'smallest')
      expect(counts.totals).toMatchObject({ attempt_count: null, client_count: null });
    expect((await cloud.command('/disable')).json).toMatchObject({ is_active: false, session_purge: null });
    await cloud.enforced();
    expect((await cloud.call('POST', '/start_caption_generation', { body: {} })).status).toBe(202);
  });

  test('says of what is not there that it is not deployed', async () => {
    const purge = await cloud.as('admin', 'POST', '/sessions/purge', {});
    expect([purge.status, purge.json.error]).toEqual([404, 'not_deployed']);
    const jobs = await cloud.as('admin', 'POST', '/enable', { reason: 'Test', terminate_jobs: true });
    expect([jobs.status, jobs.json.error]).toEqual([400, 'not_deployed']);
    const rehearsal = await cloud.as('admin', 'POST', '/enable', { reason: 'Test', mode: 'test' });
    if (profile === 'smallest')
      expect([rehearsal.status, rehearsal.json.error]).toEqual([400, 'not_deployed']);
    else expect(rehearsal.status).toBe(200);
    await cloud.reset();
  });

  test('does the work of a minute without an error', async () => {
    expect((await cloud.tick()).status).toBe(200);
    const { lines } = (await cloud.call('GET', '/_local/logs')).json;
    const messages: string[] = lines.map(({ message }: { message: string }) => message);
    expect(messages.filter((message) => /\bERROR\b/.test(message))).toEqual([]);
    const checked = messages.filter((message) => message.includes('"event":"health_checked"'));
    expect(checked.length > 0).toBe(profile === 'essential');
  });
});
