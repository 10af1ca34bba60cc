import { connect } from 'node:net';
import { POLICY } from '../../test/support/sessions.ts';

/** The length of every session, bytes. */
const SESSION_LENGTH = 300;
/** One session in so many is an admin's. */
const ADMINS = 100;
/** Keys that are written before their answers are waited for. */
const PORTION = 20_000;

/** What the other client reads all the time. */
export const PROBE = { key: 'probe', value: 'value' };

export function sessionKey(n: number): string {
  return `${POLICY.prefix}${n.toString(16).padStart(32, '0')}`;
}

export function isAdmin(n: number): boolean {
  return n % ADMINS === 0;
}

export function adminsAmong(sessions: number): number {
  return Math.ceil(sessions / ADMINS);
}

/** Fills an empty server with sessions, as many other keys among them, and what the other client reads. */
export async function fill(port: number, sessions: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  let expected = 0;
  let arrived = 0;
  let done = Promise.withResolvers<void>();
  socket.on('error', (error) => done.reject(error));
  socket.on('data', (chunk: Buffer) => {
    if (chunk.includes('-')) done.reject(new Error(chunk.toString()));
    arrived += chunk.length;
    if (arrived >= expected) done.resolve();
  });
  const send = async (commands: string[]): Promise<void> => {
    done = Promise.withResolvers();
    expected += commands.length * '+OK\r\n'.length;
    socket.write(commands.join(''));
    await done.promise;
  };
  await send([set(PROBE.key, PROBE.value)]);
  for (let from = 0; from < sessions; from += PORTION) {
    const commands: string[] = [];
    for (let n = from; n < Math.min(from + PORTION, sessions); n += 1) {
      commands.push(set(sessionKey(n), session(n)), set(`cache:${n}`, 'x'.repeat(100)));
    }
    await send(commands);
  }
  socket.destroy();
}

function session(n: number): string {
  const about = `{"user_id":${n},"username":"user-${n}","role":"${isAdmin(n) ? 'admin' : 'reviewer'}","created_at":"2026-01-15T09:00:00Z","csrf":"`;
  return `${about.padEnd(SESSION_LENGTH - 2, 'x')}"}`;
}

function set(key: string, value: string): string {
  return `*3\r\n$3\r\nSET\r\n$${key.length}\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;
}
