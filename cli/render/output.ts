import type { Complaint } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { painterFor, printable } from './painter.ts';

/** One JSON document on standard output. */
export function printJson({ stdout }: Io, value: unknown): void {
  stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

export function printLine({ stdout }: Io, line: string): void {
  stdout.write(`${line}\n`);
}

/** Something worth knowing that is not the answer; left out where programs read. */
export function printNote({ stderr }: Io, options: { readonly json?: true }, note: string): void {
  if (!options.json) stderr.write(`${printable(note)}\n`);
}

/** Shows why a command failed: to programs as a problem (RFC 9457), unchanged where the API sent one. */
export function printComplaint(io: Io, complaint: Complaint, json: boolean): void {
  if (json) {
    io.stderr.write(`${JSON.stringify(problemOf(complaint))}\n`);
    return;
  }
  const paint = painterFor(io.stderr, io.env);
  const lines = [
    `${paint(['bold', 'red'], 'Error:')} ${printable(complaint.message)}`,
    ...(complaint.details ?? []).map((detail) => `  - ${printable(detail)}`),
    ...(complaint.remedy === undefined ? [] : [printable(complaint.remedy)]),
  ];
  io.stderr.write(`${lines.join('\n')}\n`);
}

function problemOf({ code, message, details, remedy, problem }: Complaint): Record<string, unknown> {
  if (problem) return problem;
  return {
    type: `urn:problem:${code.replaceAll('_', '-')}`,
    title: titleOf(code),
    detail: message,
    error: code,
    message,
    ...(details?.length ? { details: details.map((detail) => ({ message: detail })) } : {}),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** @example titleOf('not_signed_in') // 'Not signed in' */
function titleOf(code: string): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
