import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { LANGUAGES, PAGE_MESSAGES } from '../../../../core/messages/registry.ts';
import { maintenancePage } from '../../../../core/status/maintenance-page.ts';
import * as arbitrary from '../../../support/arbitraries.ts';
import { emergency, NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';
import { StatusBench } from '../../../support/status-bench.ts';
import { comingWindow, scheduleWith } from '../../../support/windows.ts';

const page = async (bench = new StatusBench(), headers: Record<string, string> = {}) =>
  bench.callPath('GET', '/maintenance', { headers });

const sha256 = (text = '') => createHash('sha256').update(text).digest('base64');

describe('the maintenance page', () => {
  test('is HTML that everybody may keep for 5 s, and that loads nothing from elsewhere', async () => {
    const { status, headers, text } = await page();
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'Content-Type': 'text/html; charset=utf-8',
      'Content-Language': 'en',
      'Cache-Control': 'public, max-age=5',
      Vary: 'Origin, Accept-Language',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
    });
    const [, script] = /<script type="module">(.*)<\/script>/s.exec(text) ?? [];
    const [, style] = /<style>(.*)<\/style>/s.exec(text) ?? [];
    expect(headers['Content-Security-Policy']).toBe(
      `default-src 'none'; script-src 'sha256-${sha256(script)}'; style-src 'sha256-${sha256(style)}'; ` +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(text).not.toMatch(/https?:\/\/|<form|<input/);
  });

  test('says why, until when, what is paused and what is not', async () => {
    const bench = new StatusBench();
    bench.state = stateWith(
      normalMaintenance({ reason: 'Upgrade', endsAt: NOW + 60_000, blockedOperations: ['job_creation'] }),
    );
    const { text } = await page(bench);
    for (const part of [
      '<title>Maintenance in progress</title>',
      '<blockquote>Upgrade</blockquote>',
      '<dd><time datetime="2026-01-15T10:01:00Z">2026-01-15 10:01 UTC</time></dd>',
      '<h2>Paused until then</h2><ul><li>Starting new jobs</li></ul>',
      '<li>Looking at what is there</li><li>Generating captions</li>',
    ]) {
      expect(text).toContain(part);
    }
  });

  test.each([
    ['nothing', null, 'No maintenance is active', 'You can use everything as usual.'],
    ['an emergency', emergency(), 'Emergency maintenance in progress', 'The service is closed'],
    ['a test run', testRun(), 'No maintenance is active', 'Nothing is blocked'],
    ['a late one', normalMaintenance({ endsAt: NOW }), 'Maintenance in progress', 'longer than planned'],
    ['no known end', normalMaintenance(), 'Maintenance in progress', 'We do not know yet'],
    [
      'one ended by the clock',
      normalMaintenance({ endsAt: NOW, autoEnd: true }),
      'No maintenance is active',
      'No maintenance',
    ],
  ])('during %s', async (_, maintenance, headline, words) => {
    const bench = new StatusBench();
    bench.state = stateWith(maintenance);
    const { text } = await page(bench);
    expect(/<h1[^>]*>(.*?)<\/h1>/.exec(text)?.[1]).toContain(headline);
    expect(text).toContain(words);
  });

  test('announces the next window', async () => {
    const bench = new StatusBench();
    const coming = comingWindow({ reason: '<b>Monthly</b>' });
    bench.state = { ...stateWith(null), windows: scheduleWith(coming) };
    const { text } = await page(bench);
    expect(text).toContain('<h2>Next scheduled maintenance</h2>');
    expect(text).toContain('<blockquote>&lt;b&gt;Monthly&lt;/b&gt;</blockquote>');
  });

  test.each([
    ['de-DE,de;q=0.9', 'de', 'Wartungsarbeiten'],
    ['en', 'en', 'Maintenance in progress'],
    ['fr', 'en', 'Maintenance in progress'],
  ])('speaks to %s in %s', async (wanted, language, headline) => {
    const { headers, text } = await page(new StatusBench(), { 'Accept-Language': wanted });
    expect(headers['Content-Language']).toBe(language);
    expect(text).toContain(`<html lang="${language}">`);
    expect(text).toContain(`<title>${headline}</title>`);
  });

  test('shows the last known state when the store is away, and says so', async () => {
    const bench = new StatusBench();
    bench.source = 'last_known';
    const { status, text } = await page(bench);
    expect(status).toBe(200);
    expect(text).toContain('Maintenance in progress');
    expect(text).toContain('This is what we knew last.');
  });

  test('is a page too where nothing is known', async () => {
    const bench = new StatusBench();
    bench.state = null;
    const { status, headers, text } = await page(bench);
    expect(status).toBe(503);
    expect(headers).toMatchObject({
      'Content-Type': 'text/html; charset=utf-8',
      'Cache-Control': 'no-store',
      'Retry-After': '5',
    });
    expect(text).toContain('<h1 class="unknown">Status not known</h1>');
  });

  test('takes GET, HEAD and OPTIONS only', async () => {
    const bench = new StatusBench();
    expect(await bench.callPath('HEAD', '/maintenance')).toMatchObject({ status: 200, text: '' });
    expect(await bench.callPath('OPTIONS', '/maintenance')).toMatchObject({
      status: 204,
      headers: { Allow: 'GET, HEAD, OPTIONS' },
    });
    expect(await bench.callPath('POST', '/maintenance')).toMatchObject({
      status: 405,
      headers: { Allow: 'GET, HEAD, OPTIONS' },
      json: { error: 'method_not_allowed' },
    });
  });

  test('shows reasons as text, whatever they are', () => {
    fc.assert(
      fc.property(arbitrary.state, fc.constantFrom(...LANGUAGES), (state, language) => {
        const facts = { state, source: 'event_log', now: NOW, language } as const;
        const tags = maintenancePage(facts).match(/<(script|style|blockquote|\/blockquote|h1)\b/g) ?? [];
        const reasons = tags.filter((tag) => tag === '<blockquote').length;
        expect(tags.filter((tag) => tag === '</blockquote')).toHaveLength(reasons);
        expect(tags.filter((tag) => tag === '<script')).toHaveLength(1);
        expect(reasons).toBeLessThanOrEqual(2);
      }),
    );
  });

  test('no text of any language needs escaping', () => {
    const texts = Object.values(PAGE_MESSAGES).flatMap((messages) =>
      Object.values(messages).flatMap((text: string | Record<string, string>) =>
        typeof text === 'string' ? [text] : Object.values(text),
      ),
    );
    expect(texts.filter((text) => /[&<>"'$]/.test(text))).toEqual([]);
  });
});

test('what the page compares with the status is made of the same facts', async () => {
  const bench = new StatusBench();
  bench.state = { ...stateWith(normalMaintenance()), windows: scheduleWith(comingWindow()) };
  const { text } = await page(bench);
  const { json } = await bench.call('GET', '/status');
  const window = json.next_window;
  expect(/data-key="([^"]*)"/.exec(text)?.[1]).toBe(
    [json.version, json.is_active, json.mode, json.state_source, window.id + window.starts_at].join(),
  );
});
