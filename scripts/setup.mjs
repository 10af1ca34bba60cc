/**
 * What a bare clone needs before anything can run: the packages of the lock file, and the programs that are no
 * packages. Plain JavaScript without dependencies, for any Node from 20 on. Everything it says goes to standard error.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
/** The Node that runs the project: the dev dependency `node`, whatever the machine's own version. */
export const NODE = path.join(PROJECT, 'node_modules/.bin/node');

const OLDEST_NODE = 20;
/** Where the packages lie. */
export const MODULES = path.join(PROJECT, 'node_modules');
const STAMP = path.join(MODULES, '.setup-stamp');
/** Where programs lie that are not always in PATH. */
const MORE_FOLDERS = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin', '/snap/bin'];

/**
 * A program to find or to install.
 * @typedef {object} Program
 * @property {string} title
 * @property {string} variable the environment variable that may name it
 * @property {readonly string[]} names under which it lies in a folder
 * @property {readonly string[]} [places] files that it may be
 * @property {string} apt
 * @property {readonly string[]} brew
 */

/** @type {Program} */
const REDIS = {
  title: 'redis-server',
  variable: 'REDIS_SERVER',
  names: ['redis-server'],
  apt: 'redis-server',
  brew: ['redis'],
};
/** @type {Program} */
const CHROMIUM = {
  title: 'Chromium',
  variable: 'CHROMIUM',
  names: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
  places: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  apt: 'chromium',
  brew: ['--cask', 'chromium'],
};

/**
 * Tells what goes on.
 * @param {string} message
 */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/**
 * Ends the program with a message that says what to do.
 * @param {string} message
 * @returns {never}
 */
export function giveUp(message) {
  say(message);
  process.exit(1);
}

/** Makes the packages available; the environment for what runs next says where they are. */
export function setupPackages() {
  checkNode();
  installPackages();
  return {
    ...process.env,
    PATH: [path.join(MODULES, '.bin'), process.env.PATH].join(path.delimiter),
    // Every process that is started compiles the same files: the first keeps what came of it.
    NODE_COMPILE_CACHE: path.join(MODULES, '.cache/compiled'),
  };
}

/** Makes the packages and redis-server available, for whatever runs the local cloud. */
export function setup() {
  return { ...setupPackages(), REDIS_SERVER: provide(REDIS) ?? giveUp(howToInstall(REDIS)) };
}

/**
 * Makes a browser available for the tests of the console, once there are any.
 * @param {NodeJS.ProcessEnv} environment
 */
export function setupBrowser(environment) {
  if (!existsSync(path.join(MODULES, 'playwright-core'))) return environment;
  const program = provide(CHROMIUM) ?? giveUp(howToInstall(CHROMIUM));
  return { ...environment, CHROMIUM: program };
}

function checkNode() {
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return;
  giveUp(
    `Node ${OLDEST_NODE} or newer is needed; this is ${process.versions.node}. See https://nodejs.org/en/download.`,
  );
}

function installPackages() {
  const lock = readFileSync(path.join(PROJECT, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lock).digest('hex');
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== hash) {
    if (!holdsPackagesOf(JSON.parse(lock))) {
      say('Installing the packages of package-lock.json (npm ci)...');
      const npm = process.env.npm_execpath;
      const [command, ...first] = npm ? [process.execPath, npm] : ['npm'];
      if (!run(command, [...first, 'ci', '--no-audit', '--no-fund'])) {
        giveUp(`The packages could not be installed. Type "npm ci" in ${PROJECT} to see why.`);
      }
    }
    writeFileSync(STAMP, hash);
  }
  if (!existsSync(NODE)) {
    giveUp(
      'The package "node" has no program: its install script did not run. Type "npm config get ignore-scripts"; ' +
        'if that is true, type "npm rebuild node --ignore-scripts=false".',
    );
  }
}

/**
 * Whether node_modules holds what the lock file asks for: npm itself notes there what it has installed.
 * @param {{ packages: Record<string, { version: string, optional?: boolean, peer?: boolean }> }} lock
 */
function holdsPackagesOf(lock) {
  const note = path.join(MODULES, '.package-lock.json');
  if (!existsSync(note)) return false;
  const installed = JSON.parse(readFileSync(note, 'utf8')).packages;
  return Object.entries(lock.packages).every(([place, { version, optional, peer }]) => {
    if (place === '') return true;
    return installed[place] ? installed[place].version === version : Boolean(optional || peer);
  });
}

/**
 * Where a program is; it is installed when it isn't there and that is possible without asking.
 * @param {Program} program
 */
function provide(program) {
  const found = find(program);
  if (found) return found;
  const installed = install(program);
  return installed ? find(program) : undefined;
}

/** @param {Program} program */
function find({ variable, names, places = [] }) {
  const given = process.env[variable];
  if (given) return isProgram(given) ? given : giveUp(`${variable} names ${given}, which is no program.`);
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), ...MORE_FOLDERS];
  const candidates = folders.flatMap((folder) => names.map((name) => path.join(folder, name)));
  return [...candidates, ...places].find(isProgram);
}

/** @param {Program} program */
function install({ title, apt, brew }) {
  if (isCommand('apt-get')) {
    const asRoot =
      process.getuid?.() === 0 ? [] : run('sudo', ['-n', 'true'], true) ? ['sudo', '-n'] : undefined;
    if (!asRoot) return false;
    say(`Installing ${title} with apt-get...`);
    // RUNLEVEL=1 keeps the package from starting a service of its own.
    const aptGet = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-qq'];
    const [command = 'env', ...first] = aptGet;
    run(command, [...first, 'update']);
    return run(command, [...first, 'install', '-y', '--no-install-recommends', apt]);
  }
  if (isCommand('brew')) {
    say(`Installing ${title} with brew...`);
    return run('brew', ['install', ...brew]);
  }
  return false;
}

/** @param {Program} program */
function howToInstall({ title, variable, apt, brew }) {
  const how =
    process.platform === 'darwin'
      ? `Type "brew install ${brew.join(' ')}"`
      : `Type "sudo apt-get install ${apt}" (or what your system has for it)`;
  return `${title} was not found, and could not be installed without asking you. ${how}, or name the program in the environment variable ${variable}; then start again.`;
}

/**
 * Runs a command; its output goes to standard error, for standard output belongs to the program.
 * @param {string} command
 * @param {readonly string[]} args
 */
function run(command, args, quiet = false) {
  const output = quiet ? 'ignore' : 2;
  return spawnSync(command, args, { cwd: PROJECT, stdio: ['ignore', output, output] }).status === 0;
}

/** @param {string} name */
const isCommand = (name) =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => isProgram(path.join(folder, name)));

/** @param {string} file */
function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
