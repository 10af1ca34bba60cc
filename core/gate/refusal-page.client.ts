/**
 * What the HTML form of the 503 does beyond showing its text, where the visitor's browser runs scripts: it shows the
 * expected end in their time zone with the time that is left, and asks every 15 s (12 to 18, drawn once; more rarely
 * while nobody answers, and not while the page is hidden) whether what was blocked is open again.
 *
 * `#u`: link to the start page, beside which the API is. `#o`: live region, with what it is to say. `#c`: time left.
 * `#k`: button that goes back. No `$` in the text that is sent: API Gateway gives it a meaning.
 */

/** What is done when it is open again; scripts/page-assets.ts puts it in its place. */
declare function goOn(): void;

interface Status {
  readonly is_active: boolean;
  readonly test_mode: boolean;
  readonly blocked_operations: readonly string[];
}

const MAX_PAUSE_MS = 120_000;

const find = <T extends HTMLElement | null = HTMLElement>(selector: string) =>
  document.querySelector(selector) as T;
const twoDigits = (number: number): string => String(number).padStart(2, '0');

const { now, op } = document.body.dataset as { readonly now: string; readonly op: string };
const status = new URL('api/maintenance/status', find<HTMLAnchorElement>('#u').href);
/** How far the browser's clock is behind ours, ms. */
const behind = Number(now) - Date.now();
const usualPause = 15_000 * (0.8 + Math.random() * 0.4);
let pause = usualPause;
let tag: string | null = null;

const back = find<HTMLElement | null>('#k');
if (back) {
  back.hidden = false;
  back.addEventListener('click', () => history.back());
}

const end = find<HTMLTimeElement | null>('time');
if (end) {
  const endsAt = Date.parse(end.dateTime);
  end.textContent = new Date(endsAt).toLocaleString(document.documentElement.lang, {
    dateStyle: 'medium',
    timeStyle: 'short',
  });
  setInterval(() => {
    const seconds = Math.max(0, Math.ceil((endsAt - behind - Date.now()) / 1000));
    const minutes = Math.floor(seconds / 60);
    const left = [Math.floor(minutes / 60), twoDigits(minutes % 60), twoDigits(seconds % 60)].join(':');
    find('#c').textContent = '('.concat(left, ')');
  }, 1000);
}

async function isOpen(): Promise<boolean> {
  const answer = await fetch(status, {
    headers: tag ? { 'If-None-Match': tag } : {},
    cache: 'no-store',
    credentials: 'omit',
  });
  if (answer.status === 304) return false;
  if (answer.status !== 200) throw new Error();
  const { is_active, test_mode, blocked_operations }: Status = await answer.json();
  tag = answer.headers.get('etag');
  return !is_active || test_mode || (op !== 'admin_operations' && !blocked_operations.includes(op));
}

async function watch(): Promise<void> {
  if (!document.hidden) {
    try {
      if (await isOpen()) {
        goOn();
        return;
      }
      pause = usualPause;
    } catch {
      pause = Math.min(pause * 2, MAX_PAUSE_MS);
    }
  }
  setTimeout(watch, pause);
}

setTimeout(watch, pause);
