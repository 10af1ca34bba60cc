#!/usr/bin/env node
/**
 * Starts the command with the Node that the package brings (the sources are TypeScript, which that Node runs
 * as it is), whichever Node this file was started by.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const OLDEST_MAJOR = 24;
const main = new URL('./main.ts', import.meta.url);
/** Compiled code is kept beside the code that it comes from: whoever can write the one can write the other. */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/maintenance', import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= OLDEST_MAJOR) {
  module.enableCompileCache(compileCache);
  await import(main.href);
} else {
  const node = fileURLToPath(new URL('../node_modules/.bin/node', import.meta.url));
  if (existsSync(node)) {
    startWith(node);
  } else {
    console.error(`maintenance: needs Node ${OLDEST_MAJOR} or its own dependencies; run \`npm ci\` first.`);
    process.exitCode = 1;
  }
}

/** @param {string} node */
function startWith(node) {
  const child = spawn(node, [fileURLToPath(main), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env },
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    console.error(`maintenance: ${node} does not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  });
}
