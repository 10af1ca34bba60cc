import { connect } from 'node:net';
import { quantile } from './support/report.ts';
import { PROBE } from './support/session-keys.ts';

/** What another client of the same Redis went through, ms. */
export interface Latencies {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly samples: number;
}

/**
 * Asks for a key once a millisecond, whether the answers before have come or not (open loop), and counts the time from
 * the moment at which each was due. Each message ends a measurement: its figures are the answer.
 */
const [port] = process.argv.slice(2);
const COMMAND = `*2\r\n$3\r\nGET\r\n$${PROBE.key.length}\r\n${PROBE.key}\r\n`;
const ANSWER = `$${PROBE.value.length}\r\n${PROBE.value}\r\n`.length;

const socket = connect(Number(port), '127.0.0.1').setNoDelay(true);
let begun = performance.now();
/** How many were due since then, and how many of them are answered. */
let asked = 0;
let answered = 0;
let bytes = 0;
let waits: number[] = [];

socket.on('data', (chunk) => {
  const now = performance.now();
  bytes += chunk.length;
  for (; bytes >= ANSWER; bytes -= ANSWER) {
    waits.push(now - (begun + answered));
    answered += 1;
  }
});

socket.on('connect', () => {
  begun = performance.now();
  setInterval(() => {
    const due = Math.floor(performance.now() - begun);
    if (due <= asked) return;
    socket.write(COMMAND.repeat(due - asked));
    asked = due;
  }, 1);
  process.send?.('ready');
});

process.on('message', () => {
  const figures: Latencies = {
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
    max: waits.reduce((most, wait) => Math.max(most, wait), 0),
    samples: waits.length,
  };
  waits = [];
  process.send?.(figures);
});
