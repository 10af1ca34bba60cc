// A DynamoDB that answers at once: one event, one set of keys. Runs in its own process, so that what is measured
// beside it has a processor to itself; whatever reads from it for each request is flattered, not wronged.
import { createServer } from 'node:http';

let state = process.env.STATE ?? '{}';
const jwks = process.env.JWKS ?? '{}';

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const target = String(request.headers['x-amz-target'] ?? '');
    const { version } = JSON.parse(state);
    const body = target.endsWith('.GetItem')
      ? { Item: { jwks: { S: jwks } } }
      : { Count: 1, ScannedCount: 1, Items: [{ sk: { N: String(version) }, state: { S: state } }] };
    const text = JSON.stringify(body);
    response.writeHead(200, {
      'Content-Type': 'application/x-amz-json-1.0',
      'Content-Length': Buffer.byteLength(text),
    });
    response.end(text);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.({ port: typeof address === 'string' ? null : address?.port });
});
process.on('message', (/** @type {{ state: string }} */ message) => {
  state = message.state;
  process.send?.({ stateSet: true });
});
process.on('disconnect', () => process.exit(0));
