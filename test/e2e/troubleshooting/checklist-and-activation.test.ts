import {
  AdminRemoveUserFromGroupCommand,
  CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import { expect } from '@jest/globals';
import { eventually } from '../../support/eventually.ts';
import { OnCall } from '../../support/on-call.ts';
import { prove } from '../../support/troubleshooting-row.ts';
import { CHECKLIST, WONT_ACTIVATE } from './rows/checklist-and-activation.ts';

/** After so long, ms, what was counted or logged is no longer looked at. */
const QUARTER = 15 * 60_000;

const onCall = OnCall.forThisFile();

/** What /health has seen is shown for so long, ms. */
const KEPT_HEALTH = 5001;

/** Lets a quarter of an hour pass. */
async function quarterOfAnHour(): Promise<void> {
  await onCall.cloud.advanceClock(QUARTER + 60_000);
  await onCall.signIn('admin');
}

async function version(): Promise<number> {
  return (await onCall.cloud.control('GET', '/status')).json.version;
}

prove(CHECKLIST, onCall, {
  'checklist: status': async () => {
    await onCall.done('enable', '--reason', 'Upgrade', '--duration', '1m');
    await onCall.cloud.advanceClock(120_000);
    await onCall.signIn('admin');
    const overdue = async () => (await onCall.doctor('--section', 'status')).checks.maintenance_overdue;
    // Where its own look comes too late, the doctor has what the health check saw a minute ago.
    await eventually(async () => (await overdue())?.status === 'warning');
    await eventually(async () =>
      expect(await overdue()).toMatchObject({
        status: 'warning',
        remedy: expect.stringContaining('maintenance update --extend'),
      }),
    );
    await onCall.done('update', '--duration', '30m');
    await eventually(async () => expect(await overdue()).toMatchObject({ status: 'ok' }));
  },

  'checklist: configuration': async () => {
    await onCall.done('rules', 'add', 'POST', '/start_caption_generation', 'read_operations');
    const { exitCode, checks } = await onCall.doctor('--section', 'configuration');
    expect(exitCode).toBe(1);
    expect(checks.rules).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('maintenance rules remove ID'),
    });
    const id = /\(([^()]+)\)\.$/.exec(checks.rules?.seen ?? '')?.[1] ?? 'none';
    await onCall.done('rules', 'remove', id);
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'configuration')).checks.rules).toMatchObject({
        status: 'ok',
      }),
    );
  },

  'checklist: services': async () => {
    await onCall.break('lambda:control', 'init_error');
    expect((await onCall.run('enable', '--reason', 'Upgrade')).exitCode).not.toBe(0);
    const errors = async () => (await onCall.doctor('--section', 'services')).checks.function_errors;
    await eventually(async () =>
      expect(await errors()).toMatchObject({ status: 'warning', seen: expect.stringMatching(/control/) }),
    );
    await onCall.mend();
    await onCall.done('enable', '--reason', 'Upgrade');
    await quarterOfAnHour();
    await eventually(async () => expect(await errors()).toMatchObject({ status: 'ok' }));
  },

  'checklist: connectivity': async () => {
    await onCall.break('lambda:authorizer', 'throttled');
    const { exitCode, checks } = await onCall.doctor('--section', 'connectivity', 'performance');
    expect(exitCode).toBe(2);
    expect(checks).toMatchObject({
      head_status: { status: 'failed' },
      throttles: { status: 'warning', seen: expect.stringMatching(/authorizer/) },
    });
    await onCall.mend();
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'connectivity')).checks.head_status).toMatchObject({
        status: 'ok',
      }),
    );
  },

  'checklist: permissions': async () => {
    await onCall.signIn('member');
    const permissions = async () => (await onCall.doctor('--section', 'permissions')).checks;
    expect(await onCall.withoutAws(permissions)).toMatchObject({
      identity: { status: 'warning', remedy: expect.stringContaining('maintenance users promote') },
      admin_path: { status: 'failed', remedy: expect.stringContaining('maintenance login') },
    });
    await onCall.signIn('admin');
    expect(await onCall.withoutAws(permissions)).toMatchObject({
      identity: { status: 'ok' },
      admin_path: { status: 'ok' },
    });
  },

  'checklist: logs': async () => {
    await onCall.break('iam:control', 'errors');
    expect((await onCall.run('enable', '--reason', 'Upgrade')).exitCode).not.toBe(0);
    const errors = async () => (await onCall.doctor('--section', 'logs')).checks.log_errors;
    await eventually(async () =>
      expect(await errors()).toMatchObject({
        status: 'warning',
        remedy: expect.stringContaining('maintenance logs --errors'),
      }),
    );
    expect(await onCall.done('logs', '--errors')).toMatch(/control/i);
    await onCall.mend();
    await quarterOfAnHour();
    await eventually(async () => expect(await errors()).toMatchObject({ status: 'ok' }));
  },
});

prove(WONT_ACTIVATE, onCall, {
  "1 won't activate: configuration service": async () => {
    await onCall.break('iam:control', 'errors');
    const { exitCode, stderr } = await onCall.run('enable', '--reason', 'Upgrade');
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('state store');
    expect(stderr).toContain('--direct works without the API');
    await eventually(async () =>
      expect((await onCall.doctor('--direct', '--section', 'configuration')).checks).toMatchObject({
        event_log_read: { status: 'ok' },
        event_log_write: { status: 'ok' },
      }),
    );
    await onCall.done('enable', '--reason', 'Upgrade', '--direct');
    expect(await onCall.json('status')).toMatchObject({ is_active: true, reason: 'Upgrade' });
    await onCall.mend();
    await onCall.done('disable', '--yes');
  },

  '1: database connection': async () => {
    await onCall.break('dynamodb', 'slow', { ms: 700 });
    await onCall.cloud.advanceClock(KEPT_HEALTH);
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'connectivity')).checks.state_store).toMatchObject({
        status: 'warning',
        seen: expect.stringContaining('slowly'),
        remedy: expect.stringContaining('throttled requests'),
      }),
    );
    await onCall.break('dynamodb', 'down');
    const refused = await onCall.run('enable', '--reason', 'Upgrade', '--json');
    expect(refused.exitCode).not.toBe(0);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: 'state_store_unavailable' });
    const { exitCode, checks } = await onCall.doctor('--section', 'configuration');
    expect(exitCode).toBe(2);
    expect(checks).toMatchObject({
      event_log_read: { status: 'failed', remedy: expect.stringContaining('DynamoDB') },
      event_log_write: { status: 'failed' },
    });
    await onCall.mend();
    await eventually(async () => (await onCall.run('enable', '--reason', 'Upgrade')).exitCode === 0);
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'configuration')).checks).toMatchObject({
        event_log_read: { status: 'ok' },
        event_log_write: { status: 'ok' },
      }),
    );
  },

  '1: user permissions, "fix role"': async () => {
    await onCall.signIn('member');
    const { username } = onCall.cloud.local.users.member;
    const refused = await onCall.run('enable', '--reason', 'Upgrade', '--json');
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stderr)).toMatchObject({ error: 'insufficient_privileges' });
    expect(await onCall.json('whoami')).toMatchObject({ role: 'member' });
    const { groups, user_pool: pool } = await onCall.json('users', 'show', username);
    expect(groups).not.toContain('admin');
    const promoted = await onCall.json('users', 'promote', username, '--yes');
    try {
      await onCall.signIn('member');
      expect(await onCall.json('whoami')).toMatchObject({ role: 'admin' });
      await onCall.done('enable', '--reason', 'Upgrade');
    } finally {
      const [GroupName] = promoted.groups.filter((group: string) => !groups.includes(group));
      const remove = { UserPoolId: pool, Username: username, GroupName };
      await new CognitoIdentityProviderClient().send(new AdminRemoveUserFromGroupCommand(remove));
    }
  },

  '1: middleware registration, "re-register"': async () => {
    await onCall.done('enable', '--reason', 'Upgrade');
    await onCall.cloud.enforced();
    await onCall.unguard('ANY', '/api/maintenance/canary');
    const { exitCode, checks } = await onCall.doctor('--section', 'configuration', 'enforcement');
    expect(exitCode).toBe(2);
    expect(checks).toMatchObject({
      api_methods: { status: 'failed', seen: expect.stringContaining('/api/maintenance/canary') },
      enforcement: { status: 'failed', seen: expect.stringContaining('NOT blocked') },
    });
    await onCall.mend();
    await eventually(async () =>
      expect((await onCall.doctor('--section', 'configuration', 'enforcement')).checks).toMatchObject({
        api_methods: { status: 'ok' },
        enforcement: { status: 'ok' },
      }),
    );
  },

  '1: restart services': async () => {
    await onCall.cloud.enforced();
    await onCall.break('dynamodb:authorizer', 'down');
    await onCall.break('redis', 'down');
    await onCall.done('enable', '--reason', 'Upgrade');
    const examined = async () => (await onCall.doctor('--section', 'enforcement')).checks;
    await eventually(async () =>
      expect(await examined()).toMatchObject({
        enforcement: { status: 'failed', remedy: expect.stringContaining('maintenance refresh') },
        decided_version: { status: 'failed' },
      }),
    );
    await onCall.mend();
    await onCall.done('refresh');
    const refreshed = await version();
    await eventually(async () => (await examined()).enforcement?.status === 'ok');
    const { headers } = await onCall.cloud.call('POST', '/api/maintenance/canary');
    expect(Number(headers['x-maintenance-version'])).toBeGreaterThanOrEqual(refreshed);
  },
});
