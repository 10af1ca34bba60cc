/**
 * Builds the web console, unless that has been done for the very same sources. Run by the synthesis, with the folder
 * that takes the result: `node scripts/build-console.mjs FOLDER`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { giveUp, NODE, PROJECT } from './setup.mjs';
import { hashOf, removeOld } from './sources.mjs';

const FOLDER = path.join(PROJECT, '.local-cloud', 'consoles');
/** What the console is made of. */
const SOURCES = ['console', 'package-lock.json', 'tsconfig.json'];
/** Builds kept. */
const KEPT = 4;

/** The folder of the console built from the sources as they are. */
function buildConsole() {
  const folder = path.join(FOLDER, hashOf(SOURCES));
  if (existsSync(folder)) return folder;
  mkdirSync(FOLDER, { recursive: true });
  const output = mkdtempSync(path.join(FOLDER, 'new-'));
  const vite = path.join(PROJECT, 'node_modules/vite/bin/vite.js');
  const args = [vite, 'build', 'console', '--config', 'console/vite.config.ts', '--logLevel', 'warn'];
  const { status, stdout, stderr, error } = spawnSync(NODE, [...args, '--outDir', output], {
    cwd: PROJECT,
    encoding: 'utf8',
  });
  if (status !== 0) {
    rmSync(output, { recursive: true, force: true });
    giveUp(`${stdout ?? ''}${stderr ?? ''}${error ?? ''}\nThe console could not be built.`);
  }
  try {
    renameSync(output, folder);
  } catch (failure) {
    // Another process has made the same one meanwhile.
    rmSync(output, { recursive: true, force: true });
    if (!existsSync(folder)) throw failure;
  }
  removeOld(FOLDER, KEPT);
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [target] = process.argv.slice(2);
  if (!target) giveUp('Name the folder that takes the console: node scripts/build-console.mjs FOLDER');
  cpSync(buildConsole(), target, { recursive: true });
}
