import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from '@jest/globals';
import { readStack, stateTableOf } from '../../../cli/transport/stack-resources.ts';
import { eventually } from '../../support/eventually.ts';
import { OnCall } from '../../support/on-call.ts';
import { CloudQueues } from '../../support/queues.ts';
import { prove } from '../../support/troubleshooting-row.ts';
import { ESCALATION, LOGS, MONITORING } from './rows/operations.ts';

const BLOCKED = '/start_caption_generation';
const MINUTE = 60_000;

const onCall = OnCall.forThisFile();

/** Lets time pass, and signs in again: a token may have expired. */
async function pass(milliseconds: number): Promise<void> {
  await onCall.cloud.advanceClock(milliseconds);
  await onCall.signIn('admin');
}

async function callMany(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => onCall.cloud.call('POST', BLOCKED)));
}

/** What went to a topic. */
async function sentTo(topic: string): Promise<{ subject: string; message: string }[]> {
  const { json } = await onCall.cloud.call('GET', '/_local/notices');
  return json.notices.filter((notice: { topic: string }) => notice.topic.includes(topic));
}

/** Lets what was counted and logged become too old to be looked at, and the health check run. */
async function settle(): Promise<void> {
  await onCall.mend();
  await new CloudQueues(onCall.cloud).empty();
  await onCall.cloud.advanceClock(16 * MINUTE);
  await onCall.cloud.tick();
  await onCall.cloud.advanceClock(MINUTE);
  await onCall.cloud.tick();
  await onCall.signIn('admin');
}

prove(LOGS, onCall, {
  'Log locations, patterns, analysis commands': async () => {
    await onCall.cloud.enable();
    await callMany(7);
    await onCall.break('iam:control', 'errors');
    expect((await onCall.run('update', '--reason', 'Later')).exitCode).toBe(1);
    const { items } = await onCall.json('logs', '--errors');
    expect(items).toContainEqual(expect.objectContaining({ function: 'control' }));
    await onCall.mend();
    await onCall.done('update', '--reason', 'Later');
    const { total } = await onCall.json('logs', '--blocked', '--count');
    expect(total).toBeGreaterThanOrEqual(7);
    expect(await onCall.done('logs', '--function', 'control')).toContain('[MAINTENANCE] Maintenance');
    const folders = readdirSync(resolve(import.meta.dirname, '../../../lambdas')).filter(
      (name) => !['http', 'aws', 'api'].includes(name),
    );
    for (const name of folders) {
      const { stderr } = await onCall.run('logs', '--function', name, '--errors', '--count');
      expect({ name, stderr }).toEqual({ name, stderr: '' });
    }
  },

  'Security log': async () => {
    const { cloud } = onCall;
    const count = async () => {
      const { json } = await cloud.call('GET', '/_local/metrics?name=SecurityEvents');
      return json.datapoints.length;
    };
    const before = await count();
    await cloud.as('member', 'POST', '/disable');
    await cloud.control('POST', '/disable');
    await onCall.done('enable', '--reason', 'Past the API', '--direct');
    await cloud.enforced();
    await expect(cloud.signIn('member')).rejects.toThrow();
    expect((await cloud.call('POST', BLOCKED, { token: await cloud.token('admin') })).status).toBe(202);
    await eventually(async () => (await count()) >= before + 5);
    const { security_lines } = (await onCall.doctor('--section', 'logs')).checks;
    for (const kind of [
      'sign-ins refused',
      'control calls refused',
      'admin bypasses',
      'changes past the API',
    ]) {
      expect(security_lines?.seen).toContain(kind);
    }
    await onCall.done('users', 'revoke', 'member', '--yes');
    expect((await cloud.as('member', 'GET', '/whoami').catch(() => ({ status: 401 }))).status).toBe(401);
  },
});

prove(ESCALATION, onCall, {
  'Escalation levels 1–3, what to provide, testing the contacts': async () => {
    await onCall.break('sns', 'down');
    const refused = await onCall.run('escalate', '--test', '--yes');
    expect(refused.exitCode).not.toBe(0);
    for (const level of [1, 2, 3]) expect(refused.stdout).toContain(`Level ${level}: `);
    expect(await onCall.done('logs', '--errors', '--function', 'operations')).toContain('could not be told');
    await onCall.mend();
    expect(await onCall.done('escalate', '--test', '--yes')).toMatch(/Level 3: sent/);
    for (const level of [1, 2, 3]) {
      expect((await sentTo(`Level${level}`)).at(-1)?.subject).toMatch(/^\[TEST\]/);
    }
    await onCall.cloud.enable({ reason: 'Disk is full' });
    const facts = {
      description: 'Sessions are not ended',
      impact: 'Members go on working',
      step: 'Purged twice',
      contact: 'alice, +49 30 1234567',
    };
    const options = Object.entries(facts).flatMap(([name, text]) => [`--${name}`, text]);
    await onCall.done('escalate', '--level', '2', ...options, '--urgency', 'critical', '--yes');
    const { subject, message } = (await sentTo('Level2')).at(-1) ?? { subject: '', message: '' };
    expect(subject).toMatch(/^\[Level 2\] Escalation, critical urgency/);
    for (const text of [...Object.values(facts), 'Reason: Disk is full', 'critical']) {
      expect(message).toContain(text);
    }
  },

  'An alarm topic without permission': async () => {
    await onCall.break('iam:operations', 'errors');
    const refused = await onCall.run('escalate', '--test', '--level', '1', '--yes');
    expect(refused).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('Level 1: ') });
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'logs')).checks.log_errors).toMatchObject({
        status: 'warning',
        seen: expect.stringMatching(/operations/i),
      }),
    );
    await onCall.mend();
    await onCall.done('escalate', '--test', '--level', '1', '--yes');
  },
});

prove(MONITORING, onCall, {
  'Daily health check script': async () => {
    await onCall.cloud.tick();
    const check = async () => (await onCall.doctor('--section', 'services')).checks.health_check;
    await eventually(async () => expect(await check()).toMatchObject({ status: 'ok' }));
    await onCall.break('lambda:health-check', 'init_error');
    await pass(5 * MINUTE);
    await eventually(async () =>
      expect(await check()).toMatchObject({
        status: 'failed',
        seen: expect.stringContaining('silent'),
        remedy: expect.stringContaining('list-rules'),
      }),
    );
    await onCall.mend();
    await onCall.cloud.tick();
    await eventually(async () => expect(await check()).toMatchObject({ status: 'ok' }));
  },

  'System and application monitoring; the four alerting rules': async () => {
    const { cloud } = onCall;
    await onCall.break('redis', 'down');
    await onCall.done('emergency', '--reason', 'Data loss', '--yes');
    const alarms = async () => {
      await cloud.tick();
      await cloud.tick();
      return (await onCall.doctor('--section', 'services')).checks.alarms;
    };
    await eventually(async () => {
      await pass(MINUTE);
      await callMany(150);
      const seen = (await alarms())?.seen;
      for (const name of ['maintenance-activated', 'emergency-activated', 'session-manager-failure']) {
        expect(seen).toContain(name);
      }
    });
    await onCall.mend();
    await onCall.signIn('admin');
    await onCall.done('disable', '--yes');
    await cloud.purged();
    await settle();
    await eventually(async () =>
      expect(await alarms()).toMatchObject({ status: 'ok', seen: 'No alarm is raised.' }),
    );
  },

  'An overdue window': async () => {
    const { cloud } = onCall;
    const { json } = await cloud.call('GET', '/_local/clock');
    const startsAt = new Date(Date.parse(json.now) + 5 * MINUTE).toISOString();
    const plan = ['--reason', 'Upgrade', '--starts-at', startsAt, '--duration', '1h'];
    await onCall.done('windows', 'add', ...plan);
    // The drain's receipt would bring the event into the log too, whenever it comes.
    for (const name of ['tick', 'drain']) await onCall.break(`lambda:${name}`, 'errors');
    await pass(9 * MINUTE);
    await cloud.tick();
    const due = async () => (await onCall.doctor('--section', 'status', 'configuration')).checks.due_events;
    await eventually(async () =>
      expect(await due()).toMatchObject({ status: 'failed', remedy: expect.stringContaining('tick') }),
    );
    expect((await cloud.call('POST', BLOCKED)).status).toBe(503);
    await onCall.mend();
    await eventually(async () => {
      await cloud.tick();
      expect(await due()).toMatchObject({ status: 'ok' });
    });
    const { items } = await onCall.json('history', '--limit', '5');
    expect(items.map(({ type }: { type: string }) => type)).toContain('window_begun');
  },

  'A poisoned record of the stream, and dead letters': async () => {
    const queues = new CloudQueues(onCall.cloud);
    await queues.empty();
    const table = new DynamoDBClient({});
    const io = { env: {} } as unknown as Parameters<typeof readStack>[1];
    const TableName = stateTableOf(await readStack({ timeout: 5 }, io));
    const Key = { pk: { S: 'EVENTS#nobody' }, sk: { N: '1' } };
    await table.send(new PutItemCommand({ TableName, Item: { ...Key, event: { S: 'nonsense' } } }));
    await onCall.done('enable', '--reason', 'Behind it');
    const letters = async () => (await onCall.doctor('--section', 'services')).checks.dead_letters;
    await eventually(async () => (await letters())?.status === 'failed');
    expect((await queues.deadLetters()).join()).toContain('RetryAttemptsExhausted');
    expect(await onCall.done('logs', '--function', 'publisher', '--errors')).toContain('cannot be read');
    await table.send(new DeleteItemCommand({ TableName, Key }));
    await queues.empty();
    await eventually(async () => expect(await letters()).toMatchObject({ status: 'ok' }));
    await eventually(async () =>
      (await sentTo('Notices')).some(({ message }) => message.includes('Behind it')),
    );
    table.destroy();
  },

  'Authorizer errors': async () => {
    await onCall.break('lambda:authorizer', 'errors');
    const { checks } = await onCall.doctor('--section', 'connectivity', 'services');
    expect(checks).toMatchObject({
      head_status: { status: 'failed' },
      function_errors: { status: 'warning', seen: expect.stringMatching(/authorizer/i) },
    });
    expect(await onCall.json('status', '--direct')).toMatchObject({ is_active: false });
    await settle();
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'connectivity', 'services')).checks).toMatchObject({
        head_status: { status: 'ok' },
        function_errors: { status: 'ok' },
      }),
    );
  },

  'Best practice: weekly, monthly, quarterly, annual duties': async () => {
    const canary = { method: 'ANY', path: '/api/maintenance/canary' };
    await settle();
    const passed = JSON.parse((await onCall.run('drill', '--yes', '--json')).stdout);
    expect(passed.steps.filter(({ outcome }: { outcome: string }) => outcome === 'failed')).toEqual([]);
    expect(passed.verdict).toBe('passed');
    expect(await onCall.done('report', passed.report_id)).toContain('Drill of');
    // A block that does not block, and the alarm that says so.
    await onCall.cloud.enable();
    await onCall.unguard(canary.method, canary.path);
    await onCall.cloud.tick();
    await onCall.cloud.tick();
    await onCall.done('disable', '--yes');
    const { exitCode, stdout } = await onCall.run('drill', '--yes', '--json');
    expect([exitCode, JSON.parse(stdout).verdict]).toEqual([1, 'aborted']);
    expect(stdout).toContain('enforcement-mismatch');
    await settle();
    expect(JSON.parse((await onCall.run('drill', '--yes', '--json')).stdout).verdict).toBe('passed');
  },
});
