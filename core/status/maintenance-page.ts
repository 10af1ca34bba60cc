import { blockedOperations } from '../decision/decide.ts';
import { BLOCKABLE_OPERATIONS } from '../decision/operations.ts';
import type { PageMessages } from '../messages/messages.ts';
import { type Language, PAGE_MESSAGES } from '../messages/registry.ts';
import { effective } from '../state/clock.ts';
import { type Maintenance, ownOperations, plannedEnd, publicReasonOf, type State } from '../state/state.ts';
import { escapeHtml, readableUtc, rfc3339 } from '../text.ts';
import { SCRIPT, STYLE } from './maintenance-page-assets.ts';
import type { NextWindow, StatusView } from './schemas.ts';
import { nextWindow } from './status-view.ts';

/** What is known of maintenance when the page is made; the state is null where nothing is. */
interface PageFacts {
  readonly state: State | null;
  readonly source: StatusView['state_source'];
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly language: Language;
}

/** The page for everybody who waits for maintenance to end, or wants to know when the next one begins. */
export function maintenancePage(facts: PageFacts): string {
  const { language } = facts;
  const say = PAGE_MESSAGES[language];
  const title = headline(facts, say);
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<noscript><meta http-equiv="refresh" content="60"></noscript>
<title>${title}</title>
<style>${STYLE.text}</style>
</head>
<body>
<main>
${content(facts, title, say)}
<p id="news" role="status" class="unseen"></p>
<p id="trouble" role="status" class="note" hidden>${say.unreachable}</p>
<footer>
<p><a href="./">${say.startPage}</a></p>
<p class="scripted">${say.updates}</p><noscript><p>${say.updatesWithoutScript}</p></noscript>
</footer>
</main>
<script type="module">${SCRIPT.text}</script>
</body>
</html>
`;
}

/** What the script takes anew when the status says something else than `data-key`. */
function content(facts: PageFacts, title: string, say: PageMessages): string {
  const { state, source, now } = facts;
  const seen = state === null ? null : effective(state, now);
  const maintenance = seen?.maintenance ?? null;
  const next = seen === null ? null : nextWindow(seen.windows);
  return [
    `<div id="content" data-now="${now}" data-key="${state === null ? 'unknown' : keyOf(facts, state)}">`,
    `<h1 class="${signOf(maintenance, state)}">${title}</h1>`,
    source === 'last_known' && state !== null ? `<p class="note">${say.lastKnown}</p>` : '',
    state === null ? `<p>${say.unknownText}</p>` : '',
    state !== null && maintenance === null ? `<p>${say.operationalText}</p>` : '',
    maintenance === null || state === null ? '' : progress(maintenance, state, now, say),
    next === null ? '' : announcement(next, say),
    `<p class="made">${say.asOf} ${timeTag(now)}</p>`,
    '</div>',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** What of the status the content depends on, as the script makes it of the status itself. */
function keyOf({ source, now }: PageFacts, state: State): string {
  const { maintenance, windows } = effective(state, now);
  const next = nextWindow(windows);
  const coming = next === null ? '' : next.id + next.starts_at;
  return escapeHtml(
    [state.version, maintenance !== null, maintenance?.mode ?? 'normal', source, coming].join(),
  );
}

function headline({ state, now }: PageFacts, say: PageMessages): string {
  if (state === null) return say.unknown;
  const { maintenance } = effective(state, now);
  if (maintenance === null) return say.operational;
  return { normal: say.maintenance, emergency: say.emergency, test: say.rehearsal }[maintenance.mode];
}

function signOf(maintenance: Maintenance | null, state: State | null): string {
  if (state === null) return 'unknown';
  return maintenance === null || maintenance.mode === 'test' ? 'operational' : maintenance.mode;
}

function progress(maintenance: Maintenance, state: State, now: number, say: PageMessages): string {
  if (maintenance.mode === 'test') return `<p>${say.rehearsalText}</p>`;
  return [
    `<section><h2>${say.reason}</h2><blockquote>${escapeHtml(publicReasonOf(maintenance))}</blockquote></section>`,
    `<section><h2>${say.when}</h2>${howLong(maintenance, now, say)}</section>`,
    maintenance.mode === 'emergency' ? `<p>${say.nothingAvailable}</p>` : whatGoesOn(maintenance, state, say),
  ].join('\n');
}

function howLong(maintenance: Maintenance, now: number, say: PageMessages): string {
  const end = plannedEnd(maintenance);
  const since = `<dt>${say.since}</dt><dd>${timeTag(maintenance.startedAt)}</dd>`;
  if (end === null) return `<dl>${since}</dl><p>${say.noEnd}</p>`;
  const until = `<dt>${say.expectedEnd}</dt><dd>${timeTag(end)}</dd>`;
  if (end <= now) return `<dl>${since}${until}</dl><p>${say.overdue}</p>`;
  const left = `${say.timeLeft}: <span id="left" role="timer" data-until="${rfc3339(end)}"></span>`;
  return `<dl>${since}${until}</dl><p class="scripted">${left}</p>`;
}

function whatGoesOn(maintenance: Maintenance, state: State, say: PageMessages): string {
  const own = ownOperations(state);
  const paused = blockedOperations(maintenance, own);
  const open = [...BLOCKABLE_OPERATIONS, ...own].filter((operation) => !paused.includes(operation));
  const available = ['read_operations', ...open, 'authentication', 'admin_operations'];
  return `<section><h2>${say.paused}</h2>${list(paused, say)}</section>
<section><h2>${say.available}</h2>${list(available, say)}</section>`;
}

function list(operations: readonly string[], { operations: names }: PageMessages): string {
  const nameOf = (operation: string): string =>
    Object.hasOwn(names, operation)
      ? names[operation as keyof typeof names]
      : escapeHtml(operation.replaceAll('_', ' '));
  return `<ul>${operations.map((operation) => `<li>${nameOf(operation)}</li>`).join('')}</ul>`;
}

function announcement({ starts_at, ends_at, reason, mode }: NextWindow, say: PageMessages): string {
  return `<section><h2>${say.next}</h2>
<dl><dt>${say.from}</dt><dd>${timeTag(Date.parse(starts_at))}</dd><dt>${say.until}</dt><dd>${timeTag(Date.parse(ends_at))}</dd></dl>
<blockquote>${escapeHtml(reason)}</blockquote>${mode === 'test' ? `<p>${say.nextRehearsal}</p>` : ''}</section>`;
}

function timeTag(instant: number): string {
  return `<time datetime="${rfc3339(instant)}">${readableUtc(instant)}</time>`;
}
