// Loads a bundle, has it answer one event, and tells the milliseconds since the process started, and
// the milliseconds of processor time that it has taken.
const [, , file = '', event = ''] = process.argv;
const { handler } = require(file);
const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 3000 };
handler(JSON.parse(event), context).then((/** @type {unknown} */ answer) => {
  const elapsed = performance.now();
  const { user, system } = process.cpuUsage();
  process.send?.({ elapsed, processor: (user + system) / 1000, answer }, () => process.exit(0));
});
