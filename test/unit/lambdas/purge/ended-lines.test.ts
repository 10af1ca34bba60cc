import { describe, expect, test } from '@jest/globals';
import type { EndedBatch } from '../../../../core/purge/run-purge.ts';
import type { SeenSession } from '../../../../core/sessions/session-store.ts';
import type { PurgeOrder } from '../../../../core/state/state.ts';
import { endedLines } from '../../../../lambdas/purge/ended-lines.ts';
import { purgeOrder, sessionFacts } from '../../../support/examples.ts';

const seen = (id: string, user: string | null = 'mia'): SeenSession => ({
  id,
  facts: sessionFacts({ user }),
  digest: 'secret digest',
});
const many = (count: number) => Array.from({ length: count }, (_, n) => seen(`session-${n}`));

function batch(sessions: readonly SeenSession[], changes: Partial<EndedBatch> = {}): EndedBatch {
  const order = purgeOrder({ maintenanceId: 'm-1' });
  return { order, version: 8, sessions, deleted: sessions.length, deletedBefore: 0, ...changes };
}

const messages = (given: EndedBatch) => endedLines(given).map(({ message }) => message);

describe('a session that was deleted', () => {
  test('is told in the documented form, and by its first characters only', () => {
    expect(endedLines(batch([seen('0123456789abcdef')]))).toEqual([
      {
        message:
          '[MAINTENANCE] Session invalidated: session_id="01234567" user="mia" reason="maintenance_activation"',
        fields: {
          event: 'session_invalidated',
          version: 8,
          purge_id: 'purge-7',
          maintenance_id: 'm-1',
          session_id: '01234567',
          user: 'mia',
          role: 'reviewer',
          readable: true,
          reason: 'maintenance_activation',
        },
      },
    ]);
  });

  test.each<[string, string, string | null, string]>([
    ['forges no other line', 'a"\n[X]', 'm"ia\n', 'session_id="a\\"\\n[X]" user="m\\"ia\\n"'],
    ['is not cut within a character', '1234567😀', 'mia', 'session_id="1234567" user="mia"'],
    ['may have no user', 'x', null, 'session_id="x" user="-"'],
    ['may have no id', '', 'mia', 'session_id="" user="mia"'],
  ])('%s', (_what, id, user, expected) => {
    const [message, ...more] = messages(batch([seen(id, user)]));
    expect([message, more]).toEqual([expect.stringContaining(expected), []]);
    expect(message).not.toContain('\n');
  });

  test.each<[string, Partial<PurgeOrder>, string]>([
    ['for a maintenance', { maintenanceId: 'm-1' }, 'maintenance_activation'],
    ['by request', {}, 'purge_requested'],
    ['with its user', { users: ['mia'] }, 'principal_revoked'],
    ['with other users', { users: ['walt'], maintenanceId: 'm-1' }, 'maintenance_activation'],
    ['by name alone', { scope: 'named', users: ['mia'] }, 'principal_revoked'],
  ])('says why: %s', (_why, changes, reason) => {
    expect(messages(batch([seen('x')], { order: purgeOrder(changes) }))).toEqual([
      expect.stringContaining(`reason="${reason}"`),
    ]);
  });
});

describe('many sessions', () => {
  const SUMMARY = (n: number) =>
    `[MAINTENANCE] Session invalidated: sessions="${n}" reason="maintenance_activation"`;

  test('are told one by one up to a thousand, then by the number of each batch', () => {
    expect(messages(batch(many(300), { deletedBefore: 700 }))).toHaveLength(300);
    const across = messages(batch(many(300), { deletedBefore: 900 }));
    expect([across.length, across.at(-1)]).toEqual([101, SUMMARY(200)]);
    expect(messages(batch(many(300), { deletedBefore: 1000 }))).toEqual([SUMMARY(300)]);
    expect(messages(batch(many(1), { deletedBefore: 1_000_000 }))).toEqual([SUMMARY(1)]);
  });

  test('of which some are not deleted are told by their number: nobody knows which', () => {
    expect(messages(batch(many(3), { deleted: 2 }))).toEqual([SUMMARY(2)]);
  });

  test('of which none is deleted are not told', () => {
    expect(messages(batch(many(3), { deleted: 0 }))).toEqual([]);
  });
});
