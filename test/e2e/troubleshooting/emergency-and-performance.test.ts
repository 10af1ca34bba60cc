import { expect } from '@jest/globals';
import { Redis } from 'ioredis';
import { eventually } from '../../support/eventually.ts';
import { OnCall } from '../../support/on-call.ts';
import { prove } from '../../support/troubleshooting-row.ts';
import { EMERGENCY, PERFORMANCE } from './rows/emergency-and-performance.ts';

const BLOCKED = '/start_caption_generation';
const MINUTE = 60_000;

const onCall = OnCall.forThisFile();

/** Lets time pass, and signs in again: a token may have expired. */
async function pass(milliseconds: number): Promise<void> {
  await onCall.cloud.advanceClock(milliseconds);
  await onCall.signIn('admin');
}

/** Declares an emergency with a fresh sign-in; from a second later on it is enforced. */
async function emergency(...options: readonly string[]): Promise<void> {
  await onCall.done('emergency', '--reason', 'Data loss', '--yes', ...options);
  await onCall.cloud.enforced();
}

async function register(): Promise<string> {
  const { json } = await onCall.cloud.as('worker', 'POST', '/jobs', { type: 'render', owner: 'mia' });
  return json.id;
}

const heartbeat = (id: string) => onCall.cloud.as('worker', 'POST', `/jobs/${id}/heartbeat`, {});

/** Ids of the jobs that the command shows. */
async function jobs(status: string): Promise<string[]> {
  const { items } = await onCall.json('jobs', 'list', '--status', status);
  return items.map(({ id }: { id: string }) => id);
}

async function callMany(count: number, method = 'POST', path = BLOCKED): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => onCall.cloud.call(method, path)));
}

prove(EMERGENCY, onCall, {
  '4 emergency: handler': async () => {
    await onCall.break('lambda:starter', 'errors');
    await emergency();
    await pass(4 * MINUTE);
    await onCall.cloud.tick();
    const { checks } = await onCall.doctor('--section', 'services', 'emergency');
    expect(checks.job_drain).toMatchObject({ status: 'failed', remedy: expect.stringContaining('starter') });
    expect(checks.emergency_steps?.seen).toMatch(/jobs pending/);
    await onCall.mend();
    await onCall.cloud.tick();
    await eventually(async () => {
      const { emergency_steps } = (await onCall.doctor('--section', 'emergency')).checks;
      return emergency_steps?.status === 'ok' && emergency_steps.seen.includes('jobs done');
    });
    await onCall.cloud.tick();
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'services')).checks.job_drain).toMatchObject({ status: 'ok' }),
    );
  },

  '4: running jobs, one that will not die': async () => {
    const id = await register();
    await emergency('--grace-period', '20s');
    await eventually(async () => (await jobs('cancelling')).includes(id));
    expect((await heartbeat(id)).json).toMatchObject({ cancel_requested: true });
    expect(await onCall.done('status')).toMatch(/1/);
    await pass(21_000);
    expect((await heartbeat(id)).json).toMatchObject({ status: 'terminated' });
    expect(await jobs('terminated')).toContain(id);
    expect(await jobs('cancelling')).toEqual([]);
    await eventually(async () => (await onCall.json('status')).active_jobs_count === 0);
  },

  '4: jobs that hold a maintenance back': async () => {
    const id = await register();
    await onCall.cloud.enable({ drain_deadline: 10 });
    await pass(15_000);
    await heartbeat(id);
    const told = async () => await onCall.done('logs', '--function', 'drain', '--json');
    await eventually(async () => {
      const { items } = JSON.parse(await told());
      return items.some(
        ({ fields }: { fields?: { event: string; job_ids: string[] } }) =>
          fields?.event === 'drain_overdue' && fields.job_ids.includes(id),
      );
    });
    const alarm = async () => {
      const { json } = await onCall.cloud.call('GET', '/_local/alarms');
      return json.alarms.find(({ name }: { name: string }) => name.endsWith('-drain-stuck')).state;
    };
    await eventually(async () => (await alarm()) === 'ALARM');
    await onCall.done('jobs', 'terminate', '--grace', '0', '--yes');
    expect(await jobs('terminated')).toContain(id);
    await pass(2 * MINUTE);
    await eventually(async () => (await alarm()) === 'OK');
  },

  '4: state, an emergency left on': async () => {
    await emergency();
    await pass(5 * 60 * MINUTE);
    const leftOn = async () => (await onCall.doctor('--section', 'emergency')).checks.emergency_left_on;
    await eventually(async () =>
      expect(await leftOn()).toMatchObject({
        status: 'warning',
        seen: expect.stringContaining('5 h'),
        remedy: expect.stringContaining('maintenance deescalate'),
      }),
    );
    expect(await onCall.json('status')).toMatchObject({ mode: 'emergency', is_active: true });
    await onCall.done('deescalate');
    await eventually(async () => expect(await leftOn()).toMatchObject({ status: 'ok' }));
  },

  '4: force deactivation': async () => {
    await emergency();
    expect((await onCall.cloud.call('POST', BLOCKED)).status).toBe(503);
    await onCall.break('lambda:control', 'down');
    const { exitCode, stderr } = await onCall.run('disable', '--yes');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('--direct');
    await onCall.done('disable', '--direct', '--yes');
    await onCall.cloud.enforced();
    expect((await onCall.cloud.call('POST', BLOCKED)).status).toBe(202);
  },

  '4: reset state': async () => {
    await onCall.break('redis', 'down');
    await emergency();
    await onCall.done('users', 'revoke', 'mia', '--yes');
    await eventually(async () => {
      const { checks } = await onCall.doctor('--section', 'services', 'emergency');
      return checks.session_purge?.status === 'warning' || checks.emergency_steps?.status === 'failed';
    });
    await onCall.break('lambda:control', 'down');
    expect((await onCall.run('reset', '--direct')).exitCode).toBe(2);
    await onCall.done('reset', '--direct', '--yes');
    await onCall.cloud.enforced();
    expect((await onCall.cloud.call('POST', BLOCKED)).status).toBe(202);
    await onCall.mend();
    expect(await onCall.json('status')).toMatchObject({ is_active: false });
    const { items } = await onCall.json('history', '--limit', '10');
    const types = items.map(({ type }: { type: string }) => type);
    expect(types).toEqual(expect.arrayContaining(['reset', 'activated']));
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'configuration')).checks.event_chain).toMatchObject({
        status: 'ok',
      }),
    );
  },

  '4: terminate jobs manually': async () => {
    const id = await register();
    await emergency('--no-terminate-jobs');
    expect(await jobs('running')).toContain(id);
    expect((await onCall.run('jobs', 'terminate', '--grace', '10')).exitCode).toBe(2);
    expect(await onCall.done('jobs', 'terminate', '--grace', '10', '--yes')).toMatch(/1 asked to stop/);
    expect((await heartbeat(id)).json).toMatchObject({ cancel_requested: true });
    await pass(11_000);
    expect(await jobs('terminated')).toContain(id);
    expect(await jobs('running')).toEqual([]);
  },

  '4: admin access blocked, admins losing access': async () => {
    const { cloud } = onCall;
    const cookie = { headers: { Cookie: `session_id=${cloud.local.users.admin.session_id}` } };
    const path = async () => (await onCall.doctor('--section', 'permissions', 'services')).checks;
    await eventually(async () =>
      expect((await path()).admin_path).toMatchObject({
        status: 'ok',
        seen: expect.stringMatching(/the API/),
      }),
    );
    await cloud.enable();
    expect((await cloud.call('POST', BLOCKED, cookie)).status).toBe(202);
    await onCall.break('redis', 'down');
    await cloud.advanceClock(6000);
    expect((await cloud.call('POST', BLOCKED, cookie)).status).toBe(503);
    await eventually(async () =>
      expect(await path()).toMatchObject({
        session_store: { status: 'warning' },
        admin_path: { status: 'ok', seen: expect.stringMatching(/the API/) },
      }),
    );
    const token = await cloud.token('admin');
    expect((await cloud.call('POST', BLOCKED, { token })).status).toBe(202);
    await onCall.break('lambda:control', 'down');
    await eventually(async () =>
      expect((await path()).admin_path).toMatchObject({
        status: 'ok',
        seen: expect.stringMatching(/direct way/),
      }),
    );
    await onCall.done('disable', '--direct', '--yes');
    await cloud.enforced();
    expect((await cloud.call('POST', BLOCKED)).status).toBe(202);
    await onCall.mend();
    await cloud.enable();
    await eventually(async () => (await cloud.call('POST', BLOCKED, cookie)).status === 202);
  },
});

prove(PERFORMANCE, onCall, {
  '5 performance: resources, database, Redis, request patterns': async () => {
    await onCall.cloud.enable();
    await onCall.break('dynamodb:authorizer', 'slow', { ms: 800 });
    for (let second = 0; second < 3; second += 1) {
      await onCall.cloud.advanceClock(2000);
      await callMany(2);
    }
    await onCall.signIn('admin');
    const latency = async () => (await onCall.doctor('--section', 'performance')).checks.decision_latency;
    await eventually(async () =>
      expect(await latency()).toMatchObject({
        status: 'warning',
        remedy: expect.stringContaining('state_store'),
      }),
    );
    const found = await onCall.json('stats', '--minutes', '15');
    expect(found.decisions.latency_ms.p99).toBeGreaterThan(500);
    expect(found.decisions.blocked).toBeGreaterThanOrEqual(6);
    expect(Object.keys(found.decisions.blocked_by_type)).not.toEqual([]);
    expect(found.state_store.latency_ms).toBeGreaterThan(0);
    expect(found.redis.memory_bytes).toBeGreaterThan(0);
    await onCall.mend();
    // On a busy machine a decision may be slow by itself.
    await eventually(async () => {
      await pass(16 * MINUTE);
      await callMany(3);
      return (await latency())?.status === 'ok';
    });
  },

  '5: connection pool size': async () => {
    await onCall.break('lambda:authorizer', 'throttled');
    await callMany(3, 'GET', '/health');
    await onCall.mend();
    await callMany(3, 'GET', '/health');
    const checks = async () => (await onCall.doctor('--section', 'performance')).checks;
    await eventually(async () =>
      expect(await checks()).toMatchObject({
        throttles: { status: 'warning', seen: expect.stringMatching(/authorizer/i) },
        concurrency: { status: 'ok', seen: expect.stringMatching(/At most \d+/) },
      }),
    );
    await pass(16 * MINUTE);
    await eventually(async () => expect((await checks()).throttles).toMatchObject({ status: 'ok' }));
  },

  '5: Redis eviction policy': async () => {
    const redis = new Redis(onCall.cloud.local.redis);
    const policy = async () => {
      await onCall.cloud.tick();
      return (await onCall.doctor()).checks.redis_eviction_policy;
    };
    const [, usual = 'noeviction'] = (await redis.config('GET', 'maxmemory-policy')) as string[];
    try {
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      expect(await policy()).toMatchObject({
        status: 'warning',
        seen: expect.stringContaining('allkeys-lru'),
      });
      await redis.config('SET', 'maxmemory-policy', 'volatile-lru');
      expect(await policy()).toMatchObject({ status: 'ok' });
    } finally {
      await redis.config('SET', 'maxmemory-policy', usual);
      redis.disconnect();
    }
  },

  '5: caching of status; rate limit of blocked requests': async () => {
    const { cloud } = onCall;
    await cloud.enable({ duration: 60 });
    await cloud.advanceClock(2 * MINUTE);
    expect((await cloud.call('POST', BLOCKED)).headers['retry-after']).toBe('60');
    // Every instance has to have seen too many of its calls in two minutes that follow each other.
    let longest = 0;
    for (let minute = 0; minute < 6 && longest <= 60; minute += 1) {
      await cloud.advanceClock(MINUTE);
      const answers = await Promise.all(Array.from({ length: 240 }, () => cloud.call('POST', BLOCKED)));
      longest = Math.max(...answers.map(({ headers }) => Number(headers['retry-after'])));
    }
    expect(longest).toBeGreaterThan(60);
    // Every instance that there is has read the state.
    await callMany(20, 'GET', '/api/maintenance/status');
    await onCall.break('dynamodb', 'down');
    expect(await onCall.json('status')).toMatchObject({ is_active: true });
    await onCall.mend();
    await pass(MINUTE);
    await callMany(1);
    const { total } = await onCall.json('logs', '--blocked', '--count', '--since', '10m');
    expect(total).toBeGreaterThanOrEqual(240);
  },
});
