import { expect, test } from '@jest/globals';
import { ControlBench } from '../../../support/control-bench.ts';

const HOUR = 3_600_000;
const ORDERS = { invalidate_sessions: false, notify_users: false, drain_deadline: 600 };

const orders = (json: Record<string, unknown>) => ({
  invalidate_sessions: json.invalidate_sessions,
  notify_users: json.notify_users,
  drain_deadline: json.drain_deadline,
});

async function schedule(bench: ControlBench, own: object) {
  const starts_at = new Date(bench.time + HOUR).toISOString();
  return bench.call('POST', '/windows', { body: { reason: 'Upgrade', starts_at, duration: 3600, ...own } });
}

async function begun(bench: ControlBench) {
  bench.time += HOUR + 1000;
  await bench.call('POST', '/disable');
  const { json } = await bench.call('GET', '/history');
  return (json.items as { type: string; details: Record<string, unknown> }[]).find(
    ({ type }) => type === 'window_begun',
  );
}

test('a window orders as enable does, unless it says otherwise', async () => {
  const bench = new ControlBench();
  const made = await schedule(bench, {});
  expect(orders(made.json)).toEqual({ invalidate_sessions: true, notify_users: true, drain_deadline: null });
  expect((await begun(bench))?.details.invalidate_sessions).toBe(true);
});

test('what it says otherwise is kept, and holds when it begins', async () => {
  const bench = new ControlBench();
  const made = await schedule(bench, ORDERS);
  expect(orders(made.json)).toEqual(ORDERS);
  const again = await bench.call('PATCH', `/windows/${made.json.id}`, { body: { reason: 'Later' } });
  expect(orders(again.json)).toEqual(ORDERS);
  expect((await begun(bench))?.details.invalidate_sessions).toBe(false);
});

test('a change takes it back', async () => {
  const bench = new ControlBench();
  const made = await schedule(bench, ORDERS);
  const body = { invalidate_sessions: true, notify_users: true, drain_deadline: null };
  expect(orders((await bench.call('PATCH', `/windows/${made.json.id}`, { body })).json)).toEqual(body);
});

test('a test run waits for no jobs', async () => {
  const refused = await schedule(new ControlBench(), { mode: 'test', drain_deadline: 60 });
  expect([refused.status, refused.json.details]).toEqual([
    400,
    [expect.objectContaining({ field: 'drain_deadline' })],
  ]);
});
