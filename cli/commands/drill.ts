import { openSources, type SourceOptions } from '../doctor/sources.ts';
import type { DrillReport, StepResult } from '../drill/judge-drill.ts';
import { runDrill } from '../drill/run-drill.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { type CommonOptions, chooseApi } from '../options/common-options.ts';
import { confirmed } from '../prompts/confirm.ts';
import { printJson, printLine } from '../render/output.ts';
import { type Paint, painterFor, printable } from '../render/painter.ts';
import { openHttpTransport } from '../transport/open-transport.ts';
import { Verdict } from '../verdict.ts';

interface DrillOptions extends CommonOptions, Pick<SourceOptions, 'stack' | 'region'> {
  readonly yes?: true;
  readonly contacts?: true;
}

/** Rehearses a maintenance, once that is confirmed, and says whether it would go well. */
export async function drill(options: DrillOptions, io: Io): Promise<void> {
  const transport = await openHttpTransport(options, io, 'needed');
  await confirmed(options, io, transport, {
    command: 'drill',
    consequences: [
      'A test run begins, for a minute or two. It blocks nothing, ends no session and stops no job.',
      'Two reads of a path that nobody has go to the application, and are recorded.',
      ...(options.contacts ? ['A test message goes to each level of escalation.'] : []),
    ],
    question: 'Begin the drill?',
    isMoot: ({ is_active }) => is_active === true,
  });
  const interruption = interruptible();
  const paint = painterFor(io.stderr, io.env);
  try {
    const report = await runDrill({
      api: await chooseApi(options, io),
      transport,
      sources: await openSources({ ...options, scope: 'default' }, io),
      io,
      contacts: options.contacts ?? false,
      signal: interruption.signal,
      show: (result) => {
        if (!options.json) io.stderr.write(`${stepLine(result, paint)}\n`);
      },
    });
    if (options.json) printJson(io, report);
    else printLine(io, renderDrill(report, painterFor(io.stdout, io.env)));
    if (interruption.signal.aborted) throw new Verdict(EXIT.interrupted);
    throw new Verdict(report.verdict === 'passed' ? EXIT.ok : EXIT.failed);
  } finally {
    interruption.stop();
  }
}

/** Ctrl-C ends the drill in good order: the test run is ended first. */
function interruptible(): { readonly signal: AbortSignal; stop(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, abort);
  return {
    signal: controller.signal,
    stop: () => {
      for (const signal of signals) process.off(signal, abort);
    },
  };
}

const WORDS = { passed: 'passed', failed: 'FAILED', skipped: 'skipped' } as const;
const STYLES = { passed: 'green', failed: 'red', skipped: 'dim' } as const;

function stepLine({ step, outcome, said }: StepResult, paint: Paint): string {
  return `  ${paint(STYLES[outcome], WORDS[outcome].padEnd(9))}${step.padEnd(13)}${printable(said)}`;
}

const VERDICTS: Readonly<Record<DrillReport['verdict'], string>> = {
  passed: 'The drill passed: a maintenance would go as it should.',
  failed: 'The drill FAILED.',
  aborted: 'The drill was ABORTED.',
};

function renderDrill({ verdict, report_id: id }: DrillReport, paint: Paint): string {
  const line = paint(['bold', verdict === 'passed' ? 'green' : 'red'], VERDICTS[verdict]);
  return id === null ? line : `${line}\nWhat was recorded: \`maintenance report ${printable(id)}\`.`;
}
