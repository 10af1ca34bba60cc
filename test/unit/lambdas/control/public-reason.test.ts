import { expect, test } from '@jest/globals';
import { ControlBench } from '../../../support/control-bench.ts';

const BOTH = { reason: 'Break-in through the old API', public_reason: 'We improve the service' };

const shown = (json: Record<string, unknown>) => [json.reason, json.public_reason];

test('it is kept over an emergency, changed and taken away by itself', async () => {
  const bench = new ControlBench();
  const begun = await bench.call('POST', '/enable', { body: BOTH });
  expect(shown(begun.json)).toEqual([BOTH.reason, BOTH.public_reason]);
  await bench.call('POST', '/emergency', { body: { reason: 'Worse', public_reason: 'Back soon' } });
  const back = await bench.call('POST', '/deescalate');
  expect(shown(back.json)).toEqual([BOTH.reason, BOTH.public_reason]);
  const changed = await bench.call('PATCH', '', { body: { public_reason: 'Almost there' } });
  expect(shown(changed.json)).toEqual([BOTH.reason, 'Almost there']);
  const kept = await bench.call('PATCH', '', { body: { reason: 'Found it' } });
  expect(shown(kept.json)).toEqual(['Found it', 'Almost there']);
  const taken = await bench.call('PATCH', '', { body: { public_reason: null } });
  expect(shown(taken.json)).toEqual(['Found it', null]);
});

test('an update in an emergency changes what the emergency says', async () => {
  const bench = new ControlBench();
  await bench.call('POST', '/enable', { body: BOTH });
  await bench.call('POST', '/emergency', { body: { reason: 'Worse' } });
  const changed = await bench.call('PATCH', '', { body: { public_reason: 'Closed for a moment' } });
  expect(shown(changed.json)).toEqual(['Worse', 'Closed for a moment']);
  expect(shown((await bench.call('POST', '/deescalate')).json)).toEqual([BOTH.reason, BOTH.public_reason]);
});

test('a window has one of its own', async () => {
  const bench = new ControlBench();
  const starts_at = new Date(bench.time + 3_600_000).toISOString();
  const body = { ...BOTH, starts_at, duration: 3600 };
  const made = await bench.call('POST', '/windows', { body });
  expect([made.status, ...shown(made.json)]).toEqual([201, BOTH.reason, BOTH.public_reason]);
  const changed = await bench.call('PATCH', `/windows/${made.json.id}`, { body: { public_reason: null } });
  expect(shown(changed.json)).toEqual([BOTH.reason, undefined]);
});

test.each([['\u200b'], [''], ['x'.repeat(501)]])(
  '%j is refused as a reason would be',
  async (public_reason) => {
    const refused = await new ControlBench().call('POST', '/enable', {
      body: { reason: 'a', public_reason },
    });
    expect(refused.status).toBe(400);
    expect(refused.json.details).toEqual([expect.objectContaining({ field: 'public_reason' })]);
  },
);
