import type { ExitCode } from './exit-code.ts';

/** Ends a command that has said all that it has to say, with the exit code that it comes to. */
export class Verdict extends Error {
  override readonly name = 'Verdict';
  readonly exitCode: ExitCode;
  constructor(exitCode: ExitCode) {
    super(`It came to exit code ${exitCode}.`);
    this.exitCode = exitCode;
  }
}
