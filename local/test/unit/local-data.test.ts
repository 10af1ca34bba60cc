import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { LocalData } from '../../local-data.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'local-data-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts and ends once; whether what an earlier start had kept was still there. */
function kept(options: { fresh?: boolean; memory?: boolean } = {}): boolean {
  const data = new LocalData(folder, { fresh: false, memory: false, ...options });
  const file = path.join(folder, 'users.json');
  const wasKept = existsSync(file);
  writeFileSync(file, '{}');
  data.release();
  return wasKept;
}

test('what was kept is there at the next start, unless that is to forget it', () => {
  expect([kept(), kept(), kept({ fresh: true }), kept()]).toEqual([false, true, false, true]);
});

test('where the tables were in memory only, nothing outlives them', () => {
  expect([kept(), kept({ memory: true }), kept({ memory: true }), kept(), kept()]).toEqual([
    ...[false, false, false],
    ...[false, true],
  ]);
});
