import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { canAsk, type Io } from '../io.ts';

/** Asks for a text on the terminal. */
export async function askText(io: Io, message: string): Promise<string> {
  const { default: input } = await import('@inquirer/input');
  return await interruptible(input({ message, required: true }, terminal(io)));
}

/** Asks for a text that nobody looking on may read. */
export async function askSecret(io: Io, message: string): Promise<string> {
  const { default: password } = await import('@inquirer/password');
  return await interruptible(password({ message, mask: false }, terminal(io)));
}

/** Asks a question that is answered by yes or no; just Enter is no. */
export async function askYesNo(io: Io, message: string): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm');
  return await interruptible(confirm({ message, default: false }, terminal(io)));
}

/**
 * A value from the command line, else from the terminal; where there is none, the command ends with `needed`,
 * a sentence that says how to give the value.
 */
export async function givenOrAsked(
  io: Io,
  given: string | undefined,
  ask: () => Promise<string>,
  needed: string,
): Promise<string> {
  if (given !== undefined && given !== '') return given;
  if (!canAsk(io)) {
    throw new CliError({ exitCode: EXIT.usage, code: 'value_missing', message: needed });
  }
  return await ask();
}

function terminal({ stdin, stderr }: Io) {
  return { input: stdin as NodeJS.ReadableStream, output: stderr as NodeJS.WritableStream };
}

/** Thrown when a prompt is left by Ctrl-C; nothing is said about it. */
class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
}

async function interruptible(answer: Promise<string>): Promise<string>;
async function interruptible(answer: Promise<boolean>): Promise<boolean>;
async function interruptible(answer: Promise<string | boolean>): Promise<string | boolean> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new InterruptedError('interrupted', { cause: error });
    }
    throw error;
  }
}
