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
}

export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly met: boolean;
}

/** The report as Markdown, with machine, date and versions. */
export function renderReport(sections: readonly Section[], date: Date): string {
  const version = (name: string): string => {
    const file = join(PROJECT, 'node_modules', name, 'package.json');
    return `${name} ${JSON.parse(readFileSync(file, 'utf8')).version}`;
  };
  const packages = ['aws-jwt-verify', '@aws-sdk/client-dynamodb', 'jsonwebtoken', 'rou3', 'tinybench'];
  return [
    '# Benchmarks',
    '',
    'Written by `npm run bench`, which runs each reference beside our code in the same run. Figures of one machine say',
    'little about another; the ratios say more.',
    '',
    `- Date: ${date.toISOString().slice(0, 10)}`,
    `- Machine: ${os.cpus()[0]?.model ?? 'unknown'}, ${os.availableParallelism()} cores, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${os.type()} ${os.release()}`,
    `- Versions: Node ${process.versions.node}, ${packages.map(version).join(', ')}`,
    '',
    ...sections.flatMap(renderSection),
  ].join('\n');
}

function renderSection({ title, method, columns, rows, goals }: Section): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    method,
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
  ];
}

export function microseconds(value: number): string {
  return `${value.toFixed(1)} µs`;
}

export function milliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}

/** The middle of a list of numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
