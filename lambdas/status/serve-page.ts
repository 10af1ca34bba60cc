import { StoreUnavailableError } from '../../core/errors.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import type { CachedState, StateCache } from '../../core/state/state-cache.ts';
import { maintenancePage } from '../../core/status/maintenance-page.ts';
import { SCRIPT, STYLE } from '../../core/status/maintenance-page-assets.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { empty, headerValues, type ProxyEvent, type ProxyResult } from '../http/proxy-event.ts';

const ALLOWED = 'GET, HEAD, OPTIONS';
/** Seconds after which to try again when nothing is known. */
const RETRY_AFTER_S = 5;

/** Only the page's own script and style, and calls to where it came from. */
const POLICY =
  `default-src 'none'; script-src ${SCRIPT.source}; style-src ${STYLE.source}; connect-src 'self'; ` +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * The maintenance page, by the newest state or the last known one; where there is none, a page that says so. It has no
 * entity tag: a browser that kept the page would count down from an instant that is long past.
 */
export async function servePage(
  event: ProxyEvent,
  { states, now }: { readonly states: Pick<StateCache, 'get'>; readonly now: () => number },
): Promise<ProxyResult> {
  const { httpMethod: method } = event;
  if (method === 'OPTIONS') return empty(204, { Allow: ALLOWED });
  if (method !== 'GET' && method !== 'HEAD') {
    throw new HttpProblem('method_not_allowed', `This path takes ${ALLOWED} only.`, {
      headers: { Allow: ALLOWED },
    });
  }
  const language = preferredLanguage(headerValues(event, 'accept-language'));
  const known = await stateOf(states);
  const source = known?.source ?? 'last_known';
  return {
    statusCode: known === null ? 503 : 200,
    headers: {
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': language,
      'Content-Security-Policy': POLICY,
      'Referrer-Policy': 'no-referrer',
      Vary: 'Origin, Accept-Language',
      ...(known === null
        ? { 'Cache-Control': 'no-store', 'Retry-After': String(RETRY_AFTER_S) }
        : { 'Cache-Control': 'public, max-age=5' }),
    },
    body: maintenancePage({ state: known?.state ?? null, source, now: now(), language }),
    isBase64Encoded: false,
  };
}

async function stateOf(states: Pick<StateCache, 'get'>): Promise<CachedState | null> {
  try {
    return await states.get();
  } catch (error) {
    if (error instanceof StoreUnavailableError) return null;
    throw error;
  }
}
