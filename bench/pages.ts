import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { buildRefusal } from '../core/gate/refusal.ts';
import type { RefusalFacts } from '../core/gate/refusal-facts.ts';
import { NOBODY } from '../core/identity/identity.ts';
import { OPERATION_TYPES } from '../core/messages/operation-texts.ts';
import { LANGUAGES, type Language } from '../core/messages/registry.ts';
import type { NormalMaintenance } from '../core/state/state.ts';
import { maintenancePage } from '../core/status/maintenance-page.ts';
import { statusView } from '../core/status/status-view.ts';
import { respond } from '../lambdas/authorizer/respond.ts';
import { refusalCors } from '../lambdas/http/refusal-cors.ts';
import { PROJECT } from './support/fixtures.ts';
import { PRICE_DATE, PRICES } from './support/prices.ts';
import type { Section } from './support/report.ts';

const NOW = Date.UTC(2026, 0, 15, 10);
/** Bytes: what the 503 may have with an ordinary reason, and API Gateway's limit for the whole result. */
const PAGE_LIMIT = 4000;
const RESULT_LIMIT = 8000;

const PAGES = 100_000;
/** Seconds between two questions of a page, and for which a cache may answer by itself. */
const INTERVAL = 15;
const KEPT = 5;
/** CloudFront's caches before the origin. Source: CloudFront developer guide, "regional edge caches". */
const REGIONAL_CACHES = 13;
/** Bytes of the headers of an answer, taken high. */
const HEADERS = 600;
/** What a call of the status costs behind the gateway. Assumed: ms and MB of both functions, and reads of tables. */
const CALL = { authorizer: { ms: 2, mb: 1769 }, status: { ms: 20, mb: 512 }, reads: 20 };

/** Sizes of what people's browsers get, and what it costs to keep many of them up to date. Nothing is timed. */
export async function benchPages(): Promise<Section> {
  const sizes = LANGUAGES.flatMap((language) => [
    measured(`maintenance page, ${language}`, page(language)),
    measured(`503 of a form, ${language}`, refusal(language, 'POST', 'caption_generation', USUAL)),
    measured(`503 of a page that reads, ${language}`, refusal(language, 'GET', 'read_operations', USUAL)),
    measured(`503, longest, reason of 500 letters, ${language}`, longest(language, 'r'.repeat(500))),
  ]);
  const status = JSON.stringify(statusOf());
  const worstPage = Math.max(...LANGUAGES.map((language) => bytes(longest(language, 'r'.repeat(500)))));
  const worstResult = Math.max(
    ...LANGUAGES.flatMap((language) =>
      ['"', '&', '\u2028', '😀', '\\'].map((one) => resultOf(language, one.repeat(500))),
    ),
  );
  const hour = costOfAnHour();
  writeReadme(
    `**${PAGES.toLocaleString('en')} open pages** that ask for the status every ${INTERVAL} s, through CloudFront, cost about ` +
      `$${hour.behind.toFixed(2)} an hour, all but $${hour.origin.toFixed(2)} of it CloudFront's requests; without it they would cost ` +
      `$${hour.direct.toFixed(0)} ([formula](docs/benchmarks.md#pages)).`,
  );
  return {
    title: 'Pages',
    method:
      'Bytes as they are sent, and compressed by gzip where something before the gateway does so. Nothing is timed.',
    columns: ['page', 'bytes', 'gzip'],
    rows: [...sizes, measured('status, JSON', status)],
    goals: [
      {
        goal: `503 with a reason of 500 letters < ${PAGE_LIMIT} bytes`,
        measured: String(worstPage),
        met: worstPage < PAGE_LIMIT,
      },
      {
        goal: `authorizer's result with a reason of 500 awkward characters < ${RESULT_LIMIT} bytes`,
        measured: String(worstResult),
        met: worstResult < RESULT_LIMIT,
      },
    ],
    notes: [hour.formula],
  };
}

const USUAL = 'Database upgrade';

function held(reason: string): NormalMaintenance {
  return {
    mode: 'normal',
    id: 'm-1',
    startedAt: NOW,
    startedBy: 'alice',
    notifyUsers: true,
    reason,
    endsAt: NOW + 1_800_000,
    autoEnd: false,
    blockedOperations: null,
  };
}

const stateOf = (reason: string) => ({
  version: 42,
  maintenance: held(reason),
  rules: null,
  sessionsInvalidBefore: NOW,
});

function page(language: Language): string {
  return maintenancePage({ state: stateOf(USUAL), source: 'event_log', now: NOW, language });
}

function factsOf(language: Language, method: string, operation: string, reason: string): RefusalFacts {
  const path = '/some/way/down/the/application';
  const wait = { retryAfter: 1804, now: NOW };
  const facts = { maintenance: held(reason), version: 42, operation, method, path, instance: path };
  return { ...facts, ...wait, form: 'html', language };
}

function refusal(language: Language, method: string, operation: string, reason: string): string {
  return buildRefusal(factsOf(language, method, operation, reason)).body;
}

/** The longest of all operation types. */
function longest(language: Language, reason: string): string {
  const all = OPERATION_TYPES.map(({ name }) => refusal(language, 'POST', name, reason));
  return all.reduce((one, other) => (bytes(other) > bytes(one) ? other : one));
}

function resultOf(language: Language, reason: string): number {
  const cors = refusalCors(`https://${'o'.repeat(240)}`, ['*']);
  const all = OPERATION_TYPES.map(({ name }) => {
    const refusal = factsOf(language, 'POST', name, reason);
    return bytes(JSON.stringify(respond({ effect: 'deny', identity: NOBODY, refusal }, () => cors)));
  });
  return Math.max(...all);
}

function statusOf(): object {
  return statusView(stateOf(USUAL), { now: NOW, forAdmin: false, source: 'event_log', activeJobs: 0 });
}

const bytes = (text: string): number => Buffer.byteLength(text);

function measured(name: string, text: string): string[] {
  return [name, bytes(text).toLocaleString('en'), gzipSync(text).length.toLocaleString('en')];
}

function costOfAnHour(): { behind: number; origin: number; direct: number; formula: string } {
  const asked = (PAGES / INTERVAL) * 3600;
  const passed = (REGIONAL_CACHES / KEPT) * 3600;
  const { authorizer, status, reads } = CALL;
  const invocations = [authorizer, status].reduce(
    (sum, { ms, mb }) => sum + PRICES.lambdaRequest + (ms / 1000) * (mb / 1024) * PRICES.lambdaGigabyteSecond,
    0,
  );
  const call = PRICES.gatewayRequest + invocations + reads * PRICES.tableRead;
  const traffic = ((asked * HEADERS) / 1e9) * PRICES.cdnGigabyte;
  const origin = passed * call;
  const behind = asked * PRICES.cdnRequest + traffic + origin;
  const formula = [
    `**Cost of ${PAGES.toLocaleString('en')} open pages**, an hour, prices of ${PRICE_DATE}: each asks every ${INTERVAL} s, ${asked.toLocaleString('en')} questions.`,
    '',
    `- CloudFront: that number × $${(PRICES.cdnRequest * 1e6).toFixed(2)} per million = $${(asked * PRICES.cdnRequest).toFixed(2)}, and ${HEADERS} bytes of headers each, since nearly all are a 304 without a body: $${traffic.toFixed(2)}.`,
    `- The gateway: an answer without credentials may be kept for ${KEPT} s, so each of ${REGIONAL_CACHES} regional edge caches asks once in that time: ${passed.toLocaleString('en')} calls × $${(call * 1e6).toFixed(2)} per million = $${origin.toFixed(2)}. A call is a request of API Gateway, ${authorizer.ms} ms of the authorizer, ${status.ms} ms of \`status\` and ${reads} reads (assumed).`,
    `- Without a cache in between: ${asked.toLocaleString('en')} such calls, $${(asked * call).toFixed(2)}.`,
  ].join('\n');
  return { behind, origin, direct: asked * call, formula };
}

const BEGIN = '<!-- pages:begin -->';
const END = '<!-- pages:end -->';

/** Puts the sentence between its marks in the README. */
function writeReadme(sentence: string): void {
  const readme = join(PROJECT, 'README.md');
  const text = readFileSync(readme, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin)
    throw new Error(`README.md has no place for the pages: ${BEGIN} … ${END}.`);
  writeFileSync(readme, `${text.slice(0, begin)}${BEGIN}\n${sentence}\n${text.slice(end)}`);
}
