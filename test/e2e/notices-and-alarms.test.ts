import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { ESCALATED_SUFFIX } from '../../core/health/alarms.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';
import { patient } from '../support/patience.ts';
import { CloudQueues } from '../support/queues.ts';

const BLOCKED = '/start_caption_generation';
const PREFIX = 'MaintenanceMode-';

/** Minutes until the escalation alarm is raised that takes longest: of what has to last for five minutes. */
const LASTING = 21;

interface Seen {
  readonly topic: string;
  readonly subject?: string;
  readonly message: string;
}

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud?.stop());
beforeEach(() => cloud.reset());
afterEach(async () => {
  for (const service of ['sns', 'redis', 'lambda:authorizer', 'lambda:health-check', 'lambda:notices'])
    await cloud.fault(service, 'none');
  await new CloudQueues(cloud).empty();
});

async function notices(topic: string): Promise<Seen[]> {
  const { json } = await cloud.call('GET', '/_local/notices');
  return json.notices.filter((notice: Seen) => notice.topic.includes(topic));
}

async function alarms(): Promise<{ name: string; state: string; action_error?: string }[]> {
  const { json } = await cloud.call('GET', '/_local/alarms');
  return json.alarms.map((alarm: { name: string }) => ({ ...alarm, name: alarm.name.slice(PREFIX.length) }));
}

/** Names of what is raised. */
async function raised(): Promise<string[]> {
  return (await alarms()).flatMap(({ name, state }) => (state === 'ALARM' ? [name] : []));
}

/** Waits until these alarms are raised; a busy machine may raise others too. */
async function areRaised(...names: readonly string[]): Promise<void> {
  await eventually(async () => expect(await raised()).toEqual(expect.arrayContaining([...names])));
}

/** Waits until none of these alarms is raised. */
async function haveEnded(...names: readonly string[]): Promise<void> {
  await eventually(async () => {
    expect((await raised()).filter((name) => names.includes(name))).toEqual([]);
  });
}

/** How often a topic was told of an alarm's state. */
async function told(topic: string, state: 'ALARM' | 'OK', name: string): Promise<number> {
  const subjects = (await notices(topic)).map(({ subject }) => subject);
  return subjects.filter((subject) => subject === `${state}: "${PREFIX}${name}"`).length;
}

/** The minute of the functions' clock, since 1970. */
async function minuteNow(): Promise<number> {
  return Math.floor((await clock()) / 60_000);
}

/** Moves the clock to a second of a minute: an alarm wants every minute, and the test takes time itself. */
async function goTo(minute: number, second: number): Promise<void> {
  await cloud.advanceClock(Math.max(0, minute * 60_000 + second * 1000 - (await clock())));
}

/** The minute of a metric's newest measurement. */
async function newest(metric: string): Promise<number> {
  const { json } = await cloud.call('GET', `/_local/metrics?name=${metric}`);
  return Math.floor(Date.parse(json.datapoints.at(-1)?.timestamp ?? 0) / 60_000);
}

async function clock(): Promise<number> {
  const { json } = await cloud.call('GET', '/_local/clock');
  return Date.parse(json.now);
}

/** A job that holds the drain back for as long as it sends heartbeats: without one for 45 s it counts as lost. */
class RunningJob {
  /** A token is good for 15 minutes, s. */
  static readonly #TOKEN_S = 600;
  /** The clock moves by no more at a time, s. */
  static readonly #MOVE_S = 15;
  readonly id: string;
  #token = '';
  #tokenUntil = 0;

  private constructor(id: string) {
    this.id = id;
  }

  static async register(): Promise<RunningJob> {
    const { json } = await cloud.as('worker', 'POST', '/jobs', { type: 'render', owner: 'mia' });
    return new RunningJob(json.id);
  }

  async beat(): Promise<void> {
    const now = await clock();
    if (now >= this.#tokenUntil) {
      this.#token = await cloud.signIn('worker');
      this.#tokenUntil = now + RunningJob.#TOKEN_S * 1000;
    }
    await eventually(async () => {
      const options = { token: this.#token, body: {} };
      const { status } = await cloud.control('POST', `/jobs/${this.id}/heartbeat`, options);
      expect(status).toBe(200);
    });
  }

  /** Moves the clock to a second of a minute, heartbeat by heartbeat. */
  async goTo(minute: number, second: number): Promise<void> {
    const to = (minute * 60 + second) * 1000;
    for (let now = await clock(); now < to; now = await clock()) {
      await cloud.advanceClock(Math.min(to - now, RunningJob.#MOVE_S * 1000));
      await this.beat();
    }
  }

  /**
   * Waits for the step of the drain that belongs to a minute. It comes a minute after the last, so mostly before the end
   * of this one; where it was late or had to be repeated, the clock goes on until it comes.
   */
  async drainIsMeasured(minute: number): Promise<void> {
    for (let second = 50; second < 600; second += 10) {
      await this.goTo(minute, second);
      if (await this.#isMeasured(minute)) return;
    }
    throw new Error('The drain takes no step any more.');
  }

  /** Whether it is, within a while for the step to run. */
  async #isMeasured(minute: number): Promise<boolean> {
    const until = performance.now() + patient(3000);
    do {
      if ((await newest('DrainStuck')) >= minute) return true;
      await this.beat();
    } while (performance.now() < until);
    return false;
  }
}

async function callMany(count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => cloud.call('POST', BLOCKED)));
}

/** Clients of as many addresses call, each so often that none of its calls is summed up with others. */
async function callFromMany(clients: number, calls: number): Promise<void> {
  const call = (client: number) =>
    new Promise<void>((resolve, reject) => {
      const localAddress = `127.0.0.${client + 2}`;
      request(new URL(BLOCKED, cloud.local.url), { method: 'POST', localAddress }, (answer) => {
        answer.resume().on('end', resolve);
      })
        .on('error', reject)
        .end();
    });
  await Promise.all(Array.from({ length: clients * calls }, (_, index) => call(index % clients)));
}

/** Notices of a maintenance. */
async function noticesOf(id: string): Promise<Seen[]> {
  return (await notices('Notices')).filter(({ message }) => message.includes(id));
}

describe('notices', () => {
  test('tell of a maintenance that is begun, becomes an emergency and ends', async () => {
    const reason = 'Ümbau\nSubject: everything is fine';
    const { json } = await cloud.enable({ reason, duration: 3600 });
    const token = await cloud.signIn('admin');
    await cloud.control('POST', '/emergency', { token, body: { reason: 'Fire', terminate_jobs: false } });
    await cloud.as('admin', 'POST', '/disable');
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
    const { json: list } = await cloud.as('admin', 'GET', '/reports?limit=1');
    const { json: report } = await cloud.as(
      'admin',
      'GET',
      `/reports/${encodeURIComponent(list.items[0].id)}`,
    );
    expect(report.emergencies[0].steps).toContainEqual(
      expect.objectContaining({ step: 'notices', outcome: 'done', at: expect.any(String) }),
    );
  });

  test('are kept back where nobody is to be told', async () => {
    await cloud.enable({ notify_users: false, reason: 'In silence' });
    await cloud.as('admin', 'POST', '/disable');
    await cloud.enable({ reason: 'In the open' });
    await eventually(async () =>
      (await notices('Notices')).some(({ message }) => message.includes('In the open')),
    );
    expect((await notices('Notices')).filter(({ message }) => message.includes('In silence'))).toEqual([]);
  });

  test('that could not be published are tried again', async () => {
    await cloud.fault('sns', 'down');
    await cloud.enable({ reason: 'Unheard at first' });
    await eventually(async () => {
      const { json } = await cloud.call('GET', '/_local/logs?function=notices');
      return json.lines.some(({ message }: { message: string }) => message.includes('notice_failed'));
    });
    await cloud.fault('sns', 'none');
    await eventually(async () =>
      (await notices('Notices')).some(({ message }) => message.includes('Unheard at first')),
    );
  });
});

describe('alarms', () => {
  test('each is raised and ends; what lasts for a quarter of an hour reaches the next level too', async () => {
    const lasting = [
      'blocked-operations-high',
      'session-manager-failure',
      'health-check-failing',
      'maintenance-overdue',
      'drain-stuck',
      'authorizer-errors',
      'authorizer-throttled',
      'dead-letters',
    ];
    const meant = [
      'maintenance-activated',
      ...lasting,
      ...lasting.map((name) => `${name}${ESCALATED_SUFFIX}`),
    ];
    const job = await RunningJob.register();
    await cloud.fault('lambda:notices', 'errors');
    await cloud.fault('redis', 'down');
    await job.goTo((await minuteNow()) + 1, 1);
    await cloud.enable({ duration: 60, drain_deadline: 60 });
    const first = (await minuteNow()) + 1;
    let minute = first;
    // On a busy machine a minute may pass without its measurements, and what has to last begins anew.
    for (let isAll = false; !isAll; minute = Math.max(minute + 1, await minuteNow())) {
      expect(minute).toBeLessThan(first + 4 * LASTING);
      if (minute === first + 10)
        expect((await raised()).filter((name) => name.endsWith(ESCALATED_SUFFIX))).toEqual([]);
      await job.goTo(minute, 35);
      await Promise.all([cloud.tick(), callFromMany(5, 25), job.beat()]);
      for (const fault of ['errors', 'throttled']) {
        await cloud.fault('lambda:authorizer', fault);
        await callMany(5);
      }
      await cloud.fault('lambda:authorizer', 'none');
      // The first step of the drain that is late comes after the deadline.
      if (minute > first + 2) await job.drainIsMeasured(minute);
      const names = await raised();
      isAll = meant.every((name) => names.includes(name));
    }
    expect(await told('Level1', 'ALARM', 'blocked-operations-high')).toBeGreaterThan(0);
    expect(await told('Level2', 'ALARM', `blocked-operations-high${ESCALATED_SUFFIX}`)).toBeGreaterThan(0);
    expect(await told('Level2', 'ALARM', 'session-manager-failure')).toBeGreaterThan(0);
    expect(await told('Level3', 'ALARM', `session-manager-failure${ESCALATED_SUFFIX}`)).toBeGreaterThan(0);

    for (const service of ['redis', 'lambda:notices']) await cloud.fault(service, 'none');
    await new CloudQueues(cloud).empty();
    await cloud.as('worker', 'POST', `/jobs/${job.id}/complete`, {});
    await cloud.as('admin', 'POST', '/disable');
    await cloud.purged();
    await cloud.advanceClock(120_000);
    await cloud.tick();
    await haveEnded(...meant);
    expect(await told('Level2', 'OK', `blocked-operations-high${ESCALATED_SUFFIX}`)).toBeGreaterThan(0);
    expect(await told('Level3', 'OK', `session-manager-failure${ESCALATED_SUFFIX}`)).toBeGreaterThan(0);
  });

  test('an emergency and a block that does not block reach those who act at once', async () => {
    const drift = (authorizer: boolean) =>
      cloud.call('POST', '/_local/drift', {
        body: { method: 'ANY', path: '/api/maintenance/canary', authorizer },
      });
    const token = await cloud.signIn('admin');
    const begun = await cloud.control('POST', '/emergency', { token, body: { reason: 'Fire' } });
    expect(begun.status).toBe(200);
    expect((await drift(false)).status).toBeLessThan(300);
    // The health check itself fails meanwhile, which is an alarm too when it lasts.
    const meant = ['maintenance-activated', 'emergency-activated', 'enforcement-mismatch'];
    const ofThese = async () => (await raised()).filter((name) => meant.includes(name)).length;
    await eventually(async () => {
      await cloud.tick();
      return (await ofThese()) === meant.length;
    });
    expect(await told('Level3', 'ALARM', 'enforcement-mismatch')).toBeGreaterThan(0);
    await drift(true);
    await cloud.as('admin', 'POST', '/disable');
    await eventually(async () => {
      await cloud.advanceClock(60_000);
      await cloud.tick();
      return (await ofThese()) === 0;
    });
  });

  test('a slow authorizer and a silent health check raise theirs', async () => {
    await cloud.fault('lambda:health-check', 'init_error');
    await cloud.fault('lambda:authorizer', 'slow', { ms: 1100 });
    const first = (await minuteNow()) + 1;
    for (let minute = 0; minute < 5; minute += 1) {
      await goTo(first + minute, 5);
      await callMany(1);
    }
    await areRaised('health-check-silent', 'authorizer-slow');
    await cloud.fault('lambda:authorizer', 'none');
    await cloud.advanceClock(15 * 60_000);
    await areRaised('health-check-silent', `health-check-silent${ESCALATED_SUFFIX}`);
    await cloud.fault('lambda:health-check', 'none');
    // What the health check was tried for again may come into the queue a moment later.
    const queues = new CloudQueues(cloud);
    await eventually(async () => {
      await queues.empty();
      await cloud.tick();
      return (await alarms()).every(({ state }) => state !== 'ALARM');
    });
  });

  test('refused calls and sign-ins count as events of security', async () => {
    const count = async () => {
      const { json } = await cloud.call('GET', '/_local/metrics?name=SecurityEvents');
      return json.datapoints.length;
    };
    const before = await count();
    expect((await cloud.control('POST', '/disable')).status).toBe(401);
    expect((await cloud.as('member', 'POST', '/disable')).status).toBe(403);
    await cloud.enable();
    await expect(cloud.signIn('member')).rejects.toThrow();
    await eventually(async () => (await count()) >= before + 3);
  });

  test('an action that cannot publish shows why', async () => {
    await cloud.advanceClock(3_600_000);
    await cloud.fault('redis', 'down');
    await cloud.fault('sns', 'down');
    await cloud.enable();
    const found = async () => (await alarms()).find(({ name }) => name === 'session-manager-failure');
    await eventually(async () => (await found())?.state === 'ALARM');
    expect((await found())?.action_error).toContain('sns is down');
  });
});
