import { isObject, type JsonObject, numberOf, textOf } from '../json-object.ts';
import { type Paint, printable } from './painter.ts';
import { readableInstant } from './status.ts';

/**
 * One event for people: what happened, when, by whom, why.
 *
 * @param now ms since the epoch
 */
export function renderEvent(event: JsonObject, now: number, paint: Paint): string {
  const number = numberOf(event.number) ?? '?';
  const type = textOf(event.type) ?? 'unknown';
  const at = textOf(event.at) ?? '';
  const reason = textOf(event.reason);
  const lines = [
    `#${number} ${paint('bold', type)}  ${readableInstant(at, now)}, by ${byWhom(event.actor)}`,
    ...(reason === null ? [] : [`    ${reason.replaceAll('\n', '\n    ')}`]),
  ];
  return printable(lines.join('\n'));
}

function byWhom(actor: unknown): string {
  if (!isObject(actor)) return 'somebody';
  const id = textOf(actor.id) ?? 'somebody';
  return actor.via === 'direct' ? `${id} (direct)` : id;
}
