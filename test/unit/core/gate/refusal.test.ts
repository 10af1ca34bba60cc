import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_REASON_LENGTH } from '../../../../core/commands/command.ts';
import { buildRefusal } from '../../../../core/gate/refusal.ts';
import type { RefusalFacts } from '../../../../core/gate/refusal-facts.ts';
import { describeOperation, OPERATION_TYPES } from '../../../../core/messages/operation-texts.ts';
import { LANGUAGES, REFUSAL_MESSAGES } from '../../../../core/messages/registry.ts';
import { rfc3339 } from '../../../../core/text.ts';
import { AWKWARD_CHARACTERS, maintenance, operation, reason } from '../../../support/arbitraries.ts';
import { emergency, NOW, normalMaintenance } from '../../../support/examples.ts';

const FACTS: RefusalFacts = {
  maintenance: normalMaintenance({ endsAt: NOW + 1_800_000 }),
  version: 42,
  operation: 'caption_generation',
  method: 'POST',
  path: '/start_caption_generation',
  instance: '/start_caption_generation',
  retryAfter: 1804,
  now: NOW,
  form: 'json',
  language: 'en',
};

const json = (changes: Partial<RefusalFacts> = {}) => JSON.parse(buildRefusal({ ...FACTS, ...changes }).body);
const html = (changes: Partial<RefusalFacts> = {}) =>
  buildRefusal({ ...FACTS, ...changes, form: 'html' }).body;

const sha256 = (text = '') => createHash('sha256').update(text).digest('base64');

/** Bytes of a body inside the authorizer's result, which is JSON itself. */
const embeddedBytes = (body: string) => Buffer.byteLength(JSON.stringify(body));

const instance = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }).map((path) => `/${path}`),
  fc.constantFrom(...AWKWARD_CHARACTERS, '\u0000', '\ud800').map((awkward) => awkward.repeat(300)),
);
const facts: fc.Arbitrary<RefusalFacts> = fc.record({
  maintenance,
  version: fc.nat(),
  operation: fc.oneof(operation, fc.string({ minLength: 1, maxLength: 64 })),
  method: fc.constantFrom('GET', 'POST', 'DELETE'),
  path: instance,
  instance,
  retryAfter: fc.integer({ min: 60, max: 604_830 }),
  now: fc.constant(NOW),
  language: fc.constantFrom(...LANGUAGES),
  form: fc.constantFrom<'json' | 'html'>('json', 'html'),
});

describe('the JSON body', () => {
  test('has the shape of the contract', () => {
    expect(buildRefusal(FACTS)).toMatchObject({ contentType: 'application/problem+json', retryAfter: 1804 });
    expect(json()).toEqual({
      type: 'urn:problem:maintenance-active',
      title: 'Service under maintenance',
      status: 503,
      detail: 'Caption generation is paused while we carry out maintenance.',
      instance: '/start_caption_generation',
      error: 'maintenance_active',
      maintenance_active: true,
      message: 'Caption generation is paused while we carry out maintenance.',
      retry_after: 1804,
      timestamp: '2026-01-15T10:00:00Z',
      maintenance: {
        mode: 'normal',
        reason: 'Database upgrade',
        started_at: '2026-01-15T10:00:00Z',
        estimated_completion: '2026-01-15T10:30:00Z',
        version: 42,
      },
      operation: {
        type: 'caption_generation',
        description: 'Generating captions for images.',
        suggestion:
          'You can still look at captions that exist. Start the generation again when maintenance is over.',
      },
    });
  });

  test('an emergency has no estimated completion', () => {
    expect(json({ maintenance: emergency() }).maintenance).toMatchObject({
      mode: 'emergency',
      estimated_completion: null,
    });
  });

  test("an owner's own type is named, with texts that fit anything", () => {
    expect(json({ operation: 'newsletter' })).toMatchObject({
      detail: 'This operation is not available while we carry out maintenance.',
      operation: { type: 'newsletter' },
    });
  });

  test('instance is cut at 200 characters, never within a character', () => {
    expect(json({ instance: `/${'a'.repeat(300)}` }).instance).toBe(`/${'a'.repeat(199)}`);
    expect(json({ instance: `/${'😀'.repeat(300)}` }).instance).toBe(`/${'😀'.repeat(99)}`);
  });

  test('says the same whatever the reason and the path, and the reason comes out as it went in', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const parsed = json({ ...given, form: 'json' });
        expect(Object.keys(parsed)).toEqual(Object.keys(json()));
        expect(Object.keys(parsed.maintenance)).toEqual(Object.keys(json().maintenance));
        expect(Object.keys(parsed.operation)).toEqual(Object.keys(json().operation));
        expect(parsed.maintenance.reason).toBe(given.maintenance.reason);
        expect(parsed.maintenance.started_at).toBe(rfc3339(given.maintenance.startedAt));
        expect(parsed.operation.type).toBe(given.operation);
        expect(parsed.message).toBe(parsed.detail);
        expect(parsed.retry_after).toBe(given.retryAfter);
        expect(parsed.instance.length).toBeLessThanOrEqual(200);
      }),
    );
  });
});

describe('the page', () => {
  test('is HTML with the message, the reason, the expected end and the wait', () => {
    expect(buildRefusal({ ...FACTS, form: 'html' }).contentType).toBe('text/html; charset=utf-8');
    expect(html()).toMatch(/^<!doctype html><html lang="en">/);
    for (const part of [
      'Caption generation is paused while we carry out maintenance.',
      '<blockquote>Database upgrade</blockquote>',
      '<time datetime="2026-01-15T10:30:00Z">2026-01-15 10:30 UTC</time>',
      'Please wait 31 minutes before you try again.',
    ]) {
      expect(html()).toContain(part);
    }
  });

  test.each([
    [60, 'Please wait a minute'],
    [61, 'Please wait 2 minutes'],
    [120, 'Please wait 2 minutes'],
  ])('%i s is "%s"', (retryAfter, expected) => {
    expect(html({ retryAfter })).toContain(expected);
  });

  test('says so when no end is known', () => {
    expect(html({ maintenance: emergency() })).toContain('We do not know yet when it will be over.');
  });

  test('shows the reason as text', () => {
    const hostile = `<script>alert("1")</script><form action='/x'>&amp; $context`;
    expect(html({ maintenance: normalMaintenance({ reason: hostile }) })).toContain(
      '<blockquote>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&lt;form action=&#39;/x&#39;&gt;&amp;amp; &#36;context</blockquote>',
    );
  });

  test.each([
    ['GET', 'read_operations', ['meta', 'script'], 'This page comes back by itself.'],
    ['GET', 'platform_operations', ['link', 'script'], 'Try again'],
    ['POST', 'caption_generation', ['button', 'script'], 'Nothing of what you sent has been carried out.'],
    ['DELETE', 'read_operations', ['button', 'script'], 'Nothing of what you sent has been carried out.'],
  ])('a blocked %s of %s goes on by %j', (method, operation, ways, words) => {
    const page = html({ method, operation });
    expect(page).toContain(words);
    const found = [
      ...(page.includes('<noscript><meta http-equiv=refresh content=1804></noscript>') ? ['meta'] : []),
      ...(page.includes('<a href="">') ? ['link'] : []),
      ...(page.includes('<button') ? ['button'] : []),
      ...(page.includes('<script type=module>') ? ['script'] : []),
    ];
    expect(found).toEqual(ways);
    expect(page.includes('location.reload')).toBe(ways.includes('meta'));
    expect(page).not.toMatch(/<form|<input|\bon\w+=/i);
  });

  test.each([
    ['/', './'],
    ['/a', './'],
    ['/a/', '../'],
    ['/a/b/c', '../../'],
    ['a', './'],
    ['/x'.repeat(22), '/'],
  ])('from %s the root is %s', (path, root) => {
    expect(html({ path })).toContain(`<a id=u href="${root}">`);
    expect(html({ path })).toContain(`<a href="${root}maintenance">`);
  });

  test('its script and its style are those that the policy allows, and there are no others', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { body, policy } = buildRefusal({ ...given, form: 'html' });
        const [script, ...more] = body.matchAll(/<script type=module>(.*?)<\/script>/gs);
        const [style] = body.matchAll(/<style>(.*?)<\/style>/gs);
        expect(more).toEqual([]);
        expect(policy).toContain(`script-src 'sha256-${sha256(script?.[1])}';`);
        expect(policy).toContain(`style-src 'sha256-${sha256(style?.[1])}';`);
        expect(policy).toContain("default-src 'none';");
        expect(policy).not.toContain('unsafe');
      }),
    );
  });

  test('is under 4 kB with a reason of 500 letters, in every language and way', () => {
    for (const language of LANGUAGES) {
      for (const method of ['GET', 'POST']) {
        for (const { name } of OPERATION_TYPES) {
          const held = normalMaintenance({ reason: 'r'.repeat(500), endsAt: NOW + 1_800_000 });
          const page = html({ language, method, operation: name, maintenance: held, path: '/a'.repeat(20) });
          expect(Buffer.byteLength(page)).toBeLessThan(4000);
        }
      }
    }
  });

  test('says when it takes longer than planned', () => {
    expect(html({ maintenance: normalMaintenance({ endsAt: NOW }) })).toContain(
      'It is taking longer than planned.',
    );
  });

  test('has the same elements whatever the reason and the path are', () => {
    const tags = (page: string) =>
      (page.replace(/<script type=module>.*<\/script>/s, '').match(/<[^>]*>/g) ?? []).filter(
        (tag) => !/^<\/?(time|span|body|a )/.test(tag),
      );
    fc.assert(
      fc.property(facts, (given) => {
        const plain = { ...given, maintenance: normalMaintenance(), operation: given.operation };
        expect(tags(html(given))).toEqual(tags(html(plain)));
      }),
    );
  });
});

describe('the language', () => {
  test.each(LANGUAGES)('%s is that of both forms, and none of its texts needs escaping', (language) => {
    for (const { name } of OPERATION_TYPES) {
      const own = describeOperation(name, language);
      const said = { language, operation: name } as const;
      expect(buildRefusal({ ...FACTS, ...said })).toMatchObject({ language });
      expect(json(said)).toMatchObject({
        title: REFUSAL_MESSAGES[language].title,
        detail: own.userMessage,
        message: own.userMessage,
        operation: { description: own.description, suggestion: own.suggestion },
      });
      expect(html(said)).toContain(`<html lang="${language}">`);
      expect(html(said)).toContain(own.userMessage);
    }
    const texts = Object.values(REFUSAL_MESSAGES[language]).map((text) =>
      typeof text === 'function' ? text(2) : text,
    );
    expect(texts.filter((text) => /[&<>"'$]/.test(text))).toEqual([]);
  });
});

describe('in the authorizer result', () => {
  const longest = AWKWARD_CHARACTERS.map((awkward) => awkward.repeat(MAX_REASON_LENGTH));
  const worstInstances = ['$', '"', '\\', '\u0000', '\ud800', '\u2028', '漢'].map((one) => one.repeat(300));

  test('the body never needs more than 7 000 bytes, and holds no $', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const { body } = buildRefusal(given);
        expect(embeddedBytes(body)).toBeLessThanOrEqual(7000);
        expect(JSON.stringify(body)).not.toContain('$');
      }),
      { numRuns: 1000 },
    );
  });

  test('not in the worst cases either, with the reason whole', () => {
    const operations = [...OPERATION_TYPES.map(({ name }) => name), '$'.repeat(64), '漢'.repeat(64)];
    for (const worstReason of longest) {
      for (const worstInstance of worstInstances) {
        for (const type of operations) {
          const given = { instance: worstInstance, operation: type, version: 1e15, retryAfter: 604_830 };
          const held = emergency({ reason: worstReason });
          const { body } = buildRefusal({ ...FACTS, ...given, maintenance: held });
          expect(embeddedBytes(body)).toBeLessThanOrEqual(7000);
          expect(JSON.parse(body).maintenance.reason).toBe(worstReason);
          expect(embeddedBytes(html({ ...given, maintenance: held }))).toBeLessThanOrEqual(7000);
        }
      }
    }
  });

  test('whatever the texts of the operation type are', () => {
    const text = fc.oneof(reason, fc.string({ unit: 'binary' }), fc.constant('word '.repeat(2000)));
    const texts = fc.record({
      name: fc.constant('batch_operations'),
      description: text,
      userMessage: text,
      suggestion: text,
    });
    fc.assert(
      fc.property(facts, texts, (given, said) => {
        const { body } = buildRefusal(given, said);
        expect(embeddedBytes(body)).toBeLessThanOrEqual(7000);
        expect(JSON.stringify(body)).not.toContain('$');
        if (given.form === 'json') {
          expect(JSON.parse(body).maintenance.reason).toBe(given.maintenance.reason);
        }
      }),
    );
  });

  test('long texts give way, the facts do not', () => {
    const long = 'word '.repeat(2000);
    const said = { name: 'caption_generation', description: long, userMessage: long, suggestion: long };
    const parsed = JSON.parse(buildRefusal(FACTS, said).body);
    expect(parsed).toEqual({
      ...json(),
      detail: 'Service under maintenance.',
      message: 'Service under maintenance.',
      operation: { type: 'caption_generation', description: '', suggestion: '' },
    });
  });

  test('a reason is judged by what it is, not by what it looks like', () => {
    fc.assert(
      fc.property(reason, (text) => {
        const looksLikeJson = `{"status":200,"x":"${text}`.slice(0, 400);
        const held = normalMaintenance({ reason: looksLikeJson });
        expect(json({ maintenance: held }).status).toBe(503);
        expect(json({ maintenance: held }).maintenance.reason).toBe(looksLikeJson);
      }),
    );
  });
});
