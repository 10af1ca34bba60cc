import type { Finding } from '../../../core/health/finding.ts';
import type { Look } from '../observation.ts';
import { counted, judged, named } from './doctor-checks.ts';
import type { JobsFacts, ReportFactsSeen, StatusFacts } from './facts.ts';

export interface EmergencyLooks {
  readonly status: Look<StatusFacts>;
  /** Null while nothing is active. */
  readonly report: Look<ReportFactsSeen | null>;
  /** Jobs that were asked to stop and still run. */
  readonly stopping: Look<JobsFacts>;
}

/** An emergency is a matter of hours; longer than this, ms, and it was forgotten. */
const LEFT_ON = 4 * 3600 * 1000;

const NO_REPORT = '`maintenance report` shows the steps.';

/** How the emergency goes, if there is one. */
export function judgeEmergency({ status, report, stopping }: EmergencyLooks): readonly Finding[] {
  return [
    judgeSteps(status, report),
    judged('emergency_left_on', status, 'See status_read.', ({ is_active, mode, started_at, as_of }, say) => {
      if (!is_active || mode !== 'emergency') return say.ok('No emergency is active.');
      const begun = report.outcome === 'seen' ? current(report.value)?.declared_at : undefined;
      const age = Date.parse(as_of) - Date.parse(begun ?? started_at ?? as_of);
      return age > LEFT_ON
        ? say.warning(
            `The emergency has been on for ${Math.floor(age / 3_600_000)} h.`,
            '`maintenance deescalate` goes back to normal mode, `maintenance disable` ends it; `maintenance disable --direct` does without the API.',
          )
        : say.ok(`The emergency has been on for ${Math.floor(age / 60_000)} min.`);
    }),
    judged('stuck_jobs', stopping, 'See event_log_read.', ({ items }, say) => {
      const now = status.outcome === 'seen' ? Date.parse(status.value.as_of) : null;
      const late = items.filter(
        ({ deadline }) => now !== null && deadline !== null && Date.parse(deadline) < now,
      );
      const failed = report.outcome === 'seen' ? (report.value?.jobs?.failed_to_terminate ?? []) : [];
      if (failed.length > 0) {
        return say.failed(
          `${counted(failed.length, 'job')} could not be terminated: ${named(failed.map(({ id, reason }) => `${id ?? 'a whole kind'} (${reason})`))}.`,
          'Stop them where they run, then `maintenance jobs terminate --grace 0`.',
        );
      }
      if (late.length === 0) return say.ok('No job runs past the time that it was given to stop.');
      return say.warning(
        `Still running past the time that was given: ${counted(late.length, 'job')} (${named(late.map(({ id }) => id))}).`,
        '`maintenance jobs terminate --grace 0` terminates them.',
      );
    }),
  ];
}

function current(report: ReportFactsSeen | null): ReportFactsSeen['emergencies'][number] | undefined {
  return report?.emergencies.findLast(({ ended_at }) => ended_at === null);
}

function judgeSteps(status: Look<StatusFacts>, report: Look<ReportFactsSeen | null>): Finding {
  const isActive = status.outcome === 'seen' && status.value.is_active && status.value.mode === 'emergency';
  const looked: Look<ReportFactsSeen | null> =
    status.outcome === 'seen' && !isActive ? { outcome: 'seen', value: null, latency: null } : report;
  return judged('emergency_steps', looked, NO_REPORT, (value, say) => {
    const emergency = current(value);
    if (emergency === undefined) {
      return isActive
        ? say.unknown('The report does not tell of the emergency yet.', NO_REPORT)
        : say.ok('No emergency is active.');
    }
    const failed = emergency.steps.filter(({ outcome }) => outcome === 'failed');
    if (failed.length > 0) {
      const which = failed.map(({ step, error }) => `${step} (${error ?? 'no reason is known'})`).join(', ');
      return say.failed(
        `Steps of the emergency have failed: ${which}.`,
        'They are tried again every minute. See services for what stands in the way.',
      );
    }
    return say.ok(`Steps: ${emergency.steps.map(({ step, outcome }) => `${step} ${outcome}`).join(', ')}.`);
  });
}
