// Loads a bundle, has it answer one event, and tells the milliseconds since the process started.
const { handler } = require(process.argv[2]);
const context = { awsRequestId: 'r', getRemainingTimeInMillis: () => 3000 };
handler(JSON.parse(process.argv[3]), context).then((answer) => {
  const elapsed = performance.now();
  process.send({ elapsed, answer }, () => process.exit(0));
});
