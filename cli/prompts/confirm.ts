import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { canAsk, type Io } from '../io.ts';
import { type JsonObject, numberOf } from '../json-object.ts';
import { painterFor } from '../render/painter.ts';
import { renderStatus } from '../render/status.ts';
import { readStatus } from '../transport/read-status.ts';
import type { Transport } from '../transport/transport.ts';
import { askYesNo } from './prompts.ts';

interface Confirmation {
  readonly command:
    | 'emergency'
    | 'disable'
    | 'sessions purge'
    | 'users revoke'
    | 'windows cancel'
    | 'jobs terminate'
    | 'reset'
    | 'escalate'
    | 'drill';
  /** What is going to happen, a sentence each; found out only where somebody is asked. */
  readonly consequences: readonly string[] | (() => Promise<readonly string[]>);
  readonly question: string;
  /** Whether there is nothing to confirm, because the command is going to be refused. */
  readonly isMoot?: (status: JsonObject) => boolean;
}

/**
 * Shows the present state and what is going to happen, and goes on only when that is confirmed, by --yes or on
 * the terminal. Returns the version that it went by, so that what is carried out is what was confirmed: a status may
 * be a second old. Undefined where nothing was looked at.
 */
export async function confirmed(
  options: { readonly yes?: true },
  io: Io,
  transport: Transport,
  { command, consequences, question, isMoot }: Confirmation,
): Promise<string | undefined> {
  if (options.yes) return undefined;
  if (!canAsk(io)) {
    throw new CliError({
      exitCode: EXIT.usage,
      code: 'confirmation_needed',
      message: `\`maintenance ${command}\` asks before it acts, and there is no terminal to ask on. Nothing was changed.`,
      remedy: 'Add --yes to go on without being asked.',
    });
  }
  const status = await readStatus(transport);
  const version = numberOf(status.version)?.toString();
  if (isMoot?.(status)) return version;
  const paint = painterFor(io.stderr, io.env);
  io.stderr.write(`At ${transport.target} now:\n${renderStatus(status, io.now(), paint)}\n\n`);
  const sentences = typeof consequences === 'function' ? await consequences() : consequences;
  io.stderr.write(`${sentences.join('\n')}\n`);
  if (!(await askYesNo(io, question))) {
    throw new CliError({
      exitCode: EXIT.failed,
      code: 'not_confirmed',
      message: 'Not confirmed. Nothing was changed.',
    });
  }
  return version;
}
