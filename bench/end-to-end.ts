import { Agent, request } from 'node:http';
import { Cloud } from '../test/support/cloud.ts';
import { startLocalCloud } from '../test/support/local-cloud.ts';
import { assemblyIn } from './support/assembly.ts';
import { milliseconds, quantile, type Section } from './support/report.ts';

/** Connections kept busy at once, each with one request after the other. */
const CONNECTIONS = 8;
/** Milliseconds of one measurement. */
const SPAN = 4000;
const ROUNDS = 2;

interface Target {
  readonly name: string;
  readonly base: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What has to be so before it is measured. */
  readonly prepare: () => Promise<unknown>;
}

interface Measured {
  readonly latencies: number[];
  wrong: number;
  /** Milliseconds. */
  span: number;
}

/** Requests through the authorizer on the local cloud, beside the same origin called directly. */
export async function benchEndToEnd(folder: string, progress: (line: string) => void): Promise<Section> {
  const cloud = new Cloud(await startLocalCloud({ assembly: assemblyIn(folder) }));
  try {
    const { url, origin } = cloud.local;
    const nothing = async (): Promise<void> => {};
    const read = { method: 'GET', path: '/health', status: 200, headers: {} };
    const headers = await gatewayHeaders(cloud);
    const targets: readonly Target[] = [
      { name: 'origin called directly', base: origin, ...read, headers, prepare: nothing },
      { name: 'cloud off', base: url, ...read, prepare: () => cloud.reset() },
      { name: 'gate on, read allowed', base: url, ...read, prepare: () => cloud.enable() },
      {
        name: 'gate on, write blocked',
        base: url,
        method: 'POST',
        path: '/start_caption_generation',
        status: 503,
        headers: {},
        prepare: nothing,
      },
    ];
    const results = new Map<string, Measured>(
      targets.map(({ name }) => [name, { latencies: [], wrong: 0, span: 0 }]),
    );
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const target of targets) {
        await target.prepare();
        await load(target, 500, { latencies: [], wrong: 0, span: 0 });
        await load(target, SPAN, results.get(target.name) as Measured);
      }
    }
    const rows = [...results].map(([name, { latencies, wrong, span }]) => [
      name,
      (latencies.length / (span / 1000)).toFixed(0),
      milliseconds(quantile(latencies, 0.5)),
      milliseconds(quantile(latencies, 0.99)),
      String(wrong),
    ]);
    for (const row of rows) progress(`  ${row[0]}: ${row[1]} a second, p99 ${row[3]}`);
    return {
      title: 'End to end on the local cloud',
      method:
        `${CONNECTIONS} connections, each with one request after the other, ${ROUNDS} × ${SPAN / 1000} s in turns; everything on one machine. ` +
        'The local cloud stands for API Gateway and Lambda and is made for tests, not for speed: these figures say what ' +
        'a developer will see, nothing about AWS. The load comes from a loop of our own, because what is compared needs ' +
        'no more than that, and it is the same for every row. The stage does not throttle here.',
      columns: ['case', 'requests a second', 'median', 'p99', 'answers with another status'],
      rows,
    };
  } finally {
    await cloud.stop();
  }
}

/** What the gateway adds to a request: the origin refuses whoever doesn't know its secret. */
async function gatewayHeaders(cloud: Cloud): Promise<Record<string, string>> {
  await cloud.call('GET', '/health');
  const names = (await cloud.received()).at(-1)?.rawHeaders ?? [];
  const index = names.findIndex((name) => name.toLowerCase() === 'x-origin-secret');
  if (index === -1) throw new Error('The gateway did not send the secret of the origin.');
  return { 'X-Origin-Secret': names[index + 1] ?? '' };
}

async function load(target: Target, span: number, into: Measured): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const begun = performance.now();
  const connection = async (): Promise<void> => {
    while (performance.now() - begun < span) {
      const start = performance.now();
      const status = await call(target, agent);
      into.latencies.push(performance.now() - start);
      if (status !== target.status) into.wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  into.span += performance.now() - begun;
  agent.destroy();
}

function call({ base, method, path, headers }: Target, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    request(new URL(path, base), { method, headers, agent }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode ?? 0)).on('error', reject);
    })
      .on('error', reject)
      .end();
  });
}
