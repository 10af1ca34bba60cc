import { describeOperation, type OperationType } from './operation.ts';
import { type Maintenance, plannedEnd } from './state.ts';
import { escapeHtml, rfc3339, templateSafeJson, truncate } from './text.ts';

/** The 503 that a blocked caller gets. Its form is that of RFC 9457. */
export interface Refusal {
  /** `application/problem+json` or `text/html; charset=utf-8`. */
  readonly contentType: string;
  readonly body: string;
  /** Seconds. */
  readonly retryAfter: number;
}

export interface RefusalFacts {
  readonly maintenance: Maintenance;
  /** The number of the event that the decision was made by. */
  readonly version: number;
  readonly operation: string;
  /** The path as called, or the rule's template where the path holds a secret. */
  readonly instance: string;
  /** Seconds to wait. */
  readonly retryAfter: number;
  readonly now: number;
  readonly form: 'json' | 'html';
}

const LONGEST_INSTANCE = 200;
/** API Gateway takes about 8 KB of authorizer result; the rest of the result needs some of it. */
const LARGEST_BODY = 7000;

/**
 * Builds the refusal. Its body, escaped once more into the authorizer's result, stays under 7 000 bytes:
 * where the texts of the operation type are too long for that, they give way to brief ones.
 *
 * @param texts what is said about the operation type
 */
export function buildRefusal(facts: RefusalFacts, texts = describeOperation(facts.operation)): Refusal {
  const render = facts.form === 'html' ? renderHtml : renderJson;
  const full = render(facts, texts);
  const body = embeddedSize(full) <= LARGEST_BODY ? full : render(facts, briefTexts(facts.operation));
  return {
    contentType: facts.form === 'html' ? 'text/html; charset=utf-8' : 'application/problem+json',
    body,
    retryAfter: facts.retryAfter,
  };
}

/** Bytes that a text takes inside a JSON document. */
function embeddedSize(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}

/** What is said when there is no room for more. */
function briefTexts(operation: string): OperationType {
  return {
    name: truncate(operation, 64),
    description: '',
    userMessage: 'Service under maintenance.',
    suggestion: '',
  };
}

function renderJson(facts: RefusalFacts, type: OperationType): string {
  const { maintenance, version, retryAfter, now } = facts;
  const end = plannedEnd(maintenance);
  return templateSafeJson({
    type: 'urn:problem:maintenance-active',
    title: 'Service under maintenance',
    status: 503,
    detail: type.userMessage,
    instance: truncate(facts.instance, LONGEST_INSTANCE),
    error: 'maintenance_active',
    maintenance_active: true,
    message: type.userMessage,
    retry_after: retryAfter,
    timestamp: rfc3339(now),
    maintenance: {
      mode: maintenance.mode,
      reason: maintenance.reason,
      started_at: rfc3339(maintenance.startedAt),
      estimated_completion: end === null ? null : rfc3339(end),
      version,
    },
    operation: { type: type.name, description: type.description, suggestion: type.suggestion },
  });
}

/** Self-contained, without scripts, and without a way to send a form again. */
function renderHtml(facts: RefusalFacts, type: OperationType): string {
  const { maintenance, retryAfter } = facts;
  const end = plannedEnd(maintenance);
  const back =
    end === null
      ? 'We do not know yet when it will be over.'
      : `Expected end: <time datetime="${rfc3339(end)}">${readableUtc(end)}</time>.`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex">',
    '<title>Service under maintenance</title><style>',
    ':root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1rem}',
    'h1{font-size:1.5rem}blockquote{margin:1rem 0;padding:.5rem 1rem;border-left:.25rem solid;white-space:pre-wrap;overflow-wrap:anywhere}',
    '</style></head><body><main><h1>Service under maintenance</h1>',
    `<p>${escapeHtml(type.userMessage)}</p><blockquote>${escapeHtml(maintenance.reason)}</blockquote>`,
    `<p>${back} Please wait ${readableWait(retryAfter)} before you try again.</p>`,
    `<p>${escapeHtml(type.suggestion)}</p><p><a href="/">Back to the start page</a></p></main></body></html>`,
  ].join('');
}

function readableUtc(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function readableWait(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}
