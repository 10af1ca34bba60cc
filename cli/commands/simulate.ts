import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, type JsonObject, textOf } from '../json-object.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { printJson, printLine } from '../render/output.ts';
import { painterFor, printable } from '../render/painter.ts';
import { openTransport } from '../transport/open-transport.ts';

interface SimulateOptions extends CommonOptions {
  readonly as: 'admin' | 'worker' | 'member' | 'anonymous';
  /** Without it the state is as it is. */
  readonly mode?: 'normal' | 'emergency' | 'test';
}

/** Says what would become of a request, by the rules that the authorizer decides by. */
export async function simulate(
  request: { readonly method: string; readonly path: string },
  options: SimulateOptions,
  io: Io,
): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const answer = await transport.send({ method: 'POST', path: '/classify', body: request });
  const { as, mode } = options;
  const decision = decisionFor(answer, options);
  if (decision === null) {
    throw new CliError({
      exitCode: EXIT.failed,
      code: 'malformed_answer',
      message: `${transport.target} answered, but not with a decision for ${as}.`,
    });
  }
  const { canonical_path, operation_type, rule } = answer;
  if (options.json) {
    const asked = { ...request, as, mode: mode ?? null };
    return printJson(io, { ...asked, decision, operation_type, canonical_path, rule });
  }
  const paint = painterFor(io.stdout, io.env);
  const isBlocked = decision === 'block';
  const when = mode === undefined ? 'as things are' : `in ${mode} mode`;
  const said = `${isBlocked ? 'Blocked' : 'Allowed'}: ${request.method} ${request.path} as ${as}, ${when}.`;
  printLine(io, paint(['bold', isBlocked ? 'red' : 'green'], printable(said)));
  printLine(io, printable(`  It is ${textOf(operation_type)}.${isBlocked ? ' The answer is a 503.' : ''}`));
}

function decisionFor(answer: JsonObject, { as, mode }: SimulateOptions): string | null {
  const decisions = isObject(answer.decisions) ? answer.decisions : {};
  const byRole = mode === undefined ? answer.current : decisions[mode];
  return isObject(byRole) ? textOf(byRole[as]) : null;
}
