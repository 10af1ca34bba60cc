import type { OperationTexts } from '../messages/messages.ts';
import { type Language, REFUSAL_MESSAGES } from '../messages/registry.ts';
import { plannedEnd, publicReasonOf } from '../state/state.ts';
import { escapeHtml, readableUtc, rfc3339 } from '../text.ts';
import type { RefusalFacts } from './refusal-facts.ts';
import { COME_BACK, SAY_SO, STYLE } from './refusal-page-assets.ts';

/** How the page goes on when the service is available again. */
type Return = 'by-itself' | 'by-link' | 'by-going-back';

/**
 * Loading the page again is up to the page only where the visitor asked to look at something. What was sent, and what a
 * link was to change, waits for the visitor: it may long have been done otherwise.
 */
function returnOf({ method, operation }: RefusalFacts): Return {
  if (method !== 'GET' && method !== 'HEAD') return 'by-going-back';
  return operation === 'read_operations' || operation === 'admin_operations' ? 'by-itself' : 'by-link';
}

const scriptOf = (way: Return) => (way === 'by-itself' ? COME_BACK : SAY_SO);

/** The Content-Security-Policy of the page: its own style and script, and the status that the script asks for. */
export function refusalPolicy(facts: RefusalFacts): string {
  return (
    `default-src 'none'; script-src ${scriptOf(returnOf(facts)).source}; style-src ${STYLE.source}; ` +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  );
}

/** The refusal as a page: self-contained, whole without scripts, and without a way to send a form again. */
export function refusalPage(facts: RefusalFacts, type: OperationTexts): string {
  const { maintenance, retryAfter, language, now } = facts;
  const say = REFUSAL_MESSAGES[language];
  const way = returnOf(facts);
  const home = pathToRoot(facts.path);
  return [
    `<!doctype html><html lang="${language}"><head><meta charset=utf-8>`,
    '<meta name=viewport content="width=device-width,initial-scale=1"><meta name=robots content=noindex>',
    way === 'by-itself' ? `<noscript><meta http-equiv=refresh content=${retryAfter}></noscript>` : '',
    `<title>${say.title}</title><style>${STYLE.text}</style></head>`,
    `<body data-now=${now} data-op="${escapeHtml(facts.operation)}"><main><h1>${say.title}</h1>`,
    `<p>${escapeHtml(type.userMessage)}</p><blockquote>${escapeHtml(publicReasonOf(maintenance))}</blockquote>`,
    `<p>${endText(plannedEnd(maintenance), now, language)} ${say.wait(Math.ceil(retryAfter / 60))}`,
    way === 'by-itself' ? ` ${say.comesBack}` : '',
    `</p><p>${escapeHtml(type.suggestion)}`,
    way === 'by-going-back' ? ` ${say.notCarriedOut}` : '',
    `</p><p id=o role=status data-text="${say.available}"></p><p>`,
    way === 'by-link' ? `<a href="">${say.tryAgain}</a> · ` : '',
    way === 'by-going-back' ? `<button id=k hidden>${say.goBack}</button> ` : '',
    `<a id=u href="${home}">${say.startPage}</a> · <a href="${home}maintenance">${say.more}</a></p></main>`,
    `<script type=module>${scriptOf(way).text}</script></body></html>`,
  ].join('');
}

function endText(end: number | null, now: number, language: Language): string {
  const say = REFUSAL_MESSAGES[language];
  if (end === null) return say.noEnd;
  if (end <= now) return say.overdue;
  return `${say.expectedEnd} <time datetime="${rfc3339(end)}">${readableUtc(end)}</time> <span id=c role=timer></span>.`;
}

const DEEPEST = 20;

/**
 * The relative link from a path to the root of the API, since only the browser knows whether a stage's name stands before
 * it. Paths that are too deep to be real get the root of the host.
 */
function pathToRoot(path: string): string {
  const depth = path.split('/').length - 2;
  if (depth > DEEPEST) return '/';
  return depth <= 0 ? './' : '../'.repeat(depth);
}
