import { describe, expect, test } from '@jest/globals';
import type { NoticeGiven } from '../../../../core/notices/record.ts';
import type { EmergencyFacts } from '../../../../core/reports/facts.ts';
import { noticesStep } from '../../../../core/reports/notices.ts';
import { draftAfter } from '../../../support/event-drafts.ts';
import { emergency, NOW, normalMaintenance, stateWith } from '../../../support/examples.ts';

const LATER = NOW + 60_000;
const FACTS: EmergencyFacts = {
  trigger: 'escalated',
  reason: 'Data at risk',
  declaredBy: 'alice',
  declaredAt: NOW,
  terminateJobs: true,
  gracePeriod: 30,
  endedAt: null,
  isDeescalated: false,
};

/** A maintenance that became an emergency twice: by events 2 and 4. */
const events = [
  draftAfter(null, { type: 'activated', state: stateWith(normalMaintenance(), 1) }),
  draftAfter(null, { type: 'escalated', state: stateWith(emergency(), 2) }),
  draftAfter(null, { type: 'deescalated', state: stateWith(normalMaintenance(), 3) }),
  draftAfter(null, { type: 'escalated', state: stateWith(emergency({ declaredAt: LATER }), 4) }),
];

const given = (number: number, changes: Partial<NoticeGiven> = {}): NoticeGiven => ({
  eventId: `e-${number}`,
  number,
  type: 'escalated',
  outcome: 'sent',
  at: NOW + 1500,
  error: null,
  ...changes,
});

describe('the step of an emergency that tells people', () => {
  test.each<[what: string, facts: Partial<EmergencyFacts>, record: NoticeGiven[], expected: object]>([
    ['was done', {}, [given(1), given(2)], { outcome: 'done', at: '2026-01-15T10:00:01.500Z', error: null }],
    [
      'failed, and is tried again',
      {},
      [given(2, { outcome: 'failed', error: 'SNS is down' })],
      { outcome: 'failed', error: 'SNS is down' },
    ],
    ['was not wanted', {}, [given(2, { outcome: 'suppressed' })], { outcome: 'skipped', error: null }],
    ['is to come', {}, [given(1)], { outcome: 'pending', at: null, error: null }],
    ['left nothing behind', { endedAt: LATER }, [given(1)], { outcome: 'not_recorded', at: null }],
    ['is not that of another emergency', { declaredAt: LATER }, [given(2)], { outcome: 'pending' }],
    ['is told of each emergency apart', { declaredAt: LATER }, [given(2), given(4)], { outcome: 'done' }],
  ])('%s', (_what, facts, record, expected) => {
    expect(noticesStep({ ...FACTS, ...facts }, { events }, { given: record })).toMatchObject(expected);
  });

  test('is unknown where the record could not be read, and that is said', () => {
    expect(noticesStep(FACTS, { events }, null)).toEqual({
      outcome: 'not_recorded',
      at: null,
      error: 'The record of notices could not be read.',
    });
  });
});
