/**
 * Synthesises the stack for the local cloud, unless that has been done for the very same sources. Each assembly has a
 * folder of its own, named by the hash of its sources, so that a running local cloud never loses its code to a new one.
 * Run by itself, it prints the folder.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { giveUp, NODE, PROJECT, say } from './setup.mjs';

/** The origin that the local cloud finds the sample application under. */
const ORIGIN = 'https://origin.test';
const FOLDER = path.join(PROJECT, '.local-cloud', 'assemblies');
/** What an assembly is made of. */
const SOURCES = [
  'bin',
  'lib',
  'core',
  'adapters',
  'lambdas',
  'cdk.json',
  'package-lock.json',
  'tsconfig.json',
];
/** Assemblies kept for local clouds that still run. */
const KEPT = 4;

/** The folder of the assembly for the sources as they are. */
export function synthesise() {
  const folder = path.join(FOLDER, sourcesHash());
  if (existsSync(path.join(folder, 'manifest.json'))) {
    const now = new Date();
    utimesSync(folder, now, now);
    return folder;
  }
  say('Synthesising the stack...');
  mkdirSync(FOLDER, { recursive: true });
  const output = mkdtempSync(path.join(FOLDER, 'new-'));
  const { context } = JSON.parse(readFileSync(path.join(PROJECT, 'cdk.json'), 'utf8'));
  const result = spawnSync(NODE, ['bin/app.ts'], {
    cwd: PROJECT,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: output,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, origin: ORIGIN }),
    },
  });
  if (result.status !== 0 || !existsSync(path.join(output, 'manifest.json'))) {
    rmSync(output, { recursive: true, force: true });
    giveUp(
      `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ?? ''}\nThe stack could not be synthesised.`,
    );
  }
  try {
    renameSync(output, folder);
  } catch (error) {
    // Another process has made the same one meanwhile.
    rmSync(output, { recursive: true, force: true });
    if (!existsSync(path.join(folder, 'manifest.json'))) throw error;
  }
  removeOld();
  return folder;
}

function sourcesHash() {
  const hash = createHash('sha256');
  for (const source of SOURCES) addToHash(hash, source);
  return hash.digest('hex').slice(0, 16);
}

function addToHash(hash, name) {
  const place = path.join(PROJECT, name);
  if (!existsSync(place)) return;
  if (!statSync(place).isDirectory()) {
    hash.update(`${name}\0`).update(readFileSync(place)).update('\0');
    return;
  }
  for (const entry of readdirSync(place).sort()) addToHash(hash, path.join(name, entry));
}

function removeOld() {
  const folders = readdirSync(FOLDER)
    .filter((name) => !name.startsWith('new-'))
    .map((name) => ({ place: path.join(FOLDER, name), time: statSync(path.join(FOLDER, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { place } of folders.slice(KEPT)) rmSync(place, { recursive: true, force: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.stdout.write(`${synthesise()}\n`);
