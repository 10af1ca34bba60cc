import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import type { LocalCloud } from './local-cloud.ts';
import { patient } from './patience.ts';

/** A window of the console, and all that went wrong in it. */
export interface ConsoleWindow {
  readonly page: Page;
  /** What broke: uncaught errors, and violations of the Content-Security-Policy. */
  readonly failures: readonly string[];
  /** Origins that anything was asked for. */
  readonly origins: ReadonlySet<string>;
}

/** Opens the console in a window that shares nothing with others. */
export async function openConsole(
  browser: Browser,
  cloud: LocalCloud,
  options: BrowserContextOptions = {},
): Promise<ConsoleWindow> {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patient(30_000));
  const failures: string[] = [];
  const origins = new Set<string>();
  page.on('pageerror', ({ message }) => failures.push(message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/i.test(message.text())) failures.push(message.text());
  });
  page.on('request', (request) => {
    if (request.url().startsWith('http')) origins.add(new URL(request.url()).origin);
  });
  await page.goto(cloud.console);
  return { page, failures, origins };
}

export async function signIn(
  page: Page,
  cloud: LocalCloud,
  user: 'admin' | 'member' | 'worker' = 'admin',
): Promise<void> {
  const { username, password } = cloud.users[user];
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}
