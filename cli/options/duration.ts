const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const FORM = /^(?:\d+[smhd])+$/;

/**
 * A length of time in seconds, from whole seconds or a sum of parts with units; null for anything else.
 *
 * @example parseDuration('1800') // 1800
 * @example parseDuration('1h30m') // 5400
 */
export function parseDuration(text: string): number | null {
  const given = text.trim().toLowerCase();
  const seconds = /^\d+$/.test(given)
    ? Number(given)
    : FORM.test(given)
      ? [...given.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * perUnit(unit), 0)
      : Number.NaN;
  return Number.isSafeInteger(seconds) ? seconds : null;
}

function perUnit(unit: string | undefined): number {
  return UNIT_SECONDS[unit ?? ''] ?? Number.NaN;
}

/**
 * A length of time for people: its two largest units.
 *
 * @param seconds not negative
 * @example durationInWords(5400) // '1 h 30 min'
 */
export function durationInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts: [number, string][] = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor(whole / 3600) % 24, 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first === -1) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

/**
 * Where an instant lies as seen from another, both ms since the epoch.
 *
 * @example relativeTime(now + 1_500_000, now) // 'in 25 min'
 */
export function relativeTime(instant: number, now: number): string {
  const seconds = (instant - now) / 1000;
  if (Math.abs(seconds) < 1) return 'now';
  return seconds > 0 ? `in ${durationInWords(seconds)}` : `${durationInWords(-seconds)} ago`;
}
