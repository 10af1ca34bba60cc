import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, Gate } from '../support/gate.ts';

const BLOCKED = '/start_caption_generation';
const PREFIX = 'MaintenanceMode-';

interface Seen {
  readonly topic: string;
  readonly subject?: string;
  readonly message: string;
}

let gate: Gate;

beforeAll(async () => {
  gate = await Gate.start();
}, 120_000);
afterAll(() => gate?.stop());
beforeEach(() => gate.reset());
afterEach(async () => {
  for (const service of ['sns', 'redis', 'lambda:authorizer', 'lambda:notices'])
    await gate.fault(service, 'none');
});

async function notices(topic: string): Promise<Seen[]> {
  const { json } = await gate.call('GET', '/_local/notices');
  return json.notices.filter((notice: Seen) => notice.topic.includes(topic));
}

async function alarm(name: string): Promise<string | undefined> {
  const { json } = await gate.call('GET', '/_local/alarms');
  return json.alarms.find((each: { name: string }) => each.name === `${PREFIX}${name}`)?.state;
}

/** What went to a topic about an alarm's being raised. */
async function raised(topic: string, name: string): Promise<Seen[]> {
  return (await notices(topic)).filter(({ subject }) => subject === `ALARM: "${PREFIX}${name}"`);
}

/** Notices of a maintenance. */
async function noticesOf(id: string): Promise<Seen[]> {
  return (await notices('Notices')).filter(({ message }) => message.includes(id));
}

describe('notices', () => {
  test('tell of a maintenance that is begun, becomes an emergency and ends', async () => {
    const reason = 'Ümbau\nSubject: everything is fine';
    const { json } = await gate.enable({ reason, duration: 3600 });
    const token = await gate.signIn('admin');
    await gate.control('POST', '/emergency', { token, body: { reason: 'Fire', terminate_jobs: false } });
    await gate.as('admin', 'POST', '/disable');
    const told = async () => await noticesOf(json.maintenance_id ?? json.id ?? '');
    await eventually(async () => {
      const subjects = (await told()).map(({ subject = '' }) => subject);
      return ['Maintenance is over', 'Maintenance has become an EMERGENCY'].every((title) =>
        subjects.some((subject) => subject.startsWith(title)),
      );
    });
    const first = (await told()).find(({ subject }) => subject?.startsWith('Maintenance has begun'));
    expect(first?.subject).toMatch(/^Maintenance has begun \(version \d+\)$/);
    expect(first?.message).toContain(`\nReason:\n${reason}\n`);
    expect(first?.message).toMatch(/^Until: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC/m);
    const { json: list } = await gate.as('admin', 'GET', '/reports?limit=1');
    const { json: report } = await gate.as(
      'admin',
      'GET',
      `/reports/${encodeURIComponent(list.items[0].id)}`,
    );
    expect(report.emergencies[0].steps).toContainEqual(
      expect.objectContaining({ step: 'notices', outcome: 'done', at: expect.any(String) }),
    );
  });

  test('are kept back where nobody is to be told', async () => {
    await gate.enable({ notify_users: false, reason: 'In silence' });
    await gate.as('admin', 'POST', '/disable');
    await gate.enable({ reason: 'In the open' });
    await eventually(async () =>
      (await notices('Notices')).some(({ message }) => message.includes('In the open')),
    );
    expect((await notices('Notices')).filter(({ message }) => message.includes('In silence'))).toEqual([]);
  });

  test('that could not be published are tried again', async () => {
    await gate.fault('sns', 'down');
    await gate.enable({ reason: 'Unheard at first' });
    await eventually(async () => {
      const { json } = await gate.call('GET', '/_local/logs?function=notices');
      return json.lines.some(({ message }: { message: string }) => message.includes('notice_failed'));
    }, 30_000);
    await gate.fault('sns', 'none');
    await eventually(
      async () => (await notices('Notices')).some(({ message }) => message.includes('Unheard at first')),
      30_000,
    );
  });
});

describe('alarms', () => {
  test('a failure that lasts reaches the next level after a quarter of an hour, and its end is told to both', async () => {
    await gate.fault('redis', 'down');
    await gate.enable();
    await eventually(async () => (await alarm('session-manager-failure')) === 'ALARM');
    expect(await raised('Level2', 'session-manager-failure')).toHaveLength(1);
    for (let minute = 0; minute < 15; minute += 1) {
      expect(await alarm('session-manager-failure-escalated')).not.toBe('ALARM');
      await gate.advanceClock(60_000);
      await gate.tick();
    }
    await eventually(async () => (await alarm('session-manager-failure-escalated')) === 'ALARM');
    expect(await raised('Level3', 'session-manager-failure-escalated')).toHaveLength(1);
    await gate.fault('redis', 'none');
    await gate.advanceClock(120_000);
    await eventually(async () => (await alarm('session-manager-failure-escalated')) === 'OK');
    expect((await notices('Level3')).map(({ subject }) => subject)).toContain(
      `OK: "${PREFIX}session-manager-failure-escalated"`,
    );
  }, 120_000);

  test('many blocked operations, an authorizer that fails and dead letters raise theirs', async () => {
    await gate.enable();
    for (let minute = 0; minute < 8 && (await alarm('blocked-operations-high')) !== 'ALARM'; minute += 1) {
      await gate.advanceClock(60_000);
      await Promise.all(Array.from({ length: 150 }, () => gate.call('POST', BLOCKED)));
    }
    expect(await alarm('blocked-operations-high')).toBe('ALARM');
    expect(await raised('Level1', 'blocked-operations-high')).toHaveLength(1);

    await gate.fault('lambda:authorizer', 'errors');
    await Promise.all(Array.from({ length: 6 }, () => gate.call('POST', BLOCKED)));
    await gate.fault('lambda:authorizer', 'none');
    await eventually(async () => (await alarm('authorizer-errors')) === 'ALARM');

    await gate.fault('lambda:notices', 'errors');
    await gate.as('admin', 'POST', '/disable');
    await eventually(async () => (await alarm('dead-letters')) === 'ALARM', 30_000);
    expect(await raised('Level2', 'dead-letters')).toHaveLength(1);
  }, 120_000);

  test('refused calls and sign-ins count as events of security', async () => {
    const count = async () => {
      const { json } = await gate.call('GET', '/_local/metrics?name=SecurityEvents');
      return json.datapoints.length;
    };
    const before = await count();
    expect((await gate.control('POST', '/disable')).status).toBe(401);
    expect((await gate.as('member', 'POST', '/disable')).status).toBe(403);
    await gate.enable();
    await expect(gate.signIn('member')).rejects.toThrow();
    await eventually(async () => (await count()) >= before + 3);
  });

  test('an action that cannot publish shows why', async () => {
    await gate.advanceClock(3_600_000);
    await gate.fault('redis', 'down');
    await gate.fault('sns', 'down');
    await gate.enable();
    await eventually(async () => (await alarm('session-manager-failure')) === 'ALARM');
    const { json } = await gate.call('GET', '/_local/alarms');
    const found = json.alarms.find(
      ({ name }: { name: string }) => name === `${PREFIX}session-manager-failure`,
    );
    expect(found.action_error).toContain('sns is down');
  });
});
