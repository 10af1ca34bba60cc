import type { Io } from '../io.ts';
import { isObject, type JsonObject, textOf, textsOf } from '../json-object.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { printJson, printLine } from '../render/output.ts';
import { type Paint, painterFor, printable } from '../render/painter.ts';
import { openTransport } from '../transport/open-transport.ts';
import { inOnePiece, pages } from '../transport/pages.ts';

const MODES = ['normal', 'emergency', 'test'] as const;
const ROLES = ['admin', 'worker', 'member', 'anonymous'] as const;

/** Shows the owner's rules. */
export async function listRules(options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const found = pages(transport, { path: '/rules', of: 'rules' }, { all: true });
  if (options.json) return printJson(io, await inOnePiece(found));
  let shown = 0;
  for await (const { items } of found) {
    for (const rule of items) printLine(io, describeRule(rule));
    shown += items.length;
  }
  if (shown === 0) printLine(io, 'No rules of your own: the built-in ones decide.');
}

/** Adds a rule. */
export async function addRule(
  rule: { readonly method: string; readonly path: string; readonly operation: string },
  options: CommonOptions,
  io: Io,
): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const verbs = rule.method.split(',').map((verb) => verb.trim());
  const body = { ...rule, method: verbs.length === 1 ? verbs[0] : verbs };
  const answer = await transport.send({ method: 'POST', path: '/rules', body });
  if (options.json) return printJson(io, answer);
  printLine(io, `Added: ${describeRule(answer)}`);
  for (const warning of textsOf(answer.warnings)) printLine(io, printable(`Warning: ${warning}`));
}

/** Removes a rule. */
export async function removeRule(id: string, options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const answer = await transport.send({ method: 'DELETE', path: `/rules/${encodeURIComponent(id)}` });
  if (options.json) printJson(io, answer);
  else printLine(io, `Removed: ${describeRule(answer)}`);
}

/** Shows how a request is classified. */
export async function classify(
  request: { readonly method: string; readonly path: string },
  options: CommonOptions,
  io: Io,
): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const answer = await transport.send({ method: 'POST', path: '/classify', body: request });
  if (options.json) return printJson(io, answer);
  const rule = isObject(answer.rule) ? answer.rule : null;
  const by =
    rule === null
      ? 'no rule'
      : `${textOf(rule.source) === 'owner' ? 'your rule' : 'built-in rule'} ${methodsOf(rule)} ${textOf(rule.path)}`;
  const paint = painterFor(io.stdout, io.env);
  printLine(io, printable(`${request.method} ${textOf(answer.canonical_path) ?? '(malformed path)'}`));
  printLine(io, printable(`  ${textOf(answer.operation_type)}, by ${by}`));
  printLine(io, '');
  for (const line of decisionTable(answer, paint)) printLine(io, line);
}

function decisionTable(answer: JsonObject, paint: Paint): string[] {
  const decisions = isObject(answer.decisions) ? answer.decisions : {};
  const row = (name: string, cells: readonly string[]): string =>
    `  ${name.padEnd(11)}${cells.map((cell) => cell.padEnd(11)).join('')}`.trimEnd();
  const cellsOf = (byRole: unknown): string[] =>
    ROLES.map((role) => (isObject(byRole) ? (textOf(byRole[role]) ?? '?') : '?'));
  return [
    paint('bold', row('', ROLES)),
    ...MODES.map((mode) => row(mode, cellsOf(decisions[mode]))),
    row('now', cellsOf(answer.current)),
  ];
}

function describeRule(rule: JsonObject): string {
  return printable(
    `${textOf(rule.id)}  ${methodsOf(rule)} ${textOf(rule.path)} as ${textOf(rule.operation)}`,
  );
}

function methodsOf({ method }: JsonObject): string {
  return textOf(method) ?? textsOf(method).join(',');
}
