import { z } from 'zod';
import { CorruptLogError } from '../../core/errors.ts';
import type { MaintenanceEvent } from '../../core/events/event.ts';
import { EVENT_TYPES } from '../../core/events/event-types.ts';
import { storedState } from '../../core/state/schemas.ts';

/**
 * An event as the table and its stream hold it: `pk` the log, `sk` the event's number, and JSON texts.
 * The state has an attribute of its own, because that is all that the authorizer reads; so has the answer kept for
 * an idempotency key, because it is of no interest to those who are told of the event.
 */
export type EventItem = Readonly<
  Record<string, { readonly S?: string | undefined; readonly N?: string | undefined }>
>;

/** The partition of the table that holds a log, and nothing else. */
export function partitionOf(scope: string): string {
  return `EVENTS#${scope}`;
}

/** Writes an event as an item; `eventOf` is the way back. */
export function itemOf(scope: string, sealed: MaintenanceEvent) {
  const { number, id, hash, state, idempotency, ...event } = sealed;
  const { answer, ...request } = idempotency ?? {};
  return {
    pk: { S: partitionOf(scope) },
    sk: { N: String(number) },
    id: { S: id },
    event: { S: JSON.stringify({ ...event, idempotency: idempotency && request }) },
    state: { S: JSON.stringify(state) },
    hash: { S: hash },
    ...(answer === undefined ? {} : { answer: { S: JSON.stringify(answer) } }),
  };
}

/** Reads an event from an item; throws CorruptLogError when it isn't one. Its hash is left to `verifyChain`. */
export function eventOf(item: EventItem): MaintenanceEvent {
  const number = Number(item.sk?.N);
  const content = contentOf(item, number);
  assertMaintenanceEvent(content, number);
  return content;
}

function contentOf({ id, event, state, hash, answer }: EventItem, number: number): unknown {
  try {
    const { idempotency, ...rest } = JSON.parse(event?.S ?? '');
    return {
      ...rest,
      number,
      id: id?.S,
      state: JSON.parse(state?.S ?? ''),
      idempotency: answer?.S === undefined ? idempotency : { ...idempotency, answer: JSON.parse(answer.S) },
      hash: hash?.S,
    };
  } catch (cause) {
    throw new CorruptLogError(number, `Event ${number} can't be read.`, { cause });
  }
}

/** Checks without changing: what is hashed has to stay as it was written, members of later versions included. */
function assertMaintenanceEvent(content: unknown, number: number): asserts content is MaintenanceEvent {
  const { success, data, error } = eventSchema.safeParse(content);
  if (!success) {
    throw new CorruptLogError(number, `Event ${number} isn't one: ${z.prettifyError(error)}`, {
      cause: error,
    });
  }
  if (data.state.version !== number) {
    throw new CorruptLogError(number, `Event ${number} holds the state of version ${data.state.version}.`);
  }
}

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const eventSchema = z.looseObject({
  number: z.number().int().min(1),
  id: z.string().min(1),
  type: z.enum(EVENT_TYPES),
  /** Milliseconds since the epoch. */
  at: z.number().int(),
  actor: z.looseObject({
    id: z.string(),
    role: z.enum(['admin', 'worker', 'member', 'anonymous', 'system']),
    via: z.enum(['api', 'direct', 'clock']),
  }),
  reason: z.string().nullable(),
  maintenanceId: z.string().nullable(),
  details: z.looseObject({}),
  state: storedState,
  idempotency: z.looseObject({ key: z.string(), requestHash: z.string() }).nullable(),
  previousHash: sha256,
  hash: sha256,
});
