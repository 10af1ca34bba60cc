/**
 * Synthesises the stack for the local cloud, unless that has been done for the very same sources. Each assembly has a
 * folder of its own, named by the hash of its sources, so that a running local cloud never loses its code to a new one.
 * Run by itself, it prints the folder; with the name of a profile, that of the stack of this profile.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { giveUp, NODE, PROJECT, say } from './setup.mjs';
import { hashOf, removeOld } from './sources.mjs';

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
  'console',
  'scripts/build-console.mjs',
  'cdk.json',
  'package-lock.json',
  'tsconfig.json',
];
/** Assemblies kept for local clouds that still run: the three profiles of a few states of the sources. */
const KEPT = 9;

/**
 * The folder of the assembly for the sources as they are.
 * @param {string} [profile] of the stack; without one, it is the app's default
 */
export function synthesise(profile) {
  const folder = path.join(FOLDER, hashOf(SOURCES) + (profile === undefined ? '' : `-${profile}`));
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
      CDK_CONTEXT_JSON: JSON.stringify({
        ...context,
        origin: ORIGIN,
        ...(profile !== undefined && { profile }),
      }),
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
  removeOld(FOLDER, KEPT);
  return folder;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.stdout.write(`${synthesise(process.argv[2])}\n`);
