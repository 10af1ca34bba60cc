import type { IncomingMessage } from 'node:http';
import { readBody } from './read-body.ts';

/** A request that makes no sense; the message says what to send instead. */
export class BadRequest extends Error {
  override readonly name = 'BadRequest';
}

const MAX_BODY_BYTES = 64 * 1024;

/** The fields of a request to the local cloud's own API. @throws BadRequest */
export async function body(request: IncomingMessage): Promise<Record<string, unknown>> {
  const text = (await readBody(request, MAX_BODY_BYTES)).toString('utf8');
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Answered below, like JSON that is no object.
  }
  throw new BadRequest('The body must be a JSON object.');
}

/** Refuses fields that are not known. @throws BadRequest */
export function none(others: object, allowed: readonly string[]): void {
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new BadRequest(`There is no field ${unknown}; the fields are ${allowed.join(', ')}.`);
}
