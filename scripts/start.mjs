/** `npm start`: prepares what is missing, then runs the local cloud until it is told to stop. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { giveUp, NODE, PROJECT, say, setup } from './setup.mjs';
import { synthesise } from './synthesise.mjs';

/** A terminal and npm both pass on the same Ctrl-C. */
const SAME_SIGNAL_MS = 700;
const PARENT_CHECK_MS = 500;

const { profile, args } = profileOf(process.argv.slice(2));
const env = setup();
const assembly = args.some((arg) => arg === '--help' || arg.startsWith('--assembly'))
  ? []
  : ['--assembly', synthesise(profile)];
if (!args.includes('--help')) say('Starting the local cloud...');

// In a process group of its own, so that Ctrl-C reaches it from here only, once; it stops when this process is gone.
const child = spawn(NODE, [path.join(PROJECT, 'local/main.ts'), ...assembly, ...args], {
  env,
  stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  detached: true,
});
child.on('error', (error) => {
  say(`The local cloud could not be started: ${error.message}`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGKILL' ? 137 : 1)));

let firstSignal = 0;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    const now = performance.now();
    if (firstSignal === 0) {
      firstSignal = now;
      say('Stopping...');
      child.kill('SIGTERM');
    } else if (now - firstSignal > SAME_SIGNAL_MS) {
      child.kill('SIGKILL');
    }
  });
}

// npm that is killed leaves its shell and this process behind, and nobody would stop them then.
if (process.env.npm_lifecycle_event) {
  const ancestors = parents();
  setInterval(() => {
    if (parents() !== ancestors && firstSignal === 0) process.kill(process.pid, 'SIGTERM');
  }, PARENT_CHECK_MS).unref();
}

/**
 * The profile to synthesise, apart from the options of the local cloud itself.
 * @param {readonly string[]} all
 */
function profileOf(all) {
  const at = all.findIndex((arg) => arg === '--profile' || arg.startsWith('--profile='));
  if (at < 0) return { profile: undefined, args: all };
  const [name, value] = (all[at] ?? '').split('=', 2);
  const [profile, next] = value === undefined ? [all[at + 1], at + 2] : [value, at + 1];
  if (!profile || profile.startsWith('-'))
    giveUp(`${name} takes the name of a profile: whole, essential or smallest.`);
  return { profile, args: [...all.slice(0, at), ...all.slice(next)] };
}

/** The shell that npm runs this script in; on Linux, npm itself too. */
function parents() {
  try {
    return `${process.ppid} ${readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(' ')[3]}`;
  } catch {
    return String(process.ppid);
  }
}
