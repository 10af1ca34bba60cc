import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { benchAuthorizer } from './authorizer.ts';
import { benchClassification } from './classification.ts';
import { benchConsole } from './console.ts';
import { benchCost } from './cost.ts';
import { benchEndToEnd } from './end-to-end.ts';
import { benchJobs } from './jobs.ts';
import { benchPages } from './pages.ts';
import { benchPropagation } from './propagation.ts';
import { benchSessions } from './sessions.ts';
import { benchStart } from './start.ts';
import { benchSuite } from './suite.ts';
import { PROJECT } from './support/fixtures.ts';
import { type MeasuredSection, renderPart, renderReport, type Section } from './support/report.ts';
import { benchSynth } from './synth.ts';

/** `npm run bench`: measures, tells how far it is on standard error, and writes docs/benchmarks.md. */
interface Part {
  readonly name: string;
  readonly about: string;
  /** Whether it runs only when it is named. */
  readonly onRequest?: boolean;
  readonly run: (
    folder: string,
    progress: (line: string) => void,
    options: { readonly small: boolean },
  ) => Promise<Section>;
}

const PARTS: readonly Part[] = [
  { name: 'authorizer', about: 'decisions of the warm authorizer, 1 min', run: benchAuthorizer },
  { name: 'start', about: 'process start to first decision, 1 min', run: benchStart },
  {
    name: 'propagation',
    about: 'toggle to last decision by the old state, 200 instances, 4 min',
    run: benchPropagation,
  },
  {
    name: 'end-to-end',
    about: 'requests through the local cloud, 1 min',
    run: benchEndToEnd,
  },
  {
    name: 'console',
    about: "toggle to another browser's screen, 1 min",
    run: benchConsole,
  },
  {
    name: 'classification',
    about: '60, 600 and 6000 rules, 10 s',
    run: (_, progress) => benchClassification(progress),
  },
  {
    name: 'jobs',
    about: 'registry and drain of 10 000 jobs, 2 min',
    run: (_, progress) => benchJobs(progress),
  },
  { name: 'pages', about: 'sizes of the pages for people, 1 s', run: () => benchPages() },
  { name: 'sessions', about: 'a million sessions ended in four ways, 3 min', run: benchSessions },
  { name: 'synth', about: 'synthesis of the stack, 30 s', run: benchSynth },
  { name: 'cost', about: 'cost of a million requests and of the idle stack, 30 s', run: benchCost },
  {
    name: 'suite',
    about: 'the whole of npm test, minutes',
    onRequest: true,
    run: (_, progress) => benchSuite(progress),
  },
];

const HELP = `Usage: npm run bench [-- [--small] PART...]

Measures, and writes docs/benchmarks.md. Without a name: every part but those that run on request.
With --small, sessions are few, and nothing is written: to see that it works.

${PARTS.map(({ name, about, onRequest }) => `  ${name.padEnd(16)}${about}${onRequest ? '; on request' : ''}`).join('\n')}
`;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(words: readonly string[]): Promise<void> {
  const small = words.includes('--small');
  const args = words.filter((word) => word !== '--small');
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return;
  }
  const unknown = args.filter((arg) => !PARTS.some(({ name }) => name === arg));
  if (unknown.length > 0) {
    say(`There is no part "${unknown.join('", "')}".\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  const chosen = PARTS.filter(({ name, onRequest }) => (args.length > 0 ? args.includes(name) : !onRequest));
  const folder = mkdtempSync(join(os.tmpdir(), 'bench-'));
  try {
    const measured: MeasuredSection[] = [];
    const failed: string[] = [];
    for (const [index, { name, about, run }] of chosen.entries()) {
      say(`[${index + 1}/${chosen.length}] ${name}: ${about}`);
      const loadBefore = os.loadavg()[0] ?? Number.NaN;
      try {
        const section = await run(folder, say, { small });
        const loadAfter = os.loadavg()[0] ?? Number.NaN;
        for (const { goal, measured: figure, met } of section.goals ?? []) {
          say(`  ${met ? 'met    ' : 'NOT MET'} ${goal}: ${figure}`);
        }
        measured.push(renderPart(name, section, { date: new Date(), loadBefore, loadAfter }));
      } catch (error) {
        // The other parts stand by themselves: their minutes of measuring are not thrown away.
        say(`  FAILED ${error instanceof Error ? error.stack : error}`);
        failed.push(name);
      }
    }
    if (!small && measured.length > 0) writeReport(measured);
    if (failed.length > 0) {
      say(`Failed: ${failed.join(', ')}.`);
      process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts the parts into the document; those that were not measured stay as they are. */
function writeReport(measured: readonly MeasuredSection[]): void {
  const report = join(PROJECT, 'docs/benchmarks.md');
  const previous = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const order = PARTS.map(({ name }) => name);
  writeFileSync(report, renderReport(order, measured, previous));
  say('Written: docs/benchmarks.md');
}

await main(process.argv.slice(2));
