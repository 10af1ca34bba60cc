import { commandAnswer } from '../../core/commands/answer.ts';
import type { Command } from '../../core/commands/command.ts';
import { executeCommand } from '../../core/events/append-change.ts';
import type { Answered, Call } from '../http/api-handler.ts';
import { requestHash } from '../http/preconditions.ts';
import { changeState } from './change-state.ts';
import type { ControlParts } from './parts.ts';

/** Carries out the command that a call asks for. Throws HttpProblem or StoreUnavailableError. */
export function runCommand(
  command: Command,
  call: Call,
  { events, now, newId, purging, activeJobs, deployed }: ControlParts,
): Promise<Answered> {
  return changeState(call, requestHash(command.type, call.sent), now, (conditions) => {
    // Found out while the log is read, so that hardly anybody waits for it.
    const facts = Promise.all([purging(), activeJobs()]);
    return executeCommand(
      { log: events, now, newId },
      {
        ...conditions,
        command,
        answer: async (accepted, before) =>
          commandAnswer(command, accepted, before, ...(await facts), deployed),
      },
    );
  });
}
