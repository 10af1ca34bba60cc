import { describeOperation, type OperationType } from '../messages/operation-texts.ts';
import { type Language, REFUSAL_MESSAGES } from '../messages/registry.ts';
import { plannedEnd, publicReasonOf } from '../state/state.ts';
import { rfc3339, templateSafeJson, truncate } from '../text.ts';
import type { RefusalFacts } from './refusal-facts.ts';
import { refusalPage, refusalPolicy } from './refusal-page.ts';

/** The 503 that a blocked caller gets. Its form is that of RFC 9457. */
export interface Refusal {
  /** `application/problem+json` or `text/html; charset=utf-8`. */
  readonly contentType: string;
  readonly body: string;
  readonly language: Language;
  /** The Content-Security-Policy that the body needs, and no more. */
  readonly policy: string;
  /** Seconds. */
  readonly retryAfter: number;
}

const MAX_INSTANCE_LENGTH = 200;
/** API Gateway takes about 8 KB of authorizer result; the rest of the result needs some of it. */
const MAX_BODY_BYTES = 7000;

/**
 * Builds the refusal. Its body, escaped once more into the authorizer's result, stays under 7 000 bytes:
 * where the texts of the operation type are too long for that, they give way to brief ones.
 *
 * @param texts what is said about the operation type
 */
export function buildRefusal(
  facts: RefusalFacts,
  texts = describeOperation(facts.operation, facts.language),
): Refusal {
  const isPage = facts.form === 'html';
  const render = isPage ? refusalPage : renderJson;
  const full = render(facts, texts);
  const body = embeddedSize(full) <= MAX_BODY_BYTES ? full : render(facts, briefTexts(facts));
  return {
    contentType: isPage ? 'text/html; charset=utf-8' : 'application/problem+json',
    body,
    language: facts.language,
    policy: isPage ? refusalPolicy(facts) : NOTHING_TO_LOAD,
    retryAfter: facts.retryAfter,
  };
}

/** The Content-Security-Policy of whatever is no page. */
export const NOTHING_TO_LOAD = "default-src 'none'; frame-ancestors 'none'";

/** Bytes that a text takes inside a JSON document. */
function embeddedSize(text: string): number {
  return new TextEncoder().encode(JSON.stringify(text)).length;
}

/** What is said when there is no room for more. */
function briefTexts({ operation, language }: RefusalFacts): OperationType {
  return {
    name: truncate(operation, 64),
    description: '',
    userMessage: REFUSAL_MESSAGES[language].brief,
    suggestion: '',
  };
}

function renderJson(facts: RefusalFacts, type: OperationType): string {
  const { maintenance, version, retryAfter, now } = facts;
  const end = plannedEnd(maintenance);
  return templateSafeJson({
    type: 'urn:problem:maintenance-active',
    title: REFUSAL_MESSAGES[facts.language].title,
    status: 503,
    detail: type.userMessage,
    instance: truncate(facts.instance, MAX_INSTANCE_LENGTH),
    error: 'maintenance_active',
    maintenance_active: true,
    message: type.userMessage,
    retry_after: retryAfter,
    timestamp: rfc3339(now),
    maintenance: {
      mode: maintenance.mode,
      reason: publicReasonOf(maintenance),
      started_at: rfc3339(maintenance.startedAt),
      estimated_completion: end === null ? null : rfc3339(end),
      version,
    },
    credential: facts.credential,
    operation: { type: type.name, description: type.description, suggestion: type.suggestion },
  });
}
