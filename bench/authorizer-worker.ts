import { verify } from 'node:crypto';
import { createRequire } from 'node:module';
import { JwtVerifier } from 'aws-jwt-verify/jwt-verifier';
import { Bench } from 'tinybench';
import { TestIssuer } from '../test/support/tokens.ts';
import {
  ACTIVE,
  authorizerEnvironment,
  authorizerEvent,
  INACTIVE,
  startStubStore,
} from './support/fixtures.ts';

/**
 * Measures the bundled authorizer in one process, event text in to result text out, beside its references.
 * Started by bench/run.ts with standard output on /dev/null, where the log lines go; sends its figures to the parent.
 */
type Handler = (event: unknown) => Promise<unknown>;

export interface Figure {
  readonly name: string;
  /** Microseconds. */
  readonly median: number;
  readonly p99: number;
  readonly samples: number;
}

const [ours, straightforward] = process.argv.slice(2) as [string, string];
const require = createRequire(import.meta.url);
const issuer = new TestIssuer();
const store = await startStubStore(INACTIVE, issuer);
Object.assign(process.env, authorizerEnvironment(issuer, store.endpoint), {
  PUBLIC_KEY: issuer.publicKey.export({ type: 'spki', format: 'pem' }),
});

const authorizer: Handler = require(ours).handler;
const reference: Handler = require(straightforward).handler;
const call = (handler: Handler, event: string) => async (): Promise<string> =>
  JSON.stringify(await handler(JSON.parse(event)));

const blocked = { method: 'POST', path: '/start_caption_generation' };
const anonymous = authorizerEvent(blocked);
const admin = issuer.sign(issuer.claims(Date.now(), { 'cognito:groups': ['admins'] }));
const bypassing = authorizerEvent({ ...blocked, token: admin });
/** A control route: the credential is looked at, the call is let through and nothing is logged. */
const control = {
  method: 'GET',
  path: '/api/maintenance/history',
  resource: '/api/maintenance/{proxy+}',
};
const allowed = authorizerEvent({ ...control, token: admin });

/** Tokens that nobody has seen, enough that none comes twice. */
const newTokens = (name: string): string[] =>
  Array.from({ length: 6000 }, (_, n) =>
    issuer.sign(issuer.claims(Date.now(), { 'cognito:groups': ['admins'], jti: `${name}-${n}` })),
  );
const unseen = newTokens('bypass');
const bypassingUnseen = unseen.map((token) => authorizerEvent({ ...blocked, token }));
const allowedUnseen = newTokens('control').map((token) => authorizerEvent({ ...control, token }));
const parts = unseen.map((token) => {
  const [header, payload, signature] = token.split('.') as [string, string, string];
  return { input: Buffer.from(`${header}.${payload}`), signature: Buffer.from(signature, 'base64url') };
});
const bareVerifier = JwtVerifier.create({ issuer: issuer.issuer, audience: null });
bareVerifier.cacheJwks(JSON.parse(JSON.stringify(issuer.jwks())));

async function measure(
  name: string,
  work: (n: number) => unknown,
  limit = Number.POSITIVE_INFINITY,
): Promise<Figure> {
  let n = 0;
  const iterations = Number.isFinite(limit) ? { iterations: limit - 1000, time: 0 } : { time: 2000 };
  const warmup = Number.isFinite(limit) ? { warmupIterations: 900, warmupTime: 0 } : { warmupTime: 500 };
  const bench = new Bench({ ...iterations, ...warmup, retainSamples: false });
  bench.add(name, async () => {
    await work(n);
    n += 1;
  });
  const [task] = await bench.run();
  const result = task?.result;
  if (result === undefined || result.state !== 'completed') {
    throw new Error(`${name} failed`, {
      cause: result !== undefined && 'error' in result ? result.error : result,
    });
  }
  const { latency } = result;
  const figure = { name, median: latency.p50 * 1000, p99: latency.p99 * 1000, samples: latency.samplesCount };
  process.send?.({ figure });
  return figure;
}

await measure('authorizer, maintenance off', call(authorizer, anonymous));
await measure('straightforward authorizer, maintenance off', call(reference, anonymous));
await store.set(ACTIVE);
await new Promise((resolve) => setTimeout(resolve, 1000));
await measure('authorizer, blocked anonymous, with its log line', call(authorizer, anonymous));
await measure('straightforward authorizer, blocked anonymous', call(reference, anonymous));
await measure('authorizer, allowed, token seen before', call(authorizer, allowed));
await measure(
  'authorizer, admin let through with its log line, token seen before',
  call(authorizer, bypassing),
);
await measure('straightforward authorizer, admin', call(reference, bypassing));
const keyOf = (n: number) => n % unseen.length;
await measure('crypto.verify alone, RS256', (n) => {
  const { input, signature } = parts[keyOf(n)] as (typeof parts)[number];
  return verify('RSA-SHA256', input, issuer.publicKey, signature);
});
await measure(
  'aws-jwt-verify alone, token not seen before',
  (n) => bareVerifier.verifySync(unseen[keyOf(n)] as string),
  5900,
);
await measure(
  'authorizer, allowed, token not seen before',
  (n) => call(authorizer, allowedUnseen[keyOf(n)] as string)(),
  5900,
);
await measure(
  'authorizer, admin let through with its log line, token not seen before',
  (n) => call(authorizer, bypassingUnseen[keyOf(n)] as string)(),
  5900,
);
store.close();
process.disconnect?.();
