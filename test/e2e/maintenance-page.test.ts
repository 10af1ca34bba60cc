import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { axe, openBrowser } from '../support/browser.ts';
import { Cloud } from '../support/cloud.ts';
import { patient } from '../support/patience.ts';

const HOSTILE = `</blockquote><script>document.title="owned"</script><img src=x onerror=alert(1)> "quoted" & $context\n漢字`;
/** Past the longest time between two questions of a page. */
const LONG_ENOUGH = 20_000;

let cloud: Cloud;
let browser: Browser;
beforeAll(async () => {
  [cloud, browser] = await Promise.all([Cloud.start(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});

let contexts: BrowserContext[] = [];
/** What pages have complained of, asked elsewhere for, or asked people. */
let complaints: string[] = [];
beforeEach(() => {
  contexts = [];
  complaints = [];
});
afterEach(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  await cloud.reset();
});

/** A page of a visitor of one's own, whose clock moves when the test says so. */
async function visitor(options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'America/New_York', ...options });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(patient(30_000));
  if (options.javaScriptEnabled !== false) await page.clock.install();
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // Chromium tells of every answer that is no success.
    if (message.type() === 'error' && !message.text().includes('503')) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(cloud.local.url)) complaints.push(`request: ${request.url()}`);
  });
  return page;
}

const at = (path: string) => `${cloud.local.url}${path}`;
const headline = (page: Page) => page.getByRole('heading', { level: 1 });
const soon = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

/** Looks at a page as each visitor may see it. */
async function looks(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 320, height: 640 },
    ]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize(viewport);
      found.push(...(await axe(page)));
      const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      if (Number(overflow) > 0) found.push(`${viewport.width}: ${overflow} pixels too wide`);
    }
  }
  return found;
}

describe('the maintenance page', () => {
  test.each([
    [
      'en-GB',
      'en',
      'No maintenance is active',
      'Maintenance in progress',
      'Emergency maintenance in progress',
    ],
    ['de-DE', 'de', 'Alle Systeme in Betrieb', 'Wartungsarbeiten', 'Notfallwartung'],
  ])('tells in %s how things are, and goes with them by itself', async (locale, language, ...heads) => {
    const [operational, normal, emergency] = heads as [string, string, string];
    const page = await visitor({ locale });
    await page.goto(at('/maintenance'));
    await headline(page).filter({ hasText: operational }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe(language);
    expect(await looks(page)).toEqual([]);

    await cloud.enable({ reason: HOSTILE, duration: 3600 });
    await page.clock.runFor(LONG_ENOUGH);
    await headline(page).filter({ hasText: normal }).waitFor();
    expect(await page.title()).toBe(normal);
    expect(await page.getByRole('status').first().textContent()).toBe(normal);
    expect(await page.locator('blockquote').textContent()).toBe(HOSTILE);
    expect(await page.getByRole('timer').textContent()).toMatch(/^(1:00|0:59)$|^(1:00|0:59):\d\d$/);
    expect(await page.locator('time').first().textContent()).toMatch(language === 'de' ? /Uhr|um/ : /at/);
    expect(await looks(page)).toEqual([]);

    await cloud.as('admin', 'POST', '/emergency', { reason: 'Data loss' });
    await page.clock.runFor(LONG_ENOUGH);
    await headline(page).filter({ hasText: emergency }).waitFor();
    expect(await looks(page)).toEqual([]);

    await cloud.reset();
    await page.clock.runFor(LONG_ENOUGH);
    await headline(page).filter({ hasText: operational }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('needs no script for the essentials, and says what is to come', async () => {
    const window = { reason: '<i>Monthly</i>', starts_at: soon(600), duration: 3600 };
    const { json } = await cloud.as('admin', 'POST', '/windows', window);
    await cloud.enable({ reason: 'Upgrade', duration: 600 });
    const page = await visitor({ javaScriptEnabled: false });
    await page.goto(at('/maintenance'));
    const text = (await page.locator('main').textContent()) ?? '';
    expect(text).toMatch(/Upgrade.*\d\d:\d\d UTC.*Paused until then.*Looking at what is there/s);
    expect(text).toContain('<i>Monthly</i>');
    expect(text).toContain('This page loads itself anew every minute.');
    expect(await page.getByText('Time left').isVisible()).toBe(false);
    expect(await page.locator('meta[http-equiv=refresh]').getAttribute('content')).toBe('60');
    await cloud.as('admin', 'DELETE', `/windows/${json.id}`, {});
    expect(complaints).toEqual([]);
  });

  test('says that it shows the last known state while the state store is away', async () => {
    await cloud.enable({ reason: 'Upgrade' });
    const page = await visitor();
    await page.goto(at('/maintenance'));
    await cloud.fault('dynamodb', 'down');
    try {
      // Another address, for which the browser has no answer of the last seconds.
      await page.goto(at('/maintenance?again'));
      expect(await page.locator('main').textContent()).toMatch(/Maintenance in progress.*what we knew last/s);
      expect(await looks(page)).toEqual([]);
    } finally {
      await cloud.fault('dynamodb', 'none');
    }
  });
});

describe('the 503 as a page', () => {
  test('of something to look at comes back by itself', async () => {
    await cloud.as('admin', 'POST', '/emergency', { reason: HOSTILE });
    await cloud.enforced();
    const page = await visitor({ locale: 'de-DE' });
    const answer = await page.goto(at('/gallery?page=2'));
    expect(answer?.status()).toBe(503);
    expect(answer?.headers()).toMatchObject({ 'content-language': 'de', 'cache-control': 'no-store' });
    expect(await headline(page).textContent()).toBe('Wartungsarbeiten');
    expect(await page.locator('blockquote').textContent()).toBe(HOSTILE);
    expect(await page.getByRole('link').allTextContents()).toEqual([
      'Zur Startseite',
      'Mehr zu dieser Wartung',
    ]);
    expect(await looks(page)).toEqual([]);

    const again = page.waitForResponse((response) => response.url().endsWith('/gallery?page=2'));
    await cloud.reset();
    await page.clock.runFor(LONG_ENOUGH);
    expect((await again).status()).toBe(404);
    expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
  });

  test('of a form is never sent again: the visitor goes back when the service is', async () => {
    await cloud.enable({ reason: 'Upgrade', duration: 600 });
    const page = await visitor();
    const form = '<form method="post" action="/start_caption_generation"><button>Start</button></form>';
    await page.route(at('/form'), (route) => route.fulfill({ contentType: 'text/html', body: form }));
    await page.goto(at('/form'));
    const before = (await cloud.received()).length;
    const sent: string[] = [];
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
    await page.getByRole('button', { name: 'Start' }).click();
    await headline(page).filter({ hasText: 'Service under maintenance' }).waitFor();
    expect(await page.locator('main').textContent()).toContain(
      'Nothing of what you sent has been carried out.',
    );
    expect(await page.getByRole('timer').textContent()).toMatch(/^\(0:\d\d:\d\d\)$|^$/);
    expect(await looks(page)).toEqual([]);

    await cloud.reset();
    await page.clock.runFor(LONG_ENOUGH);
    await page.getByRole('status').filter({ hasText: 'The service is available again.' }).waitFor();
    await page.clock.runFor(10 * LONG_ENOUGH);
    expect(sent).toHaveLength(1);
    const posts = (await cloud.received()).slice(before).filter(({ method }) => method === 'POST');
    expect(posts).toEqual([]);
    await page.getByRole('button', { name: 'Go back' }).click();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('is whole without scripts', async () => {
    await cloud.as('admin', 'POST', '/emergency', { reason: 'Data loss' });
    await cloud.enforced();
    const page = await visitor({ javaScriptEnabled: false });
    await page.goto(at('/gallery'));
    expect(await page.locator('main').textContent()).toMatch(/closed.*Data loss.*comes back by itself/s);
    expect(await page.locator('meta[http-equiv=refresh]').getAttribute('content')).toBe('120');
  });
});
