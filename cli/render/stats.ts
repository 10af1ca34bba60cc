import { isObject, type JsonObject, numberOf, textOf } from '../json-object.ts';
import { type Paint, printable } from './painter.ts';

const LABEL_WIDTH = 22;
const BAR_WIDTH = 24;
const LEVELS = '▁▂▃▄▅▆▇█';

/** Statistics as tables: what could not be had says so. */
export function renderStats(found: JsonObject, paint: Paint): string {
  const heading = `The last ${numberOf(found.minutes) ?? '?'} minutes`;
  return [
    paint('bold', heading),
    ...SECTIONS.flatMap((section) => ['', ...renderSection(section, found, paint)]),
  ].join('\n');
}

interface Section {
  readonly title: string;
  readonly part: string;
  readonly lines: (part: JsonObject, found: JsonObject, paint: Paint) => readonly string[];
}

const SECTIONS: readonly Section[] = [
  {
    title: 'Decisions',
    part: 'decisions',
    lines: (part, found, paint) => [
      latencies(part.latency_ms, paint),
      fact('Blocked', figure(part.blocked), paint),
      ...bars(part.blocked_by_type, paint),
      fact('Admin bypasses', figure(part.bypassed), paint),
      fact('Would be blocked', figure(part.would_block), paint),
      ...course(found, paint),
    ],
  },
  {
    title: 'Authorizer',
    part: 'authorizer',
    lines: (part, _, paint) => [
      fact('Invocations', figure(part.invocations), paint),
      fact('Errors, throttles', `${figure(part.errors)}, ${figure(part.throttles)}`, paint),
      fact('At a time', figure(part.concurrency), paint),
      fact('Duration p95', milliseconds(part.duration_p95_ms), paint),
    ],
  },
  {
    title: 'API',
    part: 'api',
    lines: (part, _, paint) => [
      fact('Requests', figure(part.requests), paint),
      fact(
        '4xx, 5xx',
        `${figure(part.client_errors)} (refusals among them), ${figure(part.server_errors)}`,
        paint,
      ),
      fact('Latency p95', milliseconds(part.latency_p95_ms), paint),
    ],
  },
  {
    title: 'State store',
    part: 'state_store',
    lines: (part, _, paint) => [
      fact('Latency', milliseconds(part.latency_ms), paint),
      fact('Throttled', figure(part.throttled), paint),
    ],
  },
  {
    title: 'Redis',
    part: 'redis',
    lines: (part, _, paint) => [
      fact('Memory', bytes(part.memory_bytes), paint),
      fact('Evictions', figure(part.evictions), paint),
      fact('Throttled commands', figure(part.throttled_commands), paint),
      fact('Processing units', figure(part.processing_units), paint),
    ],
  },
  {
    title: 'Sessions and jobs',
    part: 'sessions',
    lines: (part, found, paint) => [
      fact('Sessions ended', figure(part.purged), paint),
      fact('Failed purges', figure(part.purge_failures), paint),
      fact('Active jobs, at most', figure(isObject(found.jobs) ? found.jobs.active : null), paint),
    ],
  },
];

function renderSection({ title, part, lines }: Section, found: JsonObject, paint: Paint): readonly string[] {
  const value = found[part];
  const shown = isObject(value) ? lines(value, found, paint) : ['  not to be had'];
  return [paint('bold', title), ...shown];
}

function fact(label: string, value: string, paint: Paint): string {
  return `  ${paint('dim', label.padEnd(LABEL_WIDTH))}${printable(value)}`;
}

function latencies(value: unknown, paint: Paint): string {
  const of = isObject(value) ? value : {};
  const parts = ['p50', 'p95', 'p99'].map((name) => `${name} ${milliseconds(of[name])}`);
  return fact('Latency, worst step', parts.join(', '), paint);
}

/** A bar for each type, the most blocked first. */
function bars(value: unknown, paint: Paint): readonly string[] {
  const counts = Object.entries(isObject(value) ? value : {}).map(
    ([type, count]) => [type, numberOf(count) ?? 0] as const,
  );
  const most = Math.max(1, ...counts.map(([, count]) => count));
  return counts
    .toSorted(([, a], [, b]) => b - a)
    .map(([type, count]) => {
      const bar = '█'.repeat(Math.max(1, Math.round((count / most) * BAR_WIDTH)));
      return fact(`  ${type}`, `${bar} ${count}`, paint);
    });
}

/** All blocked calls over the time, a character for each step. */
function course({ series }: JsonObject, paint: Paint): readonly string[] {
  const blocked = isObject(series) && isObject(series.blocked) ? Object.values(series.blocked) : [];
  const lists = blocked.filter((list) => Array.isArray(list));
  if (lists.length === 0) return [];
  const length = Math.max(...lists.map((list) => list.length));
  const totals = Array.from({ length }, (_, index) =>
    lists.reduce((total: number, list) => total + (numberOf(list[index]) ?? 0), 0),
  );
  const most = Math.max(1, ...totals);
  const line = totals.map((total) =>
    total === 0 ? '·' : (LEVELS[Math.ceil((total / most) * LEVELS.length) - 1] ?? ''),
  );
  const since = isObject(series) && Array.isArray(series.at) ? textOf(series.at[0]) : null;
  return [fact(`Blocked since ${since?.slice(11, 16) ?? '?'}`, line.join(''), paint)];
}

function figure(value: unknown): string {
  const number = numberOf(value);
  return number === null ? 'unknown' : String(Math.round(number * 100) / 100);
}

function milliseconds(value: unknown): string {
  const number = numberOf(value);
  return number === null ? 'unknown' : `${number < 10 ? number.toFixed(2) : number.toFixed(0)} ms`;
}

function bytes(value: unknown): string {
  const number = numberOf(value);
  return number === null ? 'unknown' : `${(number / 1024 / 1024).toFixed(1)} MiB`;
}
