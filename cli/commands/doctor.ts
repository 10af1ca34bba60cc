import type { FindingSection } from '../../core/health/finding.ts';
import type { HealthStatus } from '../../core/health/schemas.ts';
import { rfc3339 } from '../../core/text.ts';
import { diagnose } from '../doctor/diagnosis.ts';
import { openProgress } from '../doctor/progress.ts';
import { openSources, type SourceOptions } from '../doctor/sources.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { renderFindings, renderLeftOut, renderVerdict } from '../render/findings.ts';
import { printJson, printLine } from '../render/output.ts';
import { painterFor } from '../render/painter.ts';
import { Verdict } from '../verdict.ts';

interface DoctorOptions extends SourceOptions {
  readonly section?: readonly FindingSection[];
}

/** The exit codes of this command alone: something is wrong, or might be, is no failure of the command. */
const EXIT_CODES: Readonly<Record<HealthStatus, ExitCode>> = {
  healthy: EXIT.ok,
  degraded: 1,
  unhealthy: 2,
};

/** Goes through the checklist and ends with how it is. Changes nothing. */
export async function doctor(options: DoctorOptions, io: Io): Promise<void> {
  const sources = await openSources(options, io);
  const progress = openProgress(io, options);
  const diagnosis = await diagnose(options.section ?? null, sources, progress.show).finally(progress.stop);
  const { findings, left_out } = diagnosis;
  if (options.json) {
    const api = sources.api?.target ?? null;
    printJson(io, { status: diagnosis.status, as_of: rfc3339(io.now()), api, findings, left_out });
  } else {
    const paint = painterFor(io.stdout, io.env);
    printLine(io, renderFindings(findings, paint));
    for (const left of left_out) printLine(io, renderLeftOut(left, paint));
    printLine(io, renderVerdict(findings, paint));
  }
  throw new Verdict(EXIT_CODES[diagnosis.status]);
}
