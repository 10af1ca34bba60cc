import path from 'node:path';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { openBrowser } from './browser.ts';
import { Cloud } from './cloud.ts';
import { openConsole, signIn } from './console-window.ts';
import { eventually } from './eventually.ts';

/** Makes the pictures of docs/console.md: the console as it is, with some things going on. Run by scripts/screenshots.mjs. */
const FOLDER = path.resolve(import.meta.dirname, '../../docs/images');
const SIZE = { width: 1200, height: 820 };

const [cloud, browser] = await Promise.all([Cloud.start(), openBrowser()]);
try {
  await prepare();
  const page = await open({ viewport: SIZE });
  await page.getByRole('button', { name: 'Start maintenance', exact: true }).click();
  await page.getByLabel('Reason').fill('Upgrade of the database to version 17');
  await page.getByLabel('End by itself').check();
  await page.getByRole('button', { name: 'Show the impact' }).click();
  await page.getByRole('heading', { name: 'Impact' }).scrollIntoViewIfNeeded();
  await picture(page, 'enable');
  await page.getByRole('button', { name: 'Start maintenance now' }).click();
  await page.getByRole('button', { name: 'End maintenance' }).waitFor();
  await traffic(page);
  await picture(page, 'overview');
  await visit(page, '/windows');
  await page.getByRole('table', { name: 'Scheduled windows' }).getByText('Weekly upgrades').waitFor();
  await picture(page, 'windows');

  const dark = await open({ viewport: { width: 400, height: 820 }, colorScheme: 'dark' });
  await dark.getByRole('button', { name: 'End maintenance' }).waitFor();
  await picture(dark, 'phone');
} finally {
  await browser.close();
  await cloud.stop();
}

async function open(options: BrowserContextOptions): Promise<Page> {
  const { page } = await openConsole(browser, cloud.local, { reducedMotion: 'reduce', ...options });
  await signIn(page, cloud.local);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page;
}

async function visit(page: Page, hash: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.waitForLoadState('networkidle');
}

/** Some jobs, and windows in the month that the calendar shows. */
async function prepare(): Promise<void> {
  for (const owner of ['mia', 'noah']) {
    await cloud.as('worker', 'POST', '/jobs', { type: 'caption_generation', owner });
  }
  const now = new Date();
  const sunday = new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + 7 - now.getUTCDay(), 1),
  );
  const weekly = { reason: 'Weekly upgrades', rrule: 'FREQ=WEEKLY;BYDAY=SU', timezone: 'Europe/Berlin' };
  await cloud.as('admin', 'POST', '/windows', { ...weekly, starts_at: sunday.toISOString(), duration: 3600 });
}

/** Calls that are blocked, more of some types than of others, until the chart shows them. */
async function traffic(page: Page): Promise<void> {
  const paths = [
    '/start_caption_generation',
    '/start_caption_generation',
    '/api/update_user_settings',
    '/upload',
  ];
  for (let round = 0; round < 12; round += 1) {
    const some = paths.slice(0, 1 + ((round * 7) % paths.length));
    await Promise.all(some.map((target) => cloud.call('POST', target)));
    await page.waitForTimeout(3000);
  }
  await eventually(async () => (await page.getByRole('application').count()) > 0);
}

async function picture(page: Page, name: string): Promise<void> {
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: path.join(FOLDER, `console-${name}.png`) });
}
