import { StoreUnavailableError } from '../../core/errors.ts';
import { diagnose } from '../../core/health/diagnostics-view.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import { escalationNotice } from '../../core/oncall/escalation.ts';
import type { EscalationAnswer } from '../../core/oncall/schemas.ts';
import type { StatusView } from '../../core/status/schemas.ts';
import { statusView } from '../../core/status/status-view.ts';
import { line, rfc3339 } from '../../core/text.ts';
import type { Call, Served } from '../http/api-handler.ts';
import type { OncallParts } from './parts.ts';

/** Calls those of a level. Nothing is claimed that the topic has not accepted. */
export async function serveEscalation(
  { event, caller, body }: Call<'escalate'>,
  parts: OncallParts,
): Promise<Served> {
  const { level, test } = body;
  const now = parts.now();
  const sentAt = rfc3339(now);
  const admin = caller.principal.id;
  const [status, diagnostics] = await Promise.all([statusNow(parts, now), diagnose(parts.records, now)]);
  const from = { by: admin, at: sentAt, deployment: parts.scope };
  const notice = escalationNotice(body, from, { status, diagnostics });
  const messageId = await published(level, notice, parts, event.requestContext.requestId);
  parts.log.info(line('[MAINTENANCE] Escalated', { level: String(level), test: String(test), admin }), {
    event: 'escalated',
    // `level` is the line's own.
    escalation_level: level,
    test,
    admin,
    message_id: messageId,
    request_id: event.requestContext.requestId,
  });
  const answer: EscalationAnswer = { message_id: messageId, level, test, sent_at: sentAt };
  return { answer };
}

async function published(
  level: number,
  notice: Parameters<OncallParts['topics']['publish']>[1],
  { topics, log }: OncallParts,
  requestId: string,
): Promise<string> {
  try {
    return await topics.publish(level, notice);
  } catch (cause) {
    // Somebody has to see to it: those who should help know nothing.
    const fields = {
      event: 'escalation_failed',
      escalation_level: level,
      request_id: requestId,
      error: cause,
    };
    log.error('A level of escalation could not be told.', fields);
    throw new HttpProblem(
      'escalation_unavailable',
      `Level ${level} could not be told: take it that nobody has been. Try again, and call them.`,
      {},
      { cause },
    );
  }
}

/** Null while the state can't be read: that is no reason to call nobody. */
async function statusNow({ state }: OncallParts, now: number): Promise<StatusView | null> {
  try {
    return statusView(await state(), { now, forAdmin: true, source: 'event_log', activeJobs: null });
  } catch (error) {
    if (error instanceof StoreUnavailableError) return null;
    throw error;
  }
}
