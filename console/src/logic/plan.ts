/** The types that a maintenance may be confined to, beside the owner's own. */
export const BLOCKABLE: readonly string[] = [
  'caption_generation',
  'job_creation',
  'platform_operations',
  'batch_operations',
  'user_data_modification',
  'image_processing',
  'unknown',
];

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

/**
 * A local date and time as RFC 3339 in UTC, null when it is none: no calendar has the day, or the clocks go forward over
 * the time. @example localInstant('2026-01-15', '10:00') */
export function localInstant(date: string, time: string): string | null {
  const instant = Date.parse(`${date}T${time}:00`);
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(instant)) return null;
  const rfc3339 = new Date(instant).toISOString();
  const shown = localParts(rfc3339);
  return shown.date === date && shown.time === time ? rfc3339 : null;
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

/** The form of a maintenance that is active, as the status tells of it. */
export function planOf({
  reason,
  estimated_completion: end,
  auto_end: autoEnd,
  blocked_operations: blocked,
}: {
  readonly reason: string | null;
  readonly estimated_completion: string | null;
  readonly auto_end: boolean;
  readonly blocked_operations: readonly string[];
}): PlanForm {
  return {
    ...EMPTY_PLAN,
    autoEnd,
    blocked: BLOCKABLE.every((name) => blocked.includes(name)) ? [] : blocked,
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
    ...(planBody(before).auto_end !== sent.auto_end ? { auto_end: sent.auto_end } : {}),
    ...(is('blocked') ? { blocked_operations: after.blocked.length > 0 ? after.blocked : null } : {}),
  };
}
