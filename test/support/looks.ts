import type { Page } from 'playwright-core';
import { axe } from './browser.ts';
import { patient } from './patience.ts';

const DESK = { width: 1280, height: 720 };
const PHONE = { width: 360, height: 740 };
/** Milliseconds that a page may take to fit a screen of another width, on a busy machine. */
const FITS_WITHIN = 10_000;

/**
 * What is wrong with the looks of a page as it is now, one line each: what axe finds by day, contrast by night, and what
 * is too wide for a phone. One page is looked at three times, since opening a state is dearer than looking at it. The
 * page is left as it was found, provided that it was found on a desk by day.
 *
 * @param within selector of the part that axe looks at; the width is always that of the page
 */
export async function wrongLooks(page: Page, within: string): Promise<string[]> {
  const byDay = await axe(page, { within });
  await page.emulateMedia({ colorScheme: 'dark' });
  const byNight = await axe(page, { within, rules: ['color-contrast'] });
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(PHONE);
  const tooWide = await tooWideFor(PHONE.width, page);
  await page.setViewportSize(DESK);
  return [
    ...byDay,
    ...byNight.map((line) => `by night, ${line}`),
    ...tooWide.map((line) => `too wide for a phone, ${line}`),
  ];
}

/** What sticks out of the page on its right once the page has had time to fit: outermost elements first, a few of them. */
async function tooWideFor(width: number, page: Page): Promise<string[]> {
  try {
    await page.waitForFunction(`document.documentElement.scrollWidth <= ${width}`, undefined, {
      timeout: patient(FITS_WITHIN),
    });
    return [];
  } catch {
    return page.evaluate(`[...document.querySelectorAll('*')]
      .filter((element) => element.getBoundingClientRect().right > ${width})
      .slice(0, 10)
      .map((element) => element.tagName + ' ' + element.className + ': ' + element.textContent.slice(0, 80))`);
  }
}
