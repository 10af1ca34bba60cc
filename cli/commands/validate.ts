import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, type JsonObject, textOf, textsOf } from '../json-object.ts';
import { renderImpact } from '../render/impact.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { painterFor } from '../render/painter.ts';
import { inCommandWords, optionFor } from '../transport/api-words.ts';
import { openTransport } from '../transport/open-transport.ts';
import { enableBodyOf, type PlanOptions } from './change.ts';

/** Says whether `enable` would be carried out now, and what would come of it. Changes nothing; fails if it would. */
export async function validate(options: PlanOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const body = JSON.parse(JSON.stringify(enableBodyOf(options)));
  const answer = await transport.send({ method: 'POST', path: '/validate', body });
  if (options.json) printJson(io, answer);
  else show(answer, options, io);
  if (answer.valid !== true) throw refusedBy(answer);
}

function show(answer: JsonObject, options: PlanOptions, io: Io): void {
  for (const warning of textsOf(answer.warnings)) {
    printNote(io, options, `Warning: ${inCommandWords(warning)}`);
  }
  const paint = painterFor(io.stdout, io.env);
  if (answer.valid === true) printLine(io, paint(['bold', 'green'], 'It would be carried out.'));
  if (isObject(answer.impact)) printLine(io, renderImpact(answer.impact, paint));
}

function refusedBy({ errors }: JsonObject): CliError {
  const found = (Array.isArray(errors) ? errors : []).filter(isObject);
  const remedy = found.map((error) => textOf(error.remedy)).find((text) => text !== null);
  return new CliError({
    exitCode: EXIT.failed,
    code: 'validation_failed',
    message: '`maintenance enable` would be refused:',
    details: found.map((error) => {
      const field = textOf(error.field);
      const message = inCommandWords(textOf(error.message) ?? '');
      return field === null ? message : `${optionFor(field)} ${message}`;
    }),
    remedy: remedy === undefined ? undefined : `${inCommandWords(remedy)}.`,
  });
}
