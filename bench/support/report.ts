import { readFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { PROJECT } from './fixtures.ts';

/** One part of the benchmarks: what was measured, with the figures as a table. */
export interface Section {
  readonly title: string;
  /** How it was measured, and beside what. */
  readonly method: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Each goal with the figure it came to. */
  readonly goals?: readonly Goal[];
  /** Paragraphs below the tables. */
  readonly notes?: readonly string[];
}

interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

/** A section as the document keeps it: written by one run, left alone by runs of other parts. */
export interface MeasuredSection {
  /** The part's name. */
  readonly part: string;
  readonly text: string;
}

/** How busy the machine was, and when: figures mean little without. */
export interface Circumstances {
  readonly date: Date;
  /** Mean number of runnable processes in the minute before, and in the last minute of the part. */
  readonly loadBefore: number;
  readonly loadAfter: number;
}

/** A part's results as Markdown. */
export function renderPart(
  part: string,
  section: Section,
  { date, loadBefore, loadAfter }: Circumstances,
): MeasuredSection {
  const when = `Measured ${date.toISOString().slice(0, 16).replace('T', ' ')} UTC on ${machine()}; load average ${loadBefore.toFixed(1)} before, ${loadAfter.toFixed(1)} after.`;
  return { part, text: renderSection(section, when).join('\n') };
}

/** Parts are measured on different machines: each names its own. */
function machine(): string {
  const model = os.cpus()[0]?.model ?? 'unknown';
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB`;
  return `${model}, ${os.availableParallelism()} cores, ${memory}, ${os.type()} ${os.release()}`;
}

/** The document, with versions. Parts that this run left out stay as they are in `previous`. */
export function renderReport(
  order: readonly string[],
  measured: readonly MeasuredSection[],
  previous: string,
): string {
  const version = (name: string): string => {
    const file = join(PROJECT, 'node_modules', name, 'package.json');
    return `${name} ${JSON.parse(readFileSync(file, 'utf8')).version}`;
  };
  const packages = ['aws-jwt-verify', '@aws-sdk/client-dynamodb', 'jsonwebtoken', 'dynalite', 'tinybench'];
  const kept = new Map(
    [...previous.matchAll(PART)].map(([, part = '', text = '']) => [part, { part, text: text.trim() }]),
  );
  for (const section of measured) kept.set(section.part, section);
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`, which measures each reference beside our code in the same run. Figures of one machine',
    'say little about another; the ratios say more. `npm run bench -- start cost` measures these parts only and leaves',
    'the others as they are; `npm run bench -- --help` names them all.',
    '',
    `- Versions: Node ${process.versions.node}, ${packages.map(version).join(', ')}`,
    '- Load average: processes that wanted a core, mean of a minute; above the number of cores, times are too long',
    '',
    ...order.flatMap((part) => {
      const section = kept.get(part);
      return section === undefined ? [] : [`<!-- part:${part} -->`, section.text, '<!-- part:end -->', ''];
    }),
  ].join('\n');
}

const PART = /<!-- part:([\w-]+) -->([\s\S]*?)<!-- part:end -->/g;

function renderSection({ title, method, columns, rows, goals, notes = [] }: Section, when: string): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    method,
    '',
    when,
    '',
    line(columns),
    line(columns.map((_, index) => (index === 0 ? '---' : '---:'))),
    ...rows.map(line),
    '',
    ...(goals === undefined
      ? []
      : [
          line(['goal', 'measured', 'met']),
          line(['---', '---:', '---']),
          ...goals.map(({ goal, measured, met }) => line([goal, measured, met ? 'yes' : '**no**'])),
          '',
        ]),
    ...notes.flatMap((note) => [note, '']),
  ];
}

export function microseconds(value: number): string {
  return `${value.toFixed(1)} µs`;
}

export function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}

/** The value below which a share of the numbers lies, e.g. 0.99. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** The middle of a list of numbers. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}
