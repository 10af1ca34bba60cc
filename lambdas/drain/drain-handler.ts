import { z } from 'zod';
import type { DrainRecord } from '../../core/drain/record.ts';
import { type DrainParts, type TakenStep, takeStep } from '../../core/drain/take-step.ts';
import { logFailedStop, logTerminatedWork } from '../aws/job-lines.ts';
import type { Log } from '../aws/log.ts';
import { loggedEventLog } from '../aws/logged-event-log.ts';
import { metricLine } from '../aws/metric-line.ts';

interface DrainHandlerParts extends Omit<DrainParts, 'onTerminated'> {
  readonly log: Log;
  /** Writes a line of the log as it is. */
  readonly write: (line: string) => void;
}

interface DrainContext {
  readonly awsRequestId: string;
  readonly getRemainingTimeInMillis: () => number;
}

/** What the workflow hands over, from step to step. */
const input = z.object({ maintenance_id: z.string().min(1), generation: z.number().int().min(0) });

/** What a step hands back to the workflow: lib/drain reads `next` and `seconds`. */
export interface DrainOutput {
  readonly maintenance_id: string;
  readonly generation: number;
  readonly next: 'wait' | 'end';
  readonly seconds: number;
}

/** Left of the function's time when it begins nothing further, ms: for calls under way, a receipt and a save. */
const RESERVE = 25_000;

/** Takes a step of a drain for the workflow, and logs what it did. Rejects with StoreUnavailableError: repeat it. */
export function createDrainHandler(parts: DrainHandlerParts) {
  const { log, now } = parts;
  return async (event: unknown, context: DrainContext): Promise<DrainOutput> => {
    const { maintenance_id: maintenanceId, generation } = input.parse(event);
    const requestId = context.awsRequestId;
    const remaining = context.getRemainingTimeInMillis();
    const taken = await takeStep(
      {
        ...parts,
        events: loggedEventLog(parts.events, log, requestId),
        onTerminated: (kind, work) => logTerminatedWork(log, kind, work, now(), requestId),
      },
      { maintenanceId, generation, until: now() + Math.max(remaining / 2, remaining - RESERVE) },
    );
    logStep(taken, parts, requestId);
    return {
      maintenance_id: maintenanceId,
      generation,
      next: taken.wait === null ? 'end' : 'wait',
      seconds: taken.wait ?? 0,
    };
  };
}

function logStep(
  { step, failed, record }: TakenStep,
  { log, write, now }: DrainHandlerParts,
  requestId: string,
): void {
  for (const { kind, id, reason } of failed) logFailedStop(log, id ?? kind, reason, requestId);
  if (record === null) return;
  const isStuck = step?.step === 'flag_overdue' || (step?.step === 'report' && step.outcome === 'incomplete');
  // It is flagged once that the deadline has passed; the measurement goes on for as long as jobs are left.
  const isOverdue = step?.step === 'wait' && record.progress.toldOverdue && record.waitingFor.count > 0;
  if (isStuck || isOverdue || failed.length > 0) write(metricLine(now(), { DrainStuck: 1 }));
  if (isStuck)
    log.warn('Jobs hold the maintenance back that should be gone.', facts(record, step, requestId));
  else log.info('A step of the drain was taken.', facts(record, step, requestId));
}

function facts(record: DrainRecord, step: TakenStep['step'], requestId: string): Record<string, unknown> {
  const { maintenanceId, generation, turns, waitingFor, jobs, steps } = record;
  return {
    event: step?.step === 'flag_overdue' ? 'drain_overdue' : 'drain_step',
    request_id: requestId,
    maintenance_id: maintenanceId,
    generation,
    steps_taken: turns,
    step: step?.step ?? 'none',
    outcome: step?.step === 'report' ? step.outcome : null,
    waiting_for: waitingFor.count,
    job_ids: waitingFor.ids,
    found: jobs.found,
    terminated: jobs.terminated,
    pauses: steps.pauses.outcome,
  };
}
