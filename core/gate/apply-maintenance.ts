import type { OffenderTable } from '../attempts/offenders.ts';
import { decide, decisiveOperation } from '../decision/decide.ts';
import type { DecisionRecord } from './decision-record.ts';
import { refusalFacts } from './refusal-facts.ts';
import { retryAfter } from './retry-after.ts';
import type { DecisionLog, Verdict } from './verdict.ts';

/** A request of which everything is known that the decision depends on, while a maintenance is in force. */
export type Subject = Omit<DecisionRecord, 'outcome'>;

/** Where decisions are counted and logged. */
interface Witnesses {
  readonly offenders: Pick<OffenderTable, 'record'>;
  readonly log: Pick<DecisionLog, 'decided'>;
}

/** Of what is neither counted nor logged: the canary. */
export const NO_WITNESSES: Witnesses = {
  offenders: { record: () => ({ minutes: 0, logged: false }) },
  log: { decided: () => {} },
};

/** Decides a request under maintenance, counts it where it is blocked, and logs what was not simply allowed. */
export function applyMaintenance(subject: Subject, { offenders, log }: Witnesses): Verdict {
  const { identity, classification, maintenance, client, now } = subject;
  const outcome = decide(maintenance, decisiveOperation(classification), identity.principal.role);
  if (outcome === 'allow') return { effect: 'allow', identity };
  if (outcome !== 'block') {
    log.decided({ ...subject, outcome });
    return { effect: 'allow', identity };
  }
  const offence = offenders.record(client, classification.operation, maintenance, now);
  if (offence.logged) log.decided({ ...subject, outcome });
  const wait = retryAfter(maintenance, client, offence.minutes, now);
  return { effect: 'deny', identity, refusal: refusalFacts(subject, wait) };
}
