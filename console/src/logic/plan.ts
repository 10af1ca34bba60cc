/** What somebody fills in to start or change a maintenance. Texts are as they were typed. */
export interface PlanForm {
  readonly reason: string;
  readonly end: 'none' | 'duration' | 'instant';
  /** Minutes. */
  readonly minutes: string;
  /** Local date, YYYY-MM-DD. */
  readonly date: string;
  /** Local time, hh:mm. */
  readonly time: string;
  readonly autoEnd: boolean;
  /** Empty for all. */
  readonly blocked: readonly string[];
}

export const EMPTY_PLAN: PlanForm = {
  reason: '',
  end: 'duration',
  minutes: '60',
  date: '',
  time: '',
  autoEnd: false,
  blocked: [],
};

/**
 * The fields of the API that a form stands for. What was typed goes out as it is where it can't be read: the API says
 * what is wrong with it.
 */
export function planBody({
  reason,
  end,
  minutes,
  date,
  time,
  autoEnd,
  blocked,
}: PlanForm): Record<string, unknown> {
  return {
    reason,
    ...(end === 'duration' ? { duration: seconds(minutes) } : {}),
    ...(end === 'instant' ? { ends_at: localInstant(date, time) ?? `${date} ${time}`.trim() } : {}),
    auto_end: autoEnd && end !== 'none',
    ...(blocked.length > 0 ? { blocked_operations: blocked } : {}),
  };
}

function seconds(minutes: string): number | string {
  const number = Number(minutes.replace(',', '.'));
  return minutes.trim() === '' || Number.isNaN(number) ? minutes : Math.round(number * 60);
}

/** A local date and time as RFC 3339 in UTC, null when it is none. @example localInstant('2026-01-15', '10:00') */
export function localInstant(date: string, time: string): string | null {
  const instant = Date.parse(`${date}T${time}:00`);
  return /^\d{4}-\d\d-\d\d$/.test(date) && !Number.isNaN(instant) ? new Date(instant).toISOString() : null;
}

/** The local date and time of an instant, as the fields of a form take them. */
export function localParts(rfc3339: string): { date: string; time: string } {
  const at = new Date(rfc3339);
  const two = (number: number) => String(number).padStart(2, '0');
  return {
    date: `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}`,
  };
}

/** The form of a maintenance that is active. The status does not tell whether it ends by itself, nor lists what is all. */
export function planOf({
  reason,
  estimated_completion: end,
}: {
  readonly reason: string | null;
  readonly estimated_completion: string | null;
}): PlanForm {
  return {
    ...EMPTY_PLAN,
    reason: reason ?? '',
    end: end === null ? 'none' : 'instant',
    ...(end === null ? {} : localParts(end)),
  };
}

/** What of a form differs from what it was, as the API takes it; `null` takes the end away. */
export function changeBody(before: PlanForm, after: PlanForm): Record<string, unknown> {
  const is = (field: keyof PlanForm) => JSON.stringify(before[field]) !== JSON.stringify(after[field]);
  const sent = planBody(after);
  return {
    ...(is('reason') ? { reason: sent.reason } : {}),
    ...(is('end') || is('minutes') || is('date') || is('time')
      ? after.end === 'none'
        ? { ends_at: null }
        : after.end === 'duration'
          ? { duration: sent.duration }
          : { ends_at: sent.ends_at }
      : {}),
    ...(is('autoEnd') ? { auto_end: sent.auto_end } : {}),
    ...(is('blocked') ? { blocked_operations: after.blocked.length > 0 ? after.blocked : null } : {}),
  };
}
