/** What is made of sources and kept by their hash: how the hash is computed, and how old results go. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { PROJECT } from './setup.mjs';

/**
 * A short hash of files and folders of the project; what is not there counts as nothing.
 * @param {readonly string[]} sources
 */
export function hashOf(sources) {
  const hash = createHash('sha256');
  for (const source of sources) addToHash(hash, source);
  return hash.digest('hex').slice(0, 16);
}

/**
 * @param {import('node:crypto').Hash} hash
 * @param {string} name
 */
function addToHash(hash, name) {
  const place = path.join(PROJECT, name);
  if (!existsSync(place) || path.basename(name) === 'dist') return;
  if (!statSync(place).isDirectory()) {
    hash.update(`${name}\0`).update(readFileSync(place)).update('\0');
    return;
  }
  for (const entry of readdirSync(place).sort()) addToHash(hash, path.join(name, entry));
}

/**
 * Leaves the newest results of a folder, and those that are being made.
 * @param {string} folder
 * @param {number} kept
 */
export function removeOld(folder, kept) {
  const results = readdirSync(folder)
    .filter((name) => !name.startsWith('new-'))
    .map((name) => ({ place: path.join(folder, name), time: statSync(path.join(folder, name)).mtimeMs }))
    .sort((a, b) => b.time - a.time);
  for (const { place } of results.slice(kept)) rmSync(place, { recursive: true, force: true });
}
