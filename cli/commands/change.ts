import { randomUUID } from 'node:crypto';
import type { Io } from '../io.ts';
import { type JsonObject, textsOf } from '../json-object.ts';
import type { CommonOptions, DirectOptions } from '../options/common-options.ts';
import { confirmed } from '../prompts/confirm.ts';
import { printLine, printNote } from '../render/output.ts';
import { renderEnd } from '../render/status.ts';
import { inCommandWords } from '../transport/api-words.ts';
import { openTransport } from '../transport/open-transport.ts';
import { sendForStatus } from '../transport/read-status.ts';
import type { Transport } from '../transport/transport.ts';
import { showStatus } from './status.ts';

/** What every command takes that changes the state. */
export interface ChangeOptions extends CommonOptions, DirectOptions {
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
}

/** What describes a maintenance to be. */
export interface PlanOptions extends CommonOptions, DirectOptions {
  readonly reason: string;
  readonly publicReason?: string;
  readonly mode: 'normal' | 'test';
  readonly duration?: number;
  readonly endsAt?: string;
  readonly autoEnd?: true;
  readonly block?: readonly string[];
  readonly invalidateSessions: boolean;
  readonly notify: boolean;
  /** Seconds. */
  readonly drainDeadline?: number;
}

interface EnableOptions extends ChangeOptions, PlanOptions {}

interface EmergencyOptions extends ChangeOptions {
  readonly reason: string;
  readonly publicReason?: string;
  /** Seconds. */
  readonly gracePeriod: number;
  readonly terminateJobs: boolean;
  readonly yes?: true;
}

interface DisableOptions extends ChangeOptions {
  readonly yes?: true;
}

interface UpdateOptions extends ChangeOptions {
  readonly reason?: string;
  readonly publicReason?: string;
  readonly duration?: number;
  /** Seconds. */
  readonly extend?: number;
  readonly endsAt?: string;
  /** False takes the planned end away. */
  readonly end: boolean;
  readonly autoEnd?: boolean;
  readonly block?: readonly string[];
  readonly blockAll?: true;
  /** Seconds; false takes the deadline away. */
  readonly drainDeadline?: number | false;
}

/** The body of `POST /enable`; what is undefined is left out. */
export function enableBodyOf(options: PlanOptions): JsonObject {
  return {
    reason: options.reason,
    public_reason: options.publicReason,
    mode: options.mode,
    duration: options.duration,
    ends_at: options.endsAt,
    auto_end: options.autoEnd,
    blocked_operations: options.block,
    invalidate_sessions: options.invalidateSessions,
    notify_users: options.notify,
    drain_deadline: options.drainDeadline,
  };
}

/** Starts a maintenance or a test run. */
export async function enable(options: EnableOptions, io: Io): Promise<void> {
  const body = enableBodyOf(options);
  const transport = await openTransport(options, io, 'needed');
  await change(transport, { method: 'POST', path: '/enable', body }, options, io);
}

/** Closes the service to everybody but admins, once that is confirmed. */
export async function emergency(options: EmergencyOptions, io: Io): Promise<void> {
  const { reason, publicReason, terminateJobs, gracePeriod } = options;
  const body = {
    reason,
    public_reason: publicReason,
    terminate_jobs: terminateJobs,
    grace_period: gracePeriod,
  };
  const jobs = terminateJobs
    ? `Whoever listens on the event bus is told to stop jobs within ${gracePeriod} s.`
    : 'Running jobs go on.';
  const transport = await openTransport(options, io, 'needed');
  await confirmed(options, io, transport, {
    command: 'emergency',
    consequences: [
      'Every request but those of admins is refused, reads included.',
      'Access tokens and sessions of members from before are worth nothing at the gateway any more.',
      jobs,
    ],
    question: 'Declare the emergency?',
  });
  await change(transport, { method: 'POST', path: '/emergency', body }, options, io);
}

/** Goes back from emergency to normal mode. */
export async function deescalate(options: ChangeOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  await change(transport, { method: 'POST', path: '/deescalate', body: {} }, options, io);
}

/** Ends the maintenance, the emergency or the test run, once that is confirmed. */
export async function disable(options: DisableOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const version = await confirmed(options, io, transport, {
    command: 'disable',
    consequences: ['Maintenance ends for everybody, and blocked operations resume at once.'],
    question: 'End it?',
    isMoot: ({ is_active: isActive }) => isActive !== true,
  });
  const call = { method: 'POST', path: '/disable', body: {} } as const;
  await change(transport, call, { ifMatch: version, ...options }, io);
}

/** Changes the maintenance that is active; what is not named stays as it is. */
export async function update(options: UpdateOptions, io: Io): Promise<void> {
  const body = {
    reason: options.reason,
    public_reason: options.publicReason,
    duration: options.duration,
    extend: options.extend,
    ends_at: options.end ? options.endsAt : null,
    auto_end: options.autoEnd,
    blocked_operations: options.blockAll ? null : options.block,
    drain_deadline: options.drainDeadline === false ? null : options.drainDeadline,
  };
  const transport = await openTransport(options, io, 'needed');
  await change(transport, { method: 'PATCH', path: '', body }, options, io);
}

interface Change {
  readonly method: 'POST' | 'PATCH';
  readonly path: string;
  /** Undefined fields are left out. */
  readonly body: JsonObject;
}

async function change(
  transport: Transport,
  { method, path, body }: Change,
  options: ChangeOptions,
  io: Io,
): Promise<void> {
  const { idempotencyKey = randomUUID(), ifMatch } = options;
  const answer = await sendForStatus(transport, {
    method,
    path,
    body: JSON.parse(JSON.stringify(body)),
    idempotencyKey,
    ifMatch,
  });
  for (const warning of textsOf(answer.warnings))
    printNote(io, options, `Warning: ${inCommandWords(warning)}`);
  if (path === '/disable' && !options.json) printLine(io, renderEnd(answer));
  showStatus(answer, options, io);
}
