import type { Finding } from '../../../core/health/finding.ts';
import { type Look, unable } from '../observation.ts';
import { judged, sayOf } from './doctor-checks.ts';
import type { StatusFacts } from './facts.ts';

/** What an anonymous call of the canary route came to. */
export interface CanaryFacts {
  readonly status: number;
  /** The version that it was decided by; null where the answer does not tell. */
  readonly version: number | null;
  readonly mode: string | null;
}

export interface EnforcementLooks {
  readonly status: Look<StatusFacts>;
  readonly canary: Look<CanaryFacts>;
  /** The status of the origin's answer to a call past the gateway; null when it let nobody connect. */
  readonly origin: Look<number | null>;
}

const MISMATCH =
  'Some instance decides by an old state, or a method is not guarded: see event_log_read and api_methods. `maintenance refresh` has every instance read the state anew.';

/** Whether the canary has to be blocked: it is in every mode that enforces. */
export function isCanaryBlocked({ is_active, mode }: Pick<StatusFacts, 'is_active' | 'mode'>): boolean {
  return is_active && mode !== 'test';
}

/** Whether what the canary met is what the state says: the proof that the block blocks. */
export function isAsStated(status: StatusFacts, canary: CanaryFacts): boolean {
  const { version } = canary;
  if (!isCanaryBlocked(status))
    return canary.status === 200 && (version === null || version >= status.version);
  return canary.status === 503 && version !== null && version >= status.version;
}

/** Whether the gate does what the state says, and is the only way in. */
export function judgeEnforcement({ status, canary, origin }: EnforcementLooks): readonly Finding[] {
  const known = status.outcome === 'seen' ? canary : unable('The state is not known: see status_read.');
  return [
    judged('enforcement', known, 'See head_status.', (facts, say) => {
      if (status.outcome !== 'seen') return say.unknown('The state is not known.', null);
      const isBlocked = facts.status === 503 && facts.version !== null;
      const isPassed = facts.status === 200;
      if (!isBlocked && !isPassed) {
        return say.failed(
          `The canary route answers ${facts.status}, which is no decision.`,
          'See head_status, and functions for the authorizer.',
        );
      }
      if (isCanaryBlocked(status.value) && isPassed) {
        return say.failed('Maintenance is active, and the canary is NOT blocked.', MISMATCH);
      }
      if (!isCanaryBlocked(status.value) && isBlocked) {
        return say.failed('Nothing is to be blocked, and the canary is.', MISMATCH);
      }
      return say.ok(
        isBlocked ? 'The canary is blocked, as it should be.' : 'The canary passes, as it should.',
      );
    }),
    judgeVersion(status, known),
    judged(
      'origin_closed',
      origin,
      'Give the address of the application with --origin URL.',
      (answer, say) =>
        answer !== null && answer < 400
          ? say.failed(
              `The application answers ${answer} to a call past the gateway.`,
              'Have it check the secret that the gateway sends (README, "Close the way past the gateway"), or close its network.',
            )
          : say.ok(
              answer === null
                ? 'The application lets nobody connect past the gateway.'
                : `The application answers ${answer} to a call past the gateway.`,
            ),
    ),
  ];
}

function judgeVersion(status: Look<StatusFacts>, canary: Look<CanaryFacts>): Finding {
  const say = sayOf('decided_version');
  if (status.outcome !== 'seen' || canary.outcome !== 'seen') {
    return say.unknown('No decision was seen: see enforcement.', null);
  }
  const { version } = canary.value;
  if (version === null)
    return say.unknown('The answer does not tell the version that it was decided by.', null);
  return version >= status.value.version
    ? say.ok(`It was decided by version ${version}, the newest.`)
    : say.failed(`It was decided by version ${version}; the newest is ${status.value.version}.`, MISMATCH);
}
