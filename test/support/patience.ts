import { createHash } from 'node:crypto';
import { availableParallelism, loadavg } from 'node:os';

/** Milliseconds that the piece of work below takes on a machine that does nothing else. */
const USUAL_MS = 100;
const ROUNDS = 100_000;

/**
 * A limit for this machine: more where it is slow, which is measured once, when jest reads its configuration, and more
 * while others use it too. Tests that are in order never wait for so long; it only says when to give up.
 *
 * @param milliseconds the limit for a machine that does nothing else
 */
export function patient(milliseconds: number): number {
  // The processes that run the tests inherit what is measured.
  process.env.TEST_PATIENCE ??= String(measure());
  const [load = 0] = loadavg();
  return Math.round(
    milliseconds * Math.max(1, Number(process.env.TEST_PATIENCE), load / availableParallelism()),
  );
}

/** How many times longer a piece of work takes here than usual. */
function measure(): number {
  const begun = performance.now();
  let text = '';
  for (let round = 0; round < ROUNDS; round += 1) text = createHash('sha1').update(text).digest('hex');
  return (performance.now() - begun) / USUAL_MS;
}
