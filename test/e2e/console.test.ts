import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { axe, openBrowser } from '../support/browser.ts';
import { type ConsoleWindow, openConsole, signIn } from '../support/console-window.ts';
import { eventually, Gate } from '../support/gate.ts';

let gate: Gate;
let browser: Browser;
let windows: ConsoleWindow[] = [];

beforeAll(async () => {
  [gate, browser] = await Promise.all([Gate.start(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await gate?.stop();
});
afterEach(async () => {
  const failures = windows.flatMap((window) => window.failures);
  await Promise.all(windows.map(({ page }) => page.context().close()));
  windows = [];
  for (const name of ['status', 'control']) await gate.fault(`lambda:${name}`, 'none');
  await gate.reset();
  expect(failures).toEqual([]);
});

async function open(options: Parameters<typeof openConsole>[2] = {}): Promise<Page> {
  const window = await openConsole(browser, gate.cloud, options);
  windows.push(window);
  return window.page;
}

async function openAs(
  user: 'admin' | 'member',
  options: Parameters<typeof openConsole>[2] = {},
): Promise<Page> {
  const page = await open(options);
  await signIn(page, gate.cloud, user);
  return page;
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });

/** Goes on by keyboard until what has this text has the focus. */
async function pressTabUntil(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === text) return;
  }
  throw new Error(`40 presses do not lead to "${text}".`);
}

/** Fills the form for a maintenance, and looks at its impact. */
async function prepare(page: Page, reason: string): Promise<void> {
  await button(page, 'Start maintenance').click();
  await page.getByLabel('Reason').fill(reason);
  await button(page, 'Show the impact').click();
  await button(page, 'Start maintenance now').waitFor();
}

async function end(page: Page): Promise<void> {
  await button(page, 'End maintenance').click();
  await button(page, 'End it').click();
  await heading(page, 'Maintenance has ended').waitFor();
}

describe('the console', () => {
  test("an admin's whole path: impact, maintenance, a refused write, emergency, de-escalation, end, history", async () => {
    const page = await openAs('admin');
    await heading(page, 'Normal operation').waitFor();
    await prepare(page, 'Database upgrade');
    expect(await page.getByText('75 of 100').count()).toBe(1);
    await button(page, 'Start maintenance now').click();

    await heading(page, 'Maintenance').waitFor();
    await page.getByText('Database upgrade').first().waitFor();
    await gate.enforced();
    expect((await gate.call('POST', '/start_caption_generation')).status).toBe(503);
    await page.getByRole('cell', { name: '1', exact: true }).waitFor();

    await button(page, 'Escalate to emergency').click();
    await page.getByLabel('Reason').fill('Data loss');
    expect(await button(page, 'Declare the emergency').isDisabled()).toBe(true);
    await page.getByLabel('Type EMERGENCY to confirm').fill('EMERGENCY');
    // The sign-in is a quarter of an hour old by now, and so is not enough.
    await gate.advanceClock(16 * 60_000);
    await button(page, 'Declare the emergency').click();
    await heading(page, 'Confirm that it is you').waitFor();
    await signIn(page, gate.cloud);
    await heading(page, 'Emergency').waitFor();

    await button(page, 'De-escalate').click();
    await page.getByRole('dialog').getByRole('button', { name: 'De-escalate' }).click();
    await heading(page, 'Maintenance').waitFor();
    await end(page);
    await button(page, 'Show the report').click();
    await heading(page, 'Summary').waitFor();
    await page.getByRole('table', { name: 'Steps of the emergency' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Download Markdown').click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^report-.+\.md$/);
    expect(await readFile(await download.path(), 'utf8')).toContain('Data loss');

    await page.getByRole('link', { name: 'History' }).click();
    await heading(page, 'Escalated to emergency').waitFor();
    const escalated = page.getByRole('listitem').filter({ has: heading(page, 'Escalated to emergency') });
    expect(await escalated.textContent()).toContain('Reason: Database upgrade → Data loss');
    const [window] = windows;
    const issuer = (await gate.control('GET', '/signin')).json.issuer;
    expect([...(window?.origins ?? [])].sort()).toEqual([gate.cloud.url, new URL(issuer).origin].sort());
    expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
      0,
      0,
      '',
    ]);
  });

  test('comes in under 350 kB, with headers that let nothing else in', async () => {
    const { page } = await openConsole(browser, gate.cloud);
    await page.getByLabel('User name').waitFor();
    const bytes: Promise<number>[] = [];
    page.on('requestfinished', (request) =>
      bytes.push(request.sizes().then((sizes) => sizes.responseBodySize)),
    );
    await page.reload();
    await page.getByLabel('User name').waitFor();
    await page.waitForLoadState('networkidle');
    const sizes = await Promise.all(bytes);
    await page.context().close();
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(350_000);

    const { headers } = await gate.call('GET', '/console/');
    expect(headers['content-security-policy']).toMatch(
      /script-src 'self'; style-src 'self';.*frame-ancestors 'none'$/,
    );
    expect(headers).toMatchObject({
      'cache-control': 'no-cache',
      'referrer-policy': 'no-referrer',
      'strict-transport-security': 'max-age=31536000',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    });
    expect((await gate.call('GET', '/console')).headers.location).toBe('/console/');
    for (const path of ['/console/../package.json', '/console/%2e%2e/manifest.json', '/console/nothing.js']) {
      expect((await gate.call('GET', path)).status).toBe(404);
    }
  });

  test('a member is told that it takes an admin', async () => {
    const page = await openAs('member');
    await page.getByText('This console is for admins').waitFor();
    await page.getByText('You are signed in as member').waitFor();
    expect(await button(page, 'Start maintenance').count()).toBe(0);
  });

  test('of two admins, the one who comes second is told who was first', async () => {
    const [first, second] = await Promise.all([openAs('admin'), openAs('admin')]);
    await Promise.all([prepare(first, 'First'), prepare(second, 'Second')]);
    await button(first, 'Start maintenance now').click();
    await heading(first, 'Maintenance').waitFor();
    await button(second, 'Start maintenance now').click();
    const refusal = second.getByRole('alert').filter({ hasText: 'admin holds the maintenance' });
    await refusal.waitFor();
    expect(await refusal.textContent()).toContain('“End maintenance” on the overview');
    expect(await second.getByLabel('Reason').inputValue()).toBe('Second');
  });

  test('when the sign-in has expired, it asks for another, and the form goes on', async () => {
    const page = await openAs('admin');
    await prepare(page, 'Typed before it expired');
    await gate.advanceClock(13 * 3_600_000);
    await button(page, 'Start maintenance now').click();
    await heading(page, 'Your sign-in has expired').waitFor();
    expect(await axe(page)).toEqual([]);
    await signIn(page, gate.cloud);
    await heading(page, 'Maintenance').waitFor();
    expect((await gate.control('GET', '/status')).json.reason).toBe('Typed before it expired');
  });

  test('while the API is away it says so, with the age of what it shows, and goes on when it is back', async () => {
    const page = await openAs('admin');
    await heading(page, 'Normal operation').waitFor();
    await gate.fault('lambda:status', 'down');
    await page.getByText('The status cannot be read').waitFor();
    await page.getByText(/last known state, .* ago/).waitFor();
    await heading(page, 'Normal operation').waitFor();
    await gate.fault('lambda:control', 'down');
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText(/What to do:.*Try again/).waitFor();
    await gate.fault('lambda:control', 'none');
    await button(page, 'Try again').click();
    await page.getByRole('list', { name: 'Events, newest first' }).waitFor();
    await gate.fault('lambda:status', 'none');
    await eventually(async () => (await page.getByText('The status cannot be read').count()) === 0);
  });

  test('a hostile reason is a text like any other', async () => {
    const reason = '<img src=x onerror="document.title=\'broken\'"> {{7*7}} **b** \u202Eevil\n</script>';
    await gate.enable({ reason });
    const page = await openAs('admin');
    await heading(page, 'Maintenance').waitFor();
    const shown = await page.locator('.as-given').allTextContents();
    expect(shown).toContain(reason);
    await page.getByRole('link', { name: 'History' }).click();
    await heading(page, 'Maintenance began').first().waitFor();
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.title()).not.toBe('broken');
  });
});

describe('every page', () => {
  const PAGES: readonly [hash: string, heading: string][] = [
    ['/overview', 'Maintenance'],
    ['/enable', 'Start maintenance'],
    ['/emergency', 'Escalate to emergency'],
    ['/change', 'Change maintenance'],
    ['/windows', 'Windows'],
    ['/sessions', 'Sessions'],
    ['/jobs', 'Jobs'],
    ['/rules', 'Rules'],
    ['/reports', 'Reports and test runs'],
    ['/history', 'History'],
    ['/health', 'Health'],
  ];
  const go = async (page: Page, hash: string, title: string) => {
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
    // Until the answers have come that the page asks for, and what was loading is shown.
    await page.waitForLoadState('networkidle');
  };

  beforeAll(async () => {
    const window = {
      reason: 'Weekly upgrades',
      starts_at: '2030-01-06T02:00:00Z',
      duration: 3600,
      rrule: 'FREQ=WEEKLY;BYDAY=SU',
    };
    await gate.as('admin', 'POST', '/windows', window);
    await gate.as('admin', 'POST', '/rules', {
      method: 'POST',
      path: '/reports/{id}/publish',
      operation: 'batch_operations',
    });
    await gate.as('worker', 'POST', '/jobs', { type: 'caption_generation', owner: 'mia' });
  });

  /** Opens each page in turn, and looks at it. */
  const visitAll = async (
    options: Parameters<typeof openConsole>[2],
    look: (page: Page) => Promise<unknown>,
  ): Promise<[hash: string, seen: unknown][]> => {
    const page = await openAs('admin', { reducedMotion: 'reduce', ...options });
    const seen: [string, unknown][] = [];
    for (const [hash, title] of PAGES) {
      await go(page, hash, title);
      seen.push([hash, await look(page)]);
    }
    return seen;
  };

  test('has nothing that axe finds, enough contrast by night, and fits a phone', async () => {
    await gate.enable();
    const phone = { viewport: { width: 360, height: 740 }, hasTouch: true };
    const [byDay, byNight, widths] = await Promise.all([
      visitAll({}, (page) => axe(page)),
      visitAll({ colorScheme: 'dark' }, (page) => axe(page, ['color-contrast'])),
      visitAll(phone, (page) => page.evaluate('document.documentElement.scrollWidth')),
    ]);
    const each = (seen: unknown) => PAGES.map(([hash]) => [hash, seen]);
    expect(byDay).toEqual(each([]));
    expect(byNight).toEqual(each([]));
    expect(widths).toEqual(each(360));
  }, 180_000);

  test('so does the first one, which the keyboard alone leads through', async () => {
    const page = await open({ reducedMotion: 'reduce', viewport: { width: 360, height: 740 } });
    await page.getByLabel('User name').waitFor();
    expect(await axe(page)).toEqual([]);
    const { username, password } = gate.cloud.users.admin;
    await page.keyboard.type(username);
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await heading(page, 'Normal operation').waitFor();
    expect(await axe(page)).toEqual([]);

    await pressTabUntil(page, 'Skip to content');
    await page.keyboard.press('Enter');
    await pressTabUntil(page, 'Start maintenance');
    await page.keyboard.press('Enter');
    await heading(page, 'Start maintenance').waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
  });
});
