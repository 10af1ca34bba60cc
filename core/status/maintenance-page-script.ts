/**
 * What the maintenance page does where the visitor's browser runs scripts: it shows instants in their time zone and
 * counts down, asks for the status every 15 s (12 to 18, drawn once; more rarely while nobody answers, and not while the
 * page is hidden), and takes its content anew when that says something else than is shown. What was fetched is put in
 * as a parsed document: scripts in it would not run.
 *
 * A status is only taken for known once the page agrees with it: caches may give an older page than status for seconds.
 */
export const PAGE_SCRIPT = `
const select = (selector, from = document) => from.querySelector(selector);
const language = document.documentElement.lang;
const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
const two = (number) => String(number).padStart(2, '0');
const usual = 15000 * (0.8 + Math.random() * 0.4);
let pause = usual;
let tag = null;
let ahead = Number(select('#content').dataset.now) - Date.now();
let isLate = false;

function localise() {
  for (const time of document.querySelectorAll('time')) {
    time.textContent = new Date(time.dateTime).toLocaleString(language, { dateStyle: 'full', timeStyle: 'short' });
  }
  isLate = false;
  count();
}

function count() {
  const left = select('#left');
  if (!left) return;
  const seconds = Math.max(0, Math.ceil((Date.parse(left.dataset.until) - ahead - Date.now()) / 1000));
  const minutes = Math.floor(seconds / 60);
  const text = Math.floor(minutes / 60) + ':' + two(minutes % 60) + (still ? '' : ':' + two(seconds % 60));
  if (left.textContent !== text) left.textContent = text;
  if (seconds > 0 || isLate) return;
  isLate = true;
  tag = null;
}

function shownKey() {
  return select('#content').dataset.key;
}

async function takeAnew() {
  const answer = await fetch('maintenance', { cache: 'no-cache', credentials: 'omit' });
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const content = select('#content', page);
  if (!content) throw new Error('That was no maintenance page.');
  const before = select('h1').textContent;
  document.title = page.title;
  select('#content').replaceWith(document.adoptNode(content));
  ahead = Number(content.dataset.now) - Date.now();
  if (select('h1').textContent !== before) select('#news').textContent = select('h1').textContent;
  localise();
}

async function look() {
  const answer = await fetch('api/maintenance/status', {
    headers: tag === null ? {} : { 'If-None-Match': tag },
    cache: 'no-store',
    credentials: 'omit',
  });
  if (answer.status === 304) return;
  if (!answer.ok && answer.status !== 503) throw new Error('No status: ' + answer.status);
  const status = answer.ok ? await answer.json() : null;
  const window = status?.next_window;
  const key = status === null ? 'unknown' : [status.version, status.is_active, status.mode, status.state_source, window ? window.id + window.starts_at : ''].join();
  if (isLate || key !== shownKey()) await takeAnew();
  if (status === null) return;
  ahead = Date.parse(status.as_of) - Date.now();
  if (key === shownKey()) tag = answer.headers.get('etag');
}

async function watch() {
  try {
    if (!document.hidden) await look();
    select('#trouble').hidden = true;
    pause = usual;
  } catch {
    select('#trouble').hidden = false;
    pause = Math.min(pause * 2, 120000);
  }
  setTimeout(watch, pause);
}

localise();
setInterval(count, 1000);
setTimeout(watch, pause);
`;
