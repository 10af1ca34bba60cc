import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Keeps Chromium from calling home, and from waiting for what a test machine doesn't have. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Chromium without a window; whoever starts it closes it. `npm test` says where it is. */
export function openBrowser(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM;
  if (!executablePath)
    throw new Error('CHROMIUM does not say where the browser is: run tests with npm test.');
  return chromium.launch({ executablePath, headless: true, args: FLAGS });
}

/**
 * What axe finds wrong with a page as it is now, one line each; the page may have any Content-Security-Policy.
 *
 * @param within selector of the part to look at; default the whole page
 * @param rules axe's names of the only rules to look for; default all
 */
export async function axe(
  page: Page,
  { within = 'html', rules = [] }: { readonly within?: string; readonly rules?: readonly string[] } = {},
): Promise<string[]> {
  // Evaluated by the debugger, which a Content-Security-Policy doesn't bind; a script element would be.
  if (await page.evaluate('globalThis.axe === undefined')) await page.evaluate(axeSource());
  const violations = await page.evaluate(
    ({ within, options }) =>
      (globalThis as unknown as { axe: Axe }).axe.run(within, options).then((result) => result.violations),
    { within, options: rules.length === 0 ? {} : { runOnly: [...rules] } },
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} (${target.join(' ')}) ${failureSummary}`),
  );
}

function axeSource(): string {
  return readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
}

interface Axe {
  run(within: string, options: object): Promise<{ violations: AxeViolation[] }>;
}

interface AxeViolation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}
