import { describe, expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import { stateOf } from '../../../../core/events/append-change.ts';
import { EMPTY_ENTRY } from '../../../../core/purge/record.ts';
import { ControlBench } from '../../../support/control-bench.ts';
import { NOW, purgeOrder } from '../../../support/examples.ts';

const stateIn = async ({ events }: ControlBench) => stateOf(await events.head());

describe('a purge of sessions', () => {
  test('is ordered, and the answer says under which name', async () => {
    const bench = new ControlBench();
    const answer = await bench.call('POST', '/sessions/purge');
    expect(answer).toMatchObject({ status: 202, headers: { 'X-Maintenance-Version': '1' } });
    expect(API.purgeSessions.answer.parse(answer.json)).toEqual({
      purge_id: 'purge-1',
      scope: 'members',
      requested_at: '2026-01-15T10:00:00Z',
      version: 1,
    });
    expect(await stateIn(bench)).toMatchObject({
      purge: purgeOrder({ id: 'purge-1' }),
      sessionsInvalidBefore: NOW,
    });
    expect(bench.log.messages()).toEqual([
      '[MAINTENANCE] Session purge requested: scope="members" admin="alice"',
    ]);
  });

  test('of all spares who asks', async () => {
    const bench = new ControlBench();
    const { json } = await bench.call('POST', '/sessions/purge', { as: 'bob', body: { all: true } });
    expect(json.scope).toBe('everybody');
    expect((await stateIn(bench)).purge).toMatchObject({ scope: 'everybody', spared: 'bob' });
  });

  test('can be asked for in every mode, and changes none', async () => {
    for (const mode of ['inactive', 'normal', 'emergency', 'test'] as const) {
      const bench = new ControlBench();
      await bench.bringInto(mode);
      const before = (await stateIn(bench)).maintenance;
      expect((await bench.call('POST', '/sessions/purge')).status).toBe(202);
      expect((await stateIn(bench)).maintenance).toEqual(before);
    }
  });
});

describe('a revocation', () => {
  const revoke = (bench: ControlBench, principal: string) =>
    bench.call('POST', '/revocations', { body: { principal } });

  test('is in force with the answer', async () => {
    const bench = new ControlBench();
    const answer = await revoke(bench, 'mia "the cat" 漢');
    expect(answer.status).toBe(200);
    expect(API.revoke.answer.parse(answer.json)).toEqual({
      principal: 'mia "the cat" 漢',
      revoked_before: '2026-01-15T10:00:00Z',
      purge_id: 'purge-1',
      version: 1,
    });
    expect((await stateIn(bench)).revoked).toEqual([{ id: 'mia "the cat" 漢', before: NOW }]);
    expect(bench.log.messages()).toEqual([
      '[MAINTENANCE] Principal revoked: user="mia \\"the cat\\" 漢" admin="alice"',
    ]);
  });

  test('of an eleventh is a 409 until there is room again', async () => {
    const bench = new ControlBench();
    for (let n = 0; n < 10; n += 1) expect((await revoke(bench, `user-${n}`)).status).toBe(200);
    expect(await revoke(bench, 'user-10')).toMatchObject({
      status: 409,
      json: { error: 'too_many_revocations', remedy: expect.stringContaining('in 16 minutes') },
    });
    expect((await revoke(bench, 'user-3')).status).toBe(200);
  });
});

describe('the answers to commands tell how many sessions have ended', () => {
  const endedIn = (maintenanceId: string) => ({ ...EMPTY_ENTRY, ended: { maintenanceId, deleted: 54 } });

  test.each<[string, string, string, object | undefined, number | null]>([
    ['none with a new maintenance', 'inactive', '/enable', { reason: 'a' }, 0],
    ['those so far with an escalation', 'normal', '/emergency', { reason: 'a' }, 54],
    ['those so far with a de-escalation', 'emergency', '/deescalate', undefined, 54],
  ])('%s', async (_what, mode, path, body, expected) => {
    const bench = new ControlBench();
    await bench.bringInto(mode as 'inactive');
    bench.purging = endedIn(mode === 'inactive' ? 'm-0' : 'm-1');
    const { json } = await bench.call('POST', path, { body });
    expect(json.invalidated_sessions).toBe(expected);
  });

  test('and do not claim to know where the progress cannot be read', async () => {
    const bench = new ControlBench();
    bench.purging = null;
    const enabled = await bench.call('POST', '/enable', { body: { reason: 'a' } });
    expect(enabled.json).toMatchObject({
      invalidated_sessions: 0,
      session_purge: { id: 'purge-1', status: 'pending' },
    });
    const escalated = await bench.call('POST', '/emergency', { body: { reason: 'a' } });
    expect(escalated.json.invalidated_sessions).toBeNull();
  });
});

describe.each([
  ['/sessions/purge', { all: true }, 202],
  ['/revocations', { principal: 'mia' }, 200],
])('%s', (path, body, status) => {
  test('is carried out once for an Idempotency-Key, and answered alike', async () => {
    const bench = new ControlBench();
    const request = { body, headers: { 'Idempotency-Key': 'k-1' } };
    const first = await bench.call('POST', path, request);
    const again = await bench.call('POST', path, request);
    expect([first.status, again.status]).toEqual([status, status]);
    expect(again.text).toBe(first.text);
    expect(again.headers['Idempotent-Replayed']).toBe('true');
    expect(bench.events.items.size).toBe(1);
  });

  test('honours If-Match', async () => {
    const bench = new ControlBench();
    await bench.bringInto('normal');
    const answer = await bench.call('POST', path, { body, headers: { 'If-Match': '"0"' } });
    expect([answer.status, bench.events.items.size]).toEqual([412, 1]);
  });
});
