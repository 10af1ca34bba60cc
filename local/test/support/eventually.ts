import { setTimeout as delay } from 'node:timers/promises';

/** Asks again, with short pauses, until the answer is yes; fails after `limitMs`, which leaves room for a busy machine. */
export async function eventually(condition: () => Promise<boolean>, limitMs = 15_000): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Still not so after ${limitMs} ms: ${condition}`);
    await delay(50);
  }
}
