import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { JsonObject } from '../json-object.ts';
import type { Call, Transport } from './transport.ts';

/** The state of maintenance as `GET /status` answers it. */
export async function readStatus(transport: Transport): Promise<JsonObject> {
  return await sendForStatus(transport, { method: 'GET', path: '/status' });
}

/** Sends a call that is answered by a status; throws CliError when the answer is none. */
export async function sendForStatus(transport: Transport, call: Call): Promise<JsonObject> {
  return asStatus(await transport.send(call), transport.target);
}

/** An answer that is a status; throws CliError when it is none. */
export function asStatus(answer: JsonObject, target: string): JsonObject {
  if (typeof answer.is_active === 'boolean' && typeof answer.mode === 'string') return answer;
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'malformed_answer',
    message: `${target} answered, but not with a maintenance status.`,
    remedy: 'Is it the address of an API behind maintenance mode, and not of something else?',
  });
}
