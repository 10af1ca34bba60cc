import type { NoticeGiven, NoticeRecord } from '../notices/record.ts';
import { rfc3339 } from '../text.ts';
import type { StepOutcome } from './drain.ts';
import type { EmergencyFacts, ReportFacts } from './facts.ts';

const OUTCOMES: Readonly<Record<NoticeGiven['outcome'], StepOutcome['outcome']>> = {
  sent: 'done',
  failed: 'failed',
  suppressed: 'skipped',
};

/**
 * What became of telling people of an emergency.
 *
 * @param record the notices of the maintenance; null where they can't be read
 */
export function noticesStep(
  { declaredAt, endedAt }: EmergencyFacts,
  { events }: Pick<ReportFacts, 'events'>,
  record: NoticeRecord | null,
): StepOutcome {
  if (record === null) {
    return { outcome: 'not_recorded', at: null, error: 'The record of notices could not be read.' };
  }
  const declared = events.find(
    ({ type, state: { maintenance } }) =>
      (type === 'activated' || type === 'escalated') &&
      maintenance?.mode === 'emergency' &&
      maintenance.declaredAt === declaredAt,
  );
  const given = record.given.find(({ number }) => number === declared?.state.version);
  if (given === undefined) {
    return { outcome: endedAt === null ? 'pending' : 'not_recorded', at: null, error: null };
  }
  return { outcome: OUTCOMES[given.outcome], at: rfc3339(given.at), error: given.error };
}
