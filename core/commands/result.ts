import type { ChangeOutcome } from '../events/append-change.ts';
import { HttpProblem, invalidRequest } from '../http/problem.ts';
import { effective } from '../state/clock.ts';
import type { State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';

/** A command that was carried out, now or when the same request came first. */
interface CommandResult {
  readonly answer: unknown;
  /** The number of the command's event. */
  readonly version: number;
  readonly isRepeated: boolean;
}

/** What is answered to a command, by whichever way it came in. Throws HttpProblem where it was refused. */
export function commandResult(outcome: ChangeOutcome, now: number): CommandResult {
  switch (outcome.outcome) {
    case 'done':
      return { answer: outcome.answer, version: outcome.event.number, isRepeated: false };
    case 'repeated':
      return {
        answer: outcome.answer,
        version: (outcome.answer as { version: number }).version,
        isRepeated: true,
      };
    case 'key_reused':
      throw new HttpProblem(
        'idempotency_key_reused',
        'This Idempotency-Key has been used for another request in the last 24 hours. Use a new one.',
      );
    case 'version_mismatch':
      throw new HttpProblem(
        'precondition_failed',
        `The state has version ${outcome.state.version} by now, not the one in If-Match. Look at it, then decide again.`,
        holdersOf(outcome.state, now),
      );
    case 'conflict': {
      const { code, message, remedy } = outcome.conflict;
      const { headers, members } = holdersOf(outcome.state, now);
      throw new HttpProblem(code, message, { headers, members: { remedy, ...members } });
    }
    case 'invalid':
      throw invalidRequest(outcome.problems);
  }
}

/** What a refusal says about the state that won. */
function holdersOf(
  state: State,
  now: number,
): { headers: Record<string, string>; members: Record<string, unknown> } {
  const { maintenance } = effective(state, now);
  const isEmergency = maintenance?.mode === 'emergency';
  return {
    headers: { 'X-Maintenance-Version': String(state.version) },
    members: {
      version: state.version,
      maintenance:
        maintenance === null
          ? null
          : {
              id: maintenance.id,
              mode: maintenance.mode,
              held_by: isEmergency ? maintenance.declaredBy : maintenance.startedBy,
              since: rfc3339(isEmergency ? maintenance.declaredAt : maintenance.startedAt),
            },
    },
  };
}
