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
 * @param rules axe's names of the only rules to look for; all where none is named
 */
export async function axe(page: Page, rules: readonly string[] = []): Promise<string[]> {
  const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  // Evaluated by the debugger, which a Content-Security-Policy doesn't bind; a script element would be.
  await page.evaluate(source);
  const violations = await page.evaluate(
    (options) =>
      (globalThis as unknown as { axe: { run(how: object): Promise<{ violations: AxeViolation[] }> } }).axe
        .run(options)
        .then((result) => result.violations),
    rules.length === 0 ? {} : { runOnly: [...rules] },
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${help} (${target.join(' ')}) ${failureSummary}`),
  );
}

interface AxeViolation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary: string }[];
}
