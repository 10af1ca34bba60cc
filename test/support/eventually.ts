/** Asks again, with short pauses, until the answer is yes; fails after `patience` ms. */
export async function eventually(condition: () => Promise<boolean>, patience = 15_000): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Still not so after ${patience} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
