import { CommanderError } from 'commander';
import { CliError, type Complaint } from './cli-error.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import type { Io } from './io.ts';
import { buildProgram } from './program.ts';
import { printComplaint } from './render/output.ts';
import { Verdict } from './verdict.ts';

/**
 * Runs one command line and returns its exit code; never throws.
 *
 * @param args without the program's name
 * @example await run(['status', '--json'], io) // 0
 */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  try {
    await buildProgram(io).parseAsync(args, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof Verdict) return error.exitCode;
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    if (error instanceof CommanderError && error.code === 'commander.help') {
      io.stderr.write(buildProgram(io).helpInformation());
      return EXIT.usage;
    }
    if (error instanceof Error && error.name === 'InterruptedError') return EXIT.interrupted;
    const complaint = complaintOf(error);
    printComplaint(io, complaint, args.includes('--json'));
    return complaint.exitCode;
  }
}

function complaintOf(error: unknown): Complaint {
  if (error instanceof CliError) return error.complaint;
  if (error instanceof CommanderError) {
    return {
      exitCode: EXIT.usage,
      code: 'usage',
      message: error.message.replace(/^error: /, ''),
      remedy: 'See `maintenance --help` and `maintenance <command> --help`.',
    };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.failed, code: 'internal_error', message: `This is a bug in the command: ${text}` };
}
