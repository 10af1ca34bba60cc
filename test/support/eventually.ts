import { patient } from './patience.ts';

/** Milliseconds on a quiet machine. */
const LIMIT_MS = 30_000;
const PAUSE_MS = 50;

/**
 * Asks again, with short pauses, until the answer is yes.
 *
 * @param condition says no by false, or by an error as `expect` throws it
 */
export async function eventually(condition: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  for (;;) {
    const { answer, cause } = await ask(condition);
    if (answer) return;
    if (performance.now() - begun > patient(LIMIT_MS)) {
      const seconds = Math.round((performance.now() - begun) / 1000);
      throw new Error(`Still not so after ${seconds} s: ${condition}`, { cause });
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}

async function ask(condition: () => Promise<unknown>): Promise<{ answer: boolean; cause?: unknown }> {
  try {
    return { answer: (await condition()) !== false };
  } catch (cause) {
    return { answer: false, cause };
  }
}
