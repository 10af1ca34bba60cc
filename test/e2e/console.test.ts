import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { axe, openBrowser } from '../support/browser.ts';
import { Cloud } from '../support/cloud.ts';
import { type ConsoleWindow, openConsole, signIn } from '../support/console-window.ts';
import { eventually } from '../support/eventually.ts';
import { wrongLooks } from '../support/looks.ts';

let cloud: Cloud;
let browser: Browser;
let windows: ConsoleWindow[] = [];
/** What is wrong with the looks of what a test has shown, each with the name of the state. */
let wrong: string[] = [];

beforeAll(async () => {
  [cloud, browser] = await Promise.all([Cloud.start(), openBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await cloud?.stop();
});
afterEach(async () => {
  const failures = [...windows.flatMap((window) => window.failures), ...wrong];
  await Promise.all(windows.map(({ page }) => page.context().close()));
  [windows, wrong] = [[], []];
  for (const name of ['lambda:status', 'lambda:control', 'redis']) await cloud.fault(name, 'none');
  await cloud.reset();
  expect(failures).toEqual([]);
});

async function open(options: Parameters<typeof openConsole>[2] = {}): Promise<Page> {
  const window = await openConsole(browser, cloud.local, { reducedMotion: 'reduce', ...options });
  windows.push(window);
  return window.page;
}

async function openAs(
  user: 'admin' | 'member',
  options: Parameters<typeof openConsole>[2] = {},
): Promise<Page> {
  const page = await open(options);
  await signIn(page, cloud.local, user);
  return page;
}

/** Looks at a state: by day, by night, on a phone. */
async function look(page: Page, state: string, within = '#content'): Promise<void> {
  wrong.push(...(await wrongLooks(page, within)).map((line) => `${state}: ${line}`));
}
const DIALOG = '[role=dialog]';

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const refusal = (page: Page, text: string) => page.getByRole('alert').filter({ hasText: text });
const inDialog = (page: Page, name: string) =>
  page.getByRole('dialog').getByRole('button', { name, exact: true });

async function go(page: Page, hash: string, title: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
  await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
}

/** Goes on by keyboard until what has this text has the focus. */
async function pressTabUntil(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    if ((await page.evaluate('document.activeElement.textContent')) === text) return;
  }
  throw new Error(`40 presses do not lead to "${text}".`);
}

async function prepare(page: Page, reason: string): Promise<void> {
  await button(page, 'Start maintenance').click();
  await fillIn(page, reason);
}

/** Fills the form for a maintenance, and has its impact shown. */
async function fillIn(page: Page, reason: string): Promise<void> {
  await page.getByLabel('Reason').fill(reason);
  await button(page, 'Show the impact').click();
  await button(page, 'Start maintenance now').waitFor();
}

async function end(page: Page): Promise<void> {
  await button(page, 'End maintenance').click();
  await button(page, 'End it').waitFor();
  await look(page, 'end?', DIALOG);
  await button(page, 'End it').click();
  await heading(page, 'Maintenance has ended').waitFor();
  await look(page, 'ended', DIALOG);
}

describe('the console', () => {
  test("an admin's whole path: impact, maintenance, a refused write, emergency, de-escalation, change, end, history", async () => {
    const page = await openAs('admin');
    await heading(page, 'Normal operation').waitFor();
    await button(page, 'Start maintenance').click();
    await button(page, 'Show the impact').click();
    await refusal(page, 'Not everything fits').waitFor();
    await look(page, 'a form with errors');
    await fillIn(page, 'Database upgrade');
    expect(await page.getByText('75 of 100').count()).toBe(1);
    await look(page, 'a form with its impact');
    await button(page, 'Start maintenance now').click();

    await heading(page, 'Maintenance').waitFor();
    await page.getByText('Database upgrade').first().waitFor();
    await cloud.enforced();
    expect((await cloud.call('POST', '/start_caption_generation')).status).toBe(503);
    await page.getByRole('cell', { name: '1', exact: true }).waitFor();

    await button(page, 'Escalate to emergency').click();
    await page.getByLabel('Reason').fill('Data loss');
    expect(await button(page, 'Declare the emergency').isDisabled()).toBe(true);
    await page.getByLabel('Type EMERGENCY to confirm').fill('EMERGENCY');
    await page.getByLabel('Grace period, seconds').fill('9999');
    await button(page, 'Declare the emergency').click();
    await refusal(page, 'Not everything fits').waitFor();
    await look(page, 'an emergency that is refused');
    await page.getByLabel('Grace period, seconds').fill('0');
    // The sign-in is a quarter of an hour old by now, and so is not enough.
    await cloud.advanceClock(16 * 60_000);
    await button(page, 'Declare the emergency').click();
    await heading(page, 'Confirm that it is you').waitFor();
    await look(page, 'confirm that it is you', DIALOG);
    await signIn(page, cloud.local);
    await heading(page, 'Emergency').waitFor();
    await look(page, 'an emergency');

    await button(page, 'De-escalate').click();
    await inDialog(page, 'De-escalate').waitFor();
    await look(page, 'de-escalate?', DIALOG);
    await inDialog(page, 'De-escalate').click();
    await heading(page, 'Maintenance').waitFor();
    await button(page, 'Change').click();
    await page.getByLabel('Reason').fill('Nearly done');
    await page.getByLabel('At a date and time').check();
    await look(page, 'a change that is filled in');
    await page.getByLabel('After a time').check();
    await button(page, 'Save the change').click();
    await heading(page, 'Maintenance').waitFor();
    await page.getByText('Nearly done').first().waitFor();
    await end(page);
    await button(page, 'Show the report').click();
    await heading(page, 'Summary').waitFor();
    await page.getByRole('table', { name: 'Steps of the emergency' }).waitFor();
    await look(page, 'the report of an emergency');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Download Markdown').click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^report-.+\.md$/);
    expect(await readFile(await download.path(), 'utf8')).toContain('Data loss');

    await go(page, '/history', 'History');
    await heading(page, 'Escalated to emergency').waitFor();
    const escalated = page.getByRole('listitem').filter({ has: heading(page, 'Escalated to emergency') });
    expect(await escalated.textContent()).toContain('Reason: Database upgrade → Data loss');
    const [window] = windows;
    const issuer = (await cloud.control('GET', '/signin')).json.issuer;
    expect([...(window?.origins ?? [])].sort()).toEqual([cloud.local.url, new URL(issuer).origin].sort());
    expect(await page.evaluate('[localStorage.length, sessionStorage.length, document.cookie]')).toEqual([
      0,
      0,
      '',
    ]);
  });

  test('comes in under 350 kB, with headers that let nothing else in', async () => {
    const { page } = await openConsole(browser, cloud.local);
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

    const { headers } = await cloud.call('GET', '/console/');
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
    expect((await cloud.call('GET', '/console')).headers.location).toBe('/console/');
    for (const path of ['/console/../package.json', '/console/%2e%2e/manifest.json', '/console/nothing.js']) {
      expect((await cloud.call('GET', path)).status).toBe(404);
    }
  });

  test('a member is told that it takes an admin', async () => {
    const page = await openAs('member');
    await page.getByText('This console is for admins').waitFor();
    await page.getByText('You are signed in as member').waitFor();
    expect(await button(page, 'Start maintenance').count()).toBe(0);
  });

  test('of two admins who press at once, the one who loses is told who has won', async () => {
    const pages = await Promise.all([openAs('admin'), openAs('admin')]);
    await Promise.all(pages.map((page, index) => prepare(page, `Plan ${index}`)));
    // So that neither has an answer before both have pressed.
    await cloud.fault('lambda:control', 'slow', { ms: 500 });
    await Promise.all(pages.map((page) => button(page, 'Start maintenance now').click()));
    const refused = (page: Page) =>
      page.getByRole('alert').filter({ hasText: 'admin holds the maintenance' });
    const loser = await Promise.race(
      pages.map((page, index) =>
        refused(page)
          .waitFor()
          .then(() => index),
      ),
    );
    const [lost, won] = [pages[loser], pages[1 - loser]] as [Page, Page];
    await heading(won, 'Maintenance').waitFor();
    expect(await refused(lost).textContent()).toContain('“End maintenance” on the overview');
    expect(await lost.getByLabel('Reason').inputValue()).toBe(`Plan ${loser}`);
    await lost
      .getByRole('status')
      .getByText(`Plan ${1 - loser}`)
      .first()
      .waitFor();
    await look(lost, 'lost against another admin');
  });

  test('when the sign-in has expired, it asks for another, and the form goes on', async () => {
    const page = await openAs('admin');
    await prepare(page, 'Typed before it expired');
    await cloud.advanceClock(13 * 3_600_000);
    await button(page, 'Start maintenance now').click();
    await heading(page, 'Your sign-in has expired').waitFor();
    await look(page, 'a sign-in that has expired', DIALOG);
    await signIn(page, cloud.local);
    await heading(page, 'Maintenance').waitFor();
    expect((await cloud.control('GET', '/status')).json.reason).toBe('Typed before it expired');
  });

  test('while the API is away it says so, with the age of what it shows, and goes on when it is back', async () => {
    const page = await openAs('admin');
    await heading(page, 'Normal operation').waitFor();
    await cloud.fault('lambda:status', 'down');
    await page.getByText('The status cannot be read').waitFor();
    await page.getByText(/last known state, .* ago/).waitFor();
    await heading(page, 'Normal operation').waitFor();
    await cloud.fault('lambda:control', 'down');
    await page.getByRole('link', { name: 'History' }).click();
    await page.getByText(/What to do:.*Try again/).waitFor();
    await look(page, 'an outage');
    await cloud.fault('lambda:control', 'none');
    await button(page, 'Try again').click();
    await page.getByRole('list', { name: 'Events, newest first' }).waitFor();
    await cloud.fault('lambda:status', 'none');
    await eventually(async () => (await page.getByText('The status cannot be read').count()) === 0);
  });

  test('a hostile reason is a text like any other', async () => {
    const reason = '<img src=x onerror="document.title=\'broken\'"> {{7*7}} **b** \u202Eevil\n</script>';
    await cloud.enable({ reason });
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

describe('the page of', () => {
  const openAt = async (hash: string, title: string) => {
    const page = await openAs('admin');
    await heading(page, 'Normal operation').waitFor();
    await go(page, hash, title);
    return page;
  };

  test('windows: one is scheduled, changed, and cancelled by the keyboard alone', async () => {
    const page = await openAt('/windows', 'Windows');
    await button(page, 'Schedule a window').click();
    await button(page, 'Schedule').click();
    await refusal(page, 'Not everything fits').waitFor();
    await look(page, 'a window that is refused');
    const nextMonth = await page.evaluate(() => {
      const now = new Date();
      const day = new Date(Date.UTC(now.getFullYear(), now.getMonth() + 1, 2));
      return day.toISOString().slice(0, 10).replaceAll('-', '/');
    });
    await page.getByLabel('Reason').fill('New switches');
    await page.getByRole('textbox', { name: 'Start date' }).fill(nextMonth);
    await page.getByLabel('Start time').fill('12:00');
    await button(page, 'Schedule').click();
    await button(page, 'Month after').click();
    await page
      .getByRole('table', { name: /^Windows in/ })
      .getByText('12:00–13:00 New switches')
      .waitFor();

    await button(page, 'Change New switches').click();
    await page.getByLabel('Minutes').fill('90');
    await button(page, 'Save the change').click();
    await page
      .getByRole('table', { name: /^Windows in/ })
      .getByText('12:00–13:30 New switches')
      .waitFor();

    await button(page, 'Cancel New switches').focus();
    await page.keyboard.press('Enter');
    await heading(page, 'Cancel the window?').waitFor();
    await page.keyboard.press('Escape');
    await heading(page, 'Cancel the window?').waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Cancel New switches');
    await page.keyboard.press('Enter');
    await heading(page, 'Cancel the window?').waitFor();
    await look(page, 'cancel the window?', DIALOG);
    await pressTabUntil(page, 'Cancel the window');
    await page.keyboard.press('Enter');
    await page.getByText('No window is scheduled.').waitFor();
  });

  test('rules: one is added, decides, and is removed', async () => {
    const page = await openAt('/rules', 'Rules');
    await page.getByLabel('Path template').fill('no path');
    await button(page, 'Add the rule').click();
    await refusal(page, 'Not everything fits').waitFor();
    await page.getByLabel('Path template').fill('/polls/{id}/close');
    await page.getByLabel('Operation type').fill('batch_operations');
    await look(page, 'a rule that is refused');
    await button(page, 'Add the rule').click();
    await button(page, 'Remove the rule for /polls/{id}/close').waitFor();

    await page.getByLabel('Path of the request').fill('/Polls/7/close');
    await button(page, 'Classify').click();
    await page.getByText('POST /polls/{id}/close (yours)').waitFor();
    const inMaintenance = page.getByRole('row', { name: /^In maintenance/ });
    expect(await inMaintenance.getByRole('cell').allTextContents()).toEqual([
      'Blocked',
      'Blocked',
      'Blocked',
      'Allowed',
    ]);
    await look(page, 'a request that is classified');

    await button(page, 'Remove the rule for /polls/{id}/close').click();
    await inDialog(page, 'Remove').waitFor();
    await look(page, 'remove the rule?', DIALOG);
    await inDialog(page, 'Remove').click();
    await page.getByText('There are only the built-in rules.').waitFor();
  });

  test('jobs: one is terminated, and requeued once', async () => {
    const { json } = await cloud.as('worker', 'POST', '/jobs', { type: 'caption_generation', owner: 'mia' });
    const name = `caption_generation ${json.id.slice(0, 8)}`;
    const page = await openAt('/jobs', 'Jobs');
    await page.getByRole('checkbox', { name: `Choose ${name}` }).check();
    await button(page, 'Terminate 1 job').click();
    await page.getByLabel('Grace period, seconds').fill('soon');
    await inDialog(page, 'Terminate').click();
    await refusal(page, 'Not everything fits').waitFor();
    await look(page, 'a termination that is refused', DIALOG);
    await page.getByLabel('Grace period, seconds').fill('0');
    await inDialog(page, 'Terminate').click();
    await page.getByRole('status').getByText('1 terminated').waitFor();

    await button(page, `Requeue ${name}`).click();
    await inDialog(page, 'Requeue').waitFor();
    await look(page, 'requeue?', DIALOG);
    await inDialog(page, 'Requeue').click();
    await page.getByText('The job was requeued.').waitFor();
    await page.getByRole('cell', { name: 'Requeued', exact: true }).waitFor();
    expect(await button(page, `Requeue ${name}`).count()).toBe(0);
    await look(page, 'jobs, one done');
  });

  test('sessions shows how far their end is, and that of health why it gets no further', async () => {
    const page = await openAt('/sessions', 'Sessions');
    await cloud.fault('redis', 'errors');
    await button(page, 'End sessions').click();
    await inDialog(page, 'End them').waitFor();
    await look(page, 'end sessions?', DIALOG);
    await inDialog(page, 'End them').click();
    await page
      .getByText(/Waiting to begin|Not finished/)
      .first()
      .waitFor();
    await look(page, 'sessions that cannot be ended');

    await cloud.tick();
    const { findings } = (await cloud.as('admin', 'GET', '/diagnostics')).json;
    const { remedy } = findings.find(({ check }: { check: string }) => check === 'redis');
    await go(page, '/health', 'Health');
    const finding = page
      .getByRole('table', { name: 'Findings' })
      .getByRole('row')
      .filter({ has: page.getByRole('rowheader', { name: 'Redis', exact: true }) });
    await finding.getByText('Failed').waitFor();
    expect(await finding.textContent()).toContain(remedy);
    await look(page, 'diagnostics with a finding');

    await cloud.fault('redis', 'none');
    await go(page, '/sessions', 'Sessions');
    await eventually(async () => {
      await cloud.tick();
      return (await page.getByText('Sessions ended').count()) > 0;
    });
  });

  test('reports shows what a test run has exercised, and never', async () => {
    const page = await openAs('admin');
    await button(page, 'Start maintenance').click();
    await page.getByRole('radio', { name: 'Test run' }).check();
    await page.getByLabel('Reason').fill('Rehearsal');
    await button(page, 'Show the impact').click();
    await button(page, 'Start the test run now').click();
    await heading(page, 'Test run').waitFor();
    await cloud.enforced();
    await cloud.call('POST', '/start_caption_generation');
    await look(page, 'a test run');

    await button(page, 'End test run').click();
    await button(page, 'End it').click();
    const id = (await cloud.as('admin', 'GET', '/reports?limit=1')).json.items[0].id;
    await eventually(
      async () => (await cloud.as('admin', 'GET', `/reports/${id}`)).json.test_run.calls.would_block > 0,
    );
    await button(page, 'Show the report').click();
    await heading(page, 'Test run').waitFor();
    await page.getByText('Incomplete').waitFor();
    await page.getByText(/would have been blocked/).waitFor();
    await button(page, 'Load anew').click();
    await page
      .getByRole('table', { name: 'Calls by operation type' })
      .getByText('Caption generation')
      .waitFor();
    await page.getByRole('button', { name: /^Rules never exercised/ }).click();
    await look(page, 'the report of a test run');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      button(page, 'Download JSON').click(),
    ]);
    const { test_run: run } = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect(run.coverage.rules.exercised).toBeGreaterThan(0);
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
  beforeAll(async () => {
    const window = {
      reason: 'Weekly upgrades',
      starts_at: '2030-01-06T02:00:00Z',
      duration: 3600,
      rrule: 'FREQ=WEEKLY;BYDAY=SU',
    };
    await cloud.as('admin', 'POST', '/windows', window);
    await cloud.as('admin', 'POST', '/rules', {
      method: 'POST',
      path: '/reports/{id}/publish',
      operation: 'batch_operations',
    });
    await cloud.as('worker', 'POST', '/jobs', { type: 'caption_generation', owner: 'mia' });
  });

  test('has nothing that axe finds, enough contrast by night, and fits a phone', async () => {
    await cloud.enable();
    const page = await openAs('admin');
    for (const [hash, title] of PAGES) {
      await go(page, hash, title);
      // Until the answers have come that the page asks for, and what was loading is shown.
      await page.waitForLoadState('networkidle');
      await look(page, hash, 'html');
    }
  });

  test('so does the first one, which the keyboard alone leads through', async () => {
    const page = await open({ reducedMotion: 'reduce', viewport: { width: 360, height: 740 } });
    await page.getByLabel('User name').waitFor();
    expect(await axe(page)).toEqual([]);
    const { username, password } = cloud.local.users.admin;
    await page.keyboard.type(username);
    await page.keyboard.press('Tab');
    await page.keyboard.type('not the password');
    await page.keyboard.press('Enter');
    await refusal(page, 'What to do: Check what you typed').waitFor();
    expect(await axe(page)).toEqual([]);
    await page.keyboard.press('Control+A');
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
