// Times calls of a bundled authorizer, one after the other: decisions by the state in memory, and decisions that read
// it. Log lines go to standard output, where the parent measures them.
const [, , file = '', event = '', calls, refreshes] = process.argv;
const { handler } = require(file);

async function timed() {
  const begun = performance.now();
  await handler(JSON.parse(event));
  return performance.now() - begun;
}

async function main() {
  const warm = [];
  const reading = [];
  for (let n = 0; n < Number(calls); n += 1) warm.push(await timed());
  for (let n = 0; n < Number(refreshes); n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 950));
    reading.push(await timed());
  }
  process.send?.({ warm, reading }, () => process.exit(0));
}

void main();
