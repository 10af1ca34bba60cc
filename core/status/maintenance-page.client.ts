/**
 * What the maintenance page does where the visitor's browser runs scripts: it shows instants in their time zone and
 * counts down, asks for the status every 15 s (12 to 18, drawn once; more rarely while nobody answers, and not while the
 * page is hidden), and takes its content anew when that says something else than is shown. What was fetched is put in
 * as a parsed document: scripts in it would not run.
 *
 * A status is only taken for known once the page agrees with it: caches may give an older page than status for seconds.
 */

interface Status {
  readonly version: number;
  readonly is_active: boolean;
  readonly mode: string;
  readonly state_source: string;
  readonly next_window: { readonly id: string; readonly starts_at: string } | null;
  readonly as_of: string;
}

const MAX_PAUSE_MS = 120_000;

const find = <T extends HTMLElement | null = HTMLElement>(selector: string, from: Document = document) =>
  from.querySelector(selector) as T;
const twoDigits = (number: number): string => String(number).padStart(2, '0');

const language = document.documentElement.lang;
const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
const usualPause = 15_000 * (0.8 + Math.random() * 0.4);
let pause = usualPause;
let tag: string | null = null;
/** How far our clock is ahead of the browser's, ms. */
let ahead = Number(find('#content').dataset.now) - Date.now();
let isLate = false;

function localise(): void {
  for (const time of document.querySelectorAll('time')) {
    time.textContent = new Date(time.dateTime).toLocaleString(language, {
      dateStyle: 'full',
      timeStyle: 'short',
    });
  }
  isLate = false;
  count();
}

function count(): void {
  const left = find<HTMLElement | null>('#left');
  if (!left) return;
  const until = Date.parse(left.dataset.until as string);
  const seconds = Math.max(0, Math.ceil((until - ahead - Date.now()) / 1000));
  const minutes = Math.floor(seconds / 60);
  const parts = [String(Math.floor(minutes / 60)), twoDigits(minutes % 60)];
  const text = (isStill ? parts : [...parts, twoDigits(seconds % 60)]).join(':');
  if (left.textContent !== text) left.textContent = text;
  if (seconds > 0 || isLate) return;
  isLate = true;
  tag = null;
}

function shownKey(): string | undefined {
  return find('#content').dataset.key;
}

async function takeAnew(): Promise<void> {
  const answer = await fetch('maintenance', { cache: 'no-cache', credentials: 'omit' });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const content = find<HTMLElement | null>('#content', page);
  if (!content) throw new Error('That was no maintenance page.');
  const before = find('h1').textContent;
  document.title = page.title;
  find('#content').replaceWith(document.adoptNode(content));
  ahead = Number(content.dataset.now) - Date.now();
  const headline = find('h1').textContent;
  if (headline !== before) find('#news').textContent = headline;
  localise();
}

function keyOf({ version, is_active, mode, state_source, next_window }: Status): string {
  const coming = next_window ? next_window.id + next_window.starts_at : '';
  return [version, is_active, mode, state_source, coming].join();
}

async function observe(): Promise<void> {
  const answer = await fetch('api/maintenance/status', {
    headers: tag === null ? {} : { 'If-None-Match': tag },
    cache: 'no-store',
    credentials: 'omit',
  });
  if (answer.status === 304) return;
  if (!answer.ok && answer.status !== 503) throw new Error('No status.');
  const status: Status | null = answer.ok ? await answer.json() : null;
  const key = status === null ? 'unknown' : keyOf(status);
  if (isLate || key !== shownKey()) await takeAnew();
  if (status === null) return;
  ahead = Date.parse(status.as_of) - Date.now();
  if (key === shownKey()) tag = answer.headers.get('etag');
}

async function watch(): Promise<void> {
  const trouble = find('#trouble');
  try {
    if (!document.hidden) await observe();
    trouble.hidden = true;
    pause = usualPause;
  } catch {
    trouble.hidden = false;
    pause = Math.min(pause * 2, MAX_PAUSE_MS);
  }
  setTimeout(watch, pause);
}

localise();
setInterval(count, 1000);
setTimeout(watch, pause);
