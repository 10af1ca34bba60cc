import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { Io } from '../../cli/io.ts';
import { buildProgram } from '../../cli/program.ts';
import { CONTEXT_KEYS } from '../../lib/configuration/context-options.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const NOT_OURS = new Set(['node_modules', 'cdk.out', 'dist', 'coverage']);

const pages = markdownBelow(ROOT);
const readme = read('README.md');

function markdownBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) {
      return NOT_OURS.has(entry.name) || entry.name.startsWith('.') ? [] : markdownBelow(place);
    }
    return entry.name.endsWith('.md') ? [relative(ROOT, place)] : [];
  });
}

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

/** Prose only: what stands in code is no link and no heading. */
function withoutCode(text: string): string {
  return text
    .replace(/^ *```.*?^ *```/gms, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()#]/g, ' '));
}

/** The fragments that GitHub gives to headings: in lower case, without punctuation, spaces as hyphens, numbered. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = text.replace(/^ *```.*?^ *```/gms, '').matchAll(/^#{1,6} +(.+?) *$/gm);
  return new Set(
    [...headings].map(([, heading = '']) => {
      const anchor = heading
        .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
        .replaceAll(' ', '-');
      const before = seen.get(anchor) ?? 0;
      seen.set(anchor, before + 1);
      return before === 0 ? anchor : `${anchor}-${before}`;
    }),
  );
}

/** Why a link of a page leads nowhere, or null when it leads somewhere. */
function brokenLink(page: string, target: string): string | null {
  const [path = '', fragment] = target.split('#');
  const place = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), decodeURIComponent(path));
  if (!existsSync(place)) return `${target}: there is no such file`;
  if (fragment === undefined) return null;
  if (statSync(place).isDirectory() || !place.endsWith('.md')) return `${target}: only pages have headings`;
  const anchors = anchorsOf(readFileSync(place, 'utf8'));
  return anchors.has(fragment) ? null : `${target}: there is no such heading`;
}

function linksOf(text: string): string[] {
  const targets = [...withoutCode(text).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

/** Every `word` of the pages that follows a prefix. */
function wordsAfter(prefix: RegExp, text: string): string[] {
  return [...new Set([...text.matchAll(prefix)].map(([, word = '']) => word))];
}

describe('links', () => {
  test('there are pages to look at', () => {
    expect(pages).toEqual(expect.arrayContaining(['README.md', 'SECURITY.md', 'docs/README.md']));
    expect(linksOf(readme).length).toBeGreaterThan(10);
  });

  test.each(pages)('every link of %s leads to a file, and to a heading where it names one', (page) => {
    const broken = linksOf(read(page))
      .map((target) => brokenLink(page, target))
      .filter((problem) => problem !== null);
    expect(broken).toEqual([]);
  });

  test('a broken link is found', () => {
    expect(brokenLink('README.md', 'docs/nowhere.md')).toContain('no such file');
    expect(brokenLink('README.md', 'docs/limits.md#nowhere')).toContain('no such heading');
    expect(brokenLink('README.md', '#start')).toBeNull();
  });

  test('every page of docs/ can be reached from its index, and every decision', () => {
    const linked = linksOf(read('docs/README.md')).map((target) => join('docs', target.split('#')[0] ?? ''));
    const own = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    expect(own.filter((page) => !linked.includes(page))).toEqual([]);
  });
});

describe('commands', () => {
  const scripts = Object.keys(JSON.parse(read('package.json')).scripts);
  /** Commands are only looked at, never run. */
  const commands = buildProgram({} as Io).commands;

  test.each(pages)('every npm script that %s names exists', (page) => {
    const named = wordsAfter(/\bnpm (?:run )?([\w-]+)/g, codeOf(read(page)));
    const ofNpm = ['ci', 'install', 'rebuild', 'config'];
    expect(named.filter((name) => !scripts.includes(name) && !ofNpm.includes(name))).toEqual([]);
  });

  test.each(pages)('every command and option of the command line that %s names exists', (page) => {
    const lines = codeOf(read(page)).matchAll(/(?:npx |`|^\$ )maintenance ([a-z][a-z-]*)\b([^\n`]*)/gm);
    const unknown = [...lines].flatMap(([line, name = '', rest = '']) => {
      const group = commands.find((candidate) => candidate.name() === name);
      const part = group?.commands.find(
        (candidate) => candidate.name() === /^ ([a-z][a-z-]*)/.exec(rest)?.[1],
      );
      const command = part ?? group;
      if (command === undefined) return [line];
      const known = command.options.map(({ long }) => long);
      return wordsAfter(/ (--[a-z-]+)/g, rest.replace(/[|;&].*/, '').replace(/"[^"]*"/g, '')).filter(
        (option) => option !== '--help' && !known.includes(option),
      );
    });
    expect(unknown).toEqual([]);
  });
});

/** What stands in code, in blocks and in lines. */
function codeOf(text: string): string {
  const blocks = [...text.matchAll(/^ *```.*?^ *```/gms)].map(([block]) => block);
  const inline = [...text.replace(/^ *```.*?^ *```/gms, '').matchAll(/`[^`\n]+`/g)].map(([code]) => code);
  return [...blocks, ...inline].join('\n');
}

describe('options', () => {
  const rowsOf = (page: string): string[] => {
    const [, section = ''] = read(page).split(/^#+ Configuration$/m);
    const rows = section.split(/^## /m)[0]?.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm) ?? [];
    return [...rows].flatMap(([, names = '']) => wordsAfter(/`(\w+)`/g, names));
  };

  test('that README.md names exist', () => {
    const named = rowsOf('README.md');
    expect(named).toContain('origin');
    expect(named.filter((name) => !(name in CONTEXT_KEYS))).toEqual([]);
  });

  test('are all described in docs/configuration.md, and no others', () => {
    expect(rowsOf('docs/configuration.md').toSorted()).toEqual(Object.keys(CONTEXT_KEYS).toSorted());
  });

  test.each(pages)('that %s gives on command lines exist', (page) => {
    const given = wordsAfter(/[ `]-c (\w+)=/g, read(page));
    expect(given.filter((name) => name !== 'name' && !(name in CONTEXT_KEYS))).toEqual([]);
  });
});
