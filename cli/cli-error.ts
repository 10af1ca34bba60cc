import type { ExitCode } from './exit-code.ts';

/** What went wrong, for a person and for a program. */
export interface Complaint {
  readonly exitCode: ExitCode;
  /** Stable code, the `error` of the problem. */
  readonly code: string;
  /** One sentence or two. */
  readonly message: string;
  /** One line each: fields that do not fit, facts worth knowing. */
  readonly details?: readonly string[];
  /** What to do next. */
  readonly remedy?: string | undefined;
  /** The problem as the API sent it; `--json` shows it unchanged. */
  readonly problem?: Readonly<Record<string, unknown>>;
}

/** Ends the command: `run` shows it and exits with its code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly complaint: Complaint;
  constructor(complaint: Complaint, options?: ErrorOptions) {
    super(complaint.message, options);
    this.complaint = complaint;
  }
}
