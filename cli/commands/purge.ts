import { randomUUID } from 'node:crypto';
import { CliError } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { isObject, type JsonObject, numberOf, textOf } from '../json-object.ts';
import { confirmed } from '../prompts/confirm.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { painterFor, printable } from '../render/painter.ts';
import { renderPurge } from '../render/purge.ts';
import { openPurgeBar } from '../render/purge-bar.ts';
import { openTransport } from '../transport/open-transport.ts';
import type { Transport } from '../transport/transport.ts';
import type { ChangeOptions } from './change.ts';
import { followPurge } from './follow-purge.ts';

interface PurgeOptions extends ChangeOptions {
  readonly all?: true;
  readonly yes?: true;
  readonly wait: boolean;
}

interface RevokeOptions extends ChangeOptions {
  readonly yes?: true;
}

/** Ends sessions, once that is confirmed, and waits until they are deleted. */
export async function purgeSessions(options: PurgeOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  await confirmed(options, io, transport, {
    command: 'sessions purge',
    consequences: () => consequences(options, transport),
    question: options.all ? 'End all sessions but your own?' : "End all sessions but admins'?",
  });
  const { idempotencyKey = randomUUID(), ifMatch } = options;
  const body = { all: options.all ?? false };
  const order = await transport.send({
    method: 'POST',
    path: '/sessions/purge',
    body,
    idempotencyKey,
    ifMatch,
  });
  if (options.wait && !options.direct) await wait(order, transport, options, io);
  else if (options.json) printJson(io, order);
  else printLine(io, `Ordered: ${printable(textOf(order.purge_id) ?? '')}. \`maintenance status\` shows it.`);
}

/** What is going to happen, with how many sessions it concerns where that can be told. */
async function consequences({ all }: PurgeOptions, transport: Transport): Promise<string[]> {
  const [many, kept] = await counted(all === true, transport);
  return [
    all
      ? `${many} of all roles are ended, but for your own.`
      : `${many} of members and workers are ended. ${kept} of admins are kept.`,
    "Members' access tokens that were issued before are worth nothing at the gateway any more.",
    'Whoever was signed in has to sign in again.',
  ];
}

/** The sessions to be ended, and those of admins, in words. */
async function counted(all: boolean, transport: Transport): Promise<[ended: string, admins: string]> {
  const unknown: [string, string] = ['An unknown number of sessions', 'Those'];
  try {
    const { total, by_role, exact } = await transport.send({ method: 'GET', path: '/sessions/statistics' });
    const admins = isObject(by_role) ? numberOf(by_role.admin) : null;
    const every = numberOf(total);
    if (admins === null || every === null) return unknown;
    const about = exact === true ? '' : 'About ';
    return [`${about}${all ? every : every - admins} sessions`, `${about}${admins} sessions`];
  } catch (error) {
    if (error instanceof CliError) return unknown;
    throw error;
  }
}

async function wait(order: JsonObject, transport: Transport, options: PurgeOptions, io: Io): Promise<void> {
  const id = textOf(order.purge_id) ?? '';
  const at = Date.parse(textOf(order.requested_at) ?? '');
  printNote(io, options, 'Ordered: the sessions are being deleted.');
  const bar = await openPurgeBar(io, options);
  try {
    const purge = await followPurge({ id, at }, transport, io, bar.show);
    bar.stop();
    if (options.json) printJson(io, { ...order, session_purge: purge });
    else printLine(io, renderPurge(purge, painterFor(io.stdout, io.env)));
  } finally {
    bar.stop();
  }
}

/** Ends everything that somebody was given until now, whatever their role, once that is confirmed. */
export async function revoke(principal: string, options: RevokeOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const name = printable(principal);
  await confirmed(options, io, transport, {
    command: 'users revoke',
    consequences: [
      `Every access token and session that "${name}" was given until now is worth nothing at the gateway any more.`,
      `"${name}" can sign in again, unless the account is disabled where it is kept.`,
    ],
    question: `Revoke "${name}"?`,
  });
  const { idempotencyKey = randomUUID(), ifMatch } = options;
  const call = {
    method: 'POST',
    path: '/revocations',
    body: { principal },
    idempotencyKey,
    ifMatch,
  } as const;
  const answer = await transport.send(call);
  if (options.json) return printJson(io, answer);
  const before = textOf(answer.revoked_before) ?? 'now';
  printLine(io, printable(`Revoked: what "${name}" was given before ${before} is worth nothing.`));
}
