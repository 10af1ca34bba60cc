import type { Io } from '../io.ts';
import { type JsonObject, textOf } from '../json-object.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { printJson, printLine } from '../render/output.ts';
import { type Paint, painterFor, printable } from '../render/painter.ts';
import { row } from '../render/row.ts';
import { readableInstant } from '../render/status.ts';
import { openTransport } from '../transport/open-transport.ts';

/** Shows whom the gateway takes the caller for. */
export async function whoAmI(options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const answer = await transport.send({ method: 'GET', path: '/whoami' });
  if (options.json) return printJson(io, answer);
  printLine(io, renderPrincipal(answer, io.now(), painterFor(io.stdout, io.env)));
}

function renderPrincipal(answer: JsonObject, now: number, paint: Paint): string {
  const role = textOf(answer.role) ?? 'unknown';
  const since = textOf(answer.authenticated_at);
  const until = textOf(answer.fresh_until);
  const lines = [
    paint('bold', printable(textOf(answer.id) ?? 'somebody')),
    row('Role', role, paint),
    row('Signed in', since === null ? 'not known when' : readableInstant(since, now), paint),
  ];
  if (role !== 'admin') return lines.join('\n');
  const fresh = answer.fresh_sign_in === true && until !== null;
  const emergency = fresh ? `possible until ${readableInstant(until, now)}` : 'needs a new sign-in';
  return [...lines, row('Emergency', emergency, paint)].join('\n');
}
