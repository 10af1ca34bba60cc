import type { Command } from 'commander';
import { completionScript, type Shell } from '../completion.ts';
import type { Io } from '../io.ts';

/** Prints the script that makes a shell complete commands and options. */
export function completion(shell: Shell, program: Command, { stdout }: Io): void {
  stdout.write(completionScript(program, shell));
}
