import { LONG_EMERGENCY_MS } from '../thresholds.ts';
import { checksOf, counted, named } from './check.ts';

export interface EmergencyFacts {
  readonly emergencySteps: {
    readonly isActive: boolean;
    /** Null where the report does not tell of it. */
    readonly steps:
      | readonly { readonly step: string; readonly outcome: string; readonly error: string | null }[]
      | null;
  };
  /** How long the emergency has been on, ms; null where none is. */
  readonly emergencyAge: number | null;
  readonly stuckJobs: {
    /** Jobs that run past the time that they were given to stop. */
    readonly late: readonly string[];
    /** Jobs that could not be terminated; one without an id stands for a whole kind. */
    readonly failed: readonly { readonly id: string | null; readonly reason: string }[];
  };
}

const check = checksOf<EmergencyFacts>('emergency');

const NO_REPORT = '`maintenance report` shows the steps.';

/** How the emergency goes, if there is one. */
export const EMERGENCY_CHECKS = {
  emergency_steps: check({
    of: 'emergencySteps',
    remedy: NO_REPORT,
    judge: ({ isActive, steps }, say) => {
      if (steps === null) {
        return isActive
          ? say.unknown('The report does not tell of the emergency yet.', NO_REPORT)
          : say.ok('No emergency is active.');
      }
      const failed = steps.filter(({ outcome }) => outcome === 'failed');
      if (failed.length > 0) {
        const which = failed
          .map(({ step, error }) => `${step} (${error ?? 'no reason is known'})`)
          .join(', ');
        return say.failed(
          `Steps of the emergency have failed: ${which}.`,
          'They are tried again every minute. See services for what stands in the way.',
        );
      }
      return say.ok(`Steps: ${steps.map(({ step, outcome }) => `${step} ${outcome}`).join(', ')}.`);
    },
  }),
  emergency_left_on: check({
    of: 'emergencyAge',
    component: 'state',
    remedy: 'See status_read.',
    judge: (age, say) => {
      if (age === null) return say.ok('No emergency is active.');
      return age > LONG_EMERGENCY_MS
        ? say.warning(
            `The emergency has been on for ${Math.floor(age / 3_600_000)} h.`,
            '`maintenance deescalate` goes back to normal mode, `maintenance disable` ends it; `maintenance disable --direct` does without the API.',
          )
        : say.ok(`The emergency has been on for ${Math.floor(age / 60_000)} min.`);
    },
  }),
  stuck_jobs: check({
    of: 'stuckJobs',
    remedy: 'See event_log_read.',
    judge: ({ late, failed }, say) => {
      if (failed.length > 0) {
        return say.failed(
          `${counted(failed.length, 'job')} could not be terminated: ${named(failed.map(({ id, reason }) => `${id ?? 'a whole kind'} (${reason})`))}.`,
          'Stop them where they run, then `maintenance jobs terminate --grace 0`.',
        );
      }
      if (late.length === 0) return say.ok('No job runs past the time that it was given to stop.');
      return say.warning(
        `Still running past the time that was given: ${counted(late.length, 'job')} (${named(late)}).`,
        '`maintenance jobs terminate --grace 0` terminates them.',
      );
    },
  }),
};
