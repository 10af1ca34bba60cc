import { commandAnswer } from '../../core/commands/answer.ts';
import { type CommandType, parseCommand } from '../../core/commands/parse-command.ts';
import { commandResult } from '../../core/commands/result.ts';
import { type CommandRequest, type Dependencies, executeCommand } from '../../core/events/append-change.ts';
import { invalidRequest } from '../../core/http/problem.ts';
import type { PurgeRecord } from '../../core/purge/record.ts';
import type { ActiveJobs } from '../http/active-jobs.ts';
import type { Caller } from '../http/caller.ts';
import { expectedVersion, idempotencyKey, requestHash } from '../http/preconditions.ts';
import { json, type ProxyEvent, type ProxyResult } from '../http/proxy-event.ts';
import { readBody } from '../http/read-body.ts';

/** Carries out the command that a request asks for. Throws HttpProblem or StoreUnavailableError. */
export async function runCommand(
  type: CommandType,
  event: ProxyEvent,
  caller: Caller,
  dependencies: Dependencies & {
    readonly purging: () => Promise<PurgeRecord | null>;
    readonly activeJobs: ActiveJobs;
  },
  status = 200,
): Promise<ProxyResult> {
  const body = readBody(event);
  const parsed = parseCommand(type, body);
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const command = parsed.value;
  const key = idempotencyKey(event);
  // Found out while the log is read, so that hardly anybody waits for it.
  const facts = Promise.all([dependencies.purging(), dependencies.activeJobs()]);
  const request: CommandRequest = {
    command,
    actor: { ...caller.principal, via: 'api' },
    expectedVersion: expectedVersion(event),
    idempotency: key === undefined ? undefined : { key, requestHash: requestHash(type, body) },
    answer: async (accepted, before) => commandAnswer(command, accepted, before, ...(await facts)),
  };
  const outcome = await executeCommand(dependencies, request);
  const { answer, version, isRepeated } = commandResult(outcome, dependencies.now());
  return json(status, answer, {
    'X-Maintenance-Version': String(version),
    ...(isRepeated ? { 'Idempotent-Replayed': 'true' } : {}),
  });
}
