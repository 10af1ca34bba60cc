import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROVEN } from '../e2e/troubleshooting/rows.ts';
import { troubleshootingPage } from '../support/troubleshooting-page.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const TESTS = join(ROOT, 'test/e2e/troubleshooting');

test('the page shows what the tests declare', () => {
  const page = readFileSync(join(ROOT, 'docs/troubleshooting-tests.md'), 'utf8');
  expect(page).toBe(troubleshootingPage(PROVEN));
});

test('every test file of the guide has its rows in the table, and proves all of its sections', () => {
  const files = readdirSync(TESTS).filter((file) => file.endsWith('.test.ts'));
  expect(files.toSorted()).toEqual(PROVEN.map(({ file }) => `${file}.test.ts`).toSorted());
  for (const { file, sections } of PROVEN) {
    const calls = readFileSync(join(TESTS, `${file}.test.ts`), 'utf8').match(/^prove\(/gm) ?? [];
    expect({ file, proven: calls.length }).toEqual({ file, proven: sections.length });
  }
});

test('every row has a name of its own', () => {
  const names = PROVEN.flatMap(({ sections }) => sections.flatMap(({ rows }) => Object.keys(rows)));
  expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
});
