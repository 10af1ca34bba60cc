import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TestIssuer } from '../test/support/tokens.ts';
import { assemblyIn } from './support/assembly.ts';
import {
  ACTIVE,
  authorizerEnvironment,
  authorizerEvent,
  bundle,
  INACTIVE,
  PROJECT,
  startStubStore,
} from './support/fixtures.ts';
import { HOURLY, MONTHLY, PRICE_DATE, PRICES } from './support/prices.ts';
import { median, type Section } from './support/report.ts';

/** The traffic that is counted on: requests a second, and authorizer instances that it keeps warm. */
const RATE = 100;
const INSTANCES = 4;
const MILLION = 1e6;
/** Seconds between two reads of the state by one instance under traffic. Source: core/state/state-cache.ts. */
const REFRESH = 0.9;
/** Milliseconds that a read of DynamoDB takes within a region: the stub here answers at once. AWS says "single-digit". */
const TABLE_READ = 5;
/** What Lambda writes for each invocation in its text format (START, END and REPORT): bytes, with CloudWatch's 26 each. */
const PLATFORM_LINES = 380;
/** What CloudWatch adds to the size of each log event, bytes. Source: CloudWatch pricing page. */
const LOG_EVENT_OVERHEAD = 26;
/** AppConfig's extension asks this often by itself, seconds. Source: AppConfig, "Lambda extension". */
const APPCONFIG_INTERVAL = 45;
const MINUTES_A_MONTH = (60 * 24 * 365) / 12;
/** What runs every minute, by its folder: milliseconds, and reads of tables. Assumed: it is not measured here. */
const EVERY_MINUTE = {
  tick: { duration: 150, reads: 2 },
  purge: { duration: 100, reads: 2 },
  'job-sweep': { duration: 100, reads: 16 },
};

interface Measured {
  /** Milliseconds of a decision by the state in memory. */
  readonly warm: number;
  /** Milliseconds of a decision that reads the state from a store that answers at once. */
  readonly reading: number;
  /** Bytes that one call writes to the log. */
  readonly logged: number;
}

interface Template {
  readonly Resources: Readonly<
    Record<string, { Type: string; Properties?: Readonly<Record<string, unknown>> }>
  >;
}

/** What a million requests cost, and the stack when nobody calls: measured durations and public prices. */
export async function benchCost(folder: string, progress: (line: string) => void): Promise<Section> {
  const file = join(folder, 'cost.cjs');
  await bundle(join(PROJECT, 'lambdas/authorizer/index.ts'), file);
  const off = await measure(file, false);
  const blocked = await measure(file, true);
  const template = readTemplate(assemblyIn(folder));
  const memory = memoryOf(template, 'authorizer');
  const accessLine = accessLogBytes(template);

  const gateway = MILLION * PRICES.gatewayRequest;
  const requests = MILLION * PRICES.lambdaRequest;
  const duration = (milliseconds: number): number =>
    MILLION * (Math.max(1, Math.ceil(milliseconds)) / 1000) * (memory / 1024) * PRICES.lambdaGigabyteSecond;
  const logs = (bytes: number): number => ((MILLION * bytes) / 1e9) * PRICES.logGigabyte;
  const polls = (interval: number): number => (MILLION / RATE) * (INSTANCES / interval);
  const refreshes = polls(REFRESH);
  const refreshing = (): number =>
    (refreshes * (Math.ceil(off.reading + TABLE_READ) - 1) * (memory / 1024) * PRICES.lambdaGigabyteSecond) /
    1000;
  const common = logs(accessLine + PLATFORM_LINES);

  const designs: readonly { name: string; lambda: number; reads: number; log: number; age: string }[] = [
    {
      name: 'this gate, no maintenance',
      lambda: requests + duration(off.warm) + refreshing(),
      reads: refreshes * PRICES.tableRead,
      log: common,
      age: '≤ 1 s',
    },
    {
      name: 'this gate, every request blocked and logged',
      lambda: requests + duration(blocked.warm) + refreshing(),
      reads: refreshes * PRICES.tableRead,
      log: common + logs(blocked.logged + LOG_EVENT_OVERHEAD),
      age: '≤ 1 s',
    },
    {
      name: `AppConfig extension, polling every ${APPCONFIG_INTERVAL} s`,
      lambda: requests + duration(off.warm),
      reads: polls(APPCONFIG_INTERVAL) * PRICES.appConfigRequest,
      log: common,
      age: `≤ ${APPCONFIG_INTERVAL} s`,
    },
    {
      name: 'AppConfig, polling every second',
      lambda: requests + duration(off.warm),
      reads: polls(1) * PRICES.appConfigRequest,
      log: common,
      age: '≤ 1 s',
    },
    {
      name: 'DynamoDB read for each request',
      lambda: requests + duration(off.reading + TABLE_READ),
      reads: MILLION * PRICES.tableRead,
      log: common,
      age: 'none',
    },
  ];
  const rows = designs.map(({ name, lambda, reads, log, age }) => [
    name,
    dollars(gateway),
    dollars(lambda),
    dollars(reads),
    dollars(log),
    dollars(gateway + lambda + reads + log),
    age,
  ]);
  for (const row of rows) progress(`  ${row[0]}: ${row[5]} a million`);
  const idle = idleCost(template);
  progress(`  idle: ${dollars(idle.total)} a month`);
  const columns = ['a million requests', 'API Gateway', 'Lambda', 'state', 'logs', 'sum', 'age of the state'];
  const formula = [
    `**Formula**, prices of us-east-1 as of ${PRICE_DATE} (bench/support/prices.ts), without free tier, traffic and cold starts:`,
    '',
    `- Lambda: 10⁶ × (price of a request + billed ms × ${memory} MB); billed are ${Math.ceil(off.warm)} ms for a decision that takes ${(off.warm * 1000).toFixed(0)} µs (${(blocked.warm * 1000).toFixed(0)} µs blocked), and ${Math.ceil(off.reading + TABLE_READ)} ms for one that reads the state (${off.reading.toFixed(1)} ms with a store that answers at once, and ${TABLE_READ} ms assumed for DynamoDB). What the runtime itself takes is not in it.`,
    `- State: at ${RATE} requests a second on ${INSTANCES} instances a million takes ${MILLION / RATE} s; each instance reads once in ${REFRESH} s: ${Math.round(refreshes)} reads of one item below 4 KB.`,
    `- Logs: an access line of about ${accessLine} bytes and Lambda's own lines of about ${PLATFORM_LINES}; a blocked call adds its own of ${blocked.logged} (measured; above the threshold of a client the calls of a minute share one).`,
    '- The same authorizer and gateway are assumed beside each way of knowing the state. AppConfig changes by deployments, and has neither order nor history that a program could rely on.',
    '',
    `**Idle**, a month: ${idle.parts.join(', ')}; together ${dollars(idle.total)}. ${idle.hourly}`,
  ];
  writeReadme([
    '**Per million requests**, with durations and sizes measured by `npm run bench -- cost` and the formula in',
    '[docs/benchmarks.md](docs/benchmarks.md#cost), beside other ways for the same authorizer to know the state:',
    '',
    ...table(columns, rows),
  ]);
  return {
    title: 'Cost',
    method: 'Computed from durations and sizes measured here, the synthesised template, and public prices.',
    columns,
    rows,
    notes: [formula.join('\n')],
  };
}

async function measure(file: string, active: boolean): Promise<Measured> {
  const issuer = new TestIssuer();
  const store = await startStubStore(active ? ACTIVE : INACTIVE, issuer);
  const event = authorizerEvent({ method: 'POST', path: '/start_caption_generation' });
  const calls = 3000;
  const refreshes = 5;
  const child = fork(
    join(PROJECT, 'bench/support/invocations.cjs'),
    [file, event, String(calls), String(refreshes)],
    {
      env: { ...process.env, ...authorizerEnvironment(issuer, store.endpoint) },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  );
  let bytes = 0;
  child.stdout?.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  const closed = once(child, 'close');
  const [{ warm, reading }] = (await once(child, 'message')) as [{ warm: number[]; reading: number[] }];
  await closed;
  store.close();
  return {
    warm: median(warm),
    reading: median(reading),
    logged: Math.round(bytes / (calls + refreshes)),
  };
}

/** The template of the stack that every request passes: the console has one of its own, and no function. */
function readTemplate(assembly: string): Template {
  return JSON.parse(readFileSync(join(assembly, 'MaintenanceMode.template.json'), 'utf8'));
}

function memoryOf(template: Template, folder: string): number {
  for (const resource of Object.values(template.Resources)) {
    const { Metadata } = resource as { Metadata?: Readonly<Record<string, unknown>> };
    if (Metadata?.['maintenance:function'] === folder) return Number(resource.Properties?.MemorySize);
  }
  throw new Error(`The template has no function ${folder}.`);
}

/** The size of an access line, each of its variables taken for 16 characters. */
function accessLogBytes({ Resources }: Template): number {
  const stage = Object.values(Resources).find(({ Type }) => Type === 'AWS::ApiGateway::Stage');
  const setting = stage?.Properties?.AccessLogSetting as { Format?: string } | undefined;
  const line = String(setting?.Format ?? '').replace(/\$context\.[\w.]+/g, 'x'.repeat(16));
  return line.length + LOG_EVENT_OVERHEAD;
}

function idleCost(template: Template): { parts: string[]; total: number; hourly: string } {
  const { Resources } = template;
  const count = (type: string): number => Object.values(Resources).filter(({ Type }) => Type === type).length;
  const priced = Object.entries(MONTHLY)
    .map(([type, price]) => ({ type, count: count(type), price }))
    .filter((entry) => entry.count > 0);
  const minutes = Object.entries(EVERY_MINUTE).map(([folder, { duration, reads }]) => ({
    text: `the ${folder} of each minute`,
    assumed: `${duration} ms and ${reads} reads assumed`,
    cost:
      MINUTES_A_MONTH * (PRICES.lambdaRequest + reads * PRICES.tableRead) +
      ((MINUTES_A_MONTH * duration) / 1000) *
        (memoryOf(template, folder) / 1024) *
        PRICES.lambdaGigabyteSecond +
      ((MINUTES_A_MONTH * PLATFORM_LINES) / 1e9) * PRICES.logGigabyte,
  }));
  const found = HOURLY.filter((type) => Object.values(Resources).some((resource) => isPaid(resource, type)));
  return {
    parts: [
      ...priced.map(({ type, count: n, price }) => `${n} × ${type} ${dollars(n * price)}`),
      ...minutes.map(({ text, cost, assumed }) => `${text} ${dollars(cost)} (${assumed})`),
    ],
    total: [...minutes.map(({ cost }) => cost), ...priced.map(({ count: n, price }) => n * price)].reduce(
      (sum, cost) => sum + cost,
      0,
    ),
    hourly:
      found.length === 0
        ? 'Nothing in the stack is paid by the hour.'
        : `Not in this sum, paid by the hour: ${found.join(', ')}.`,
  };
}

/** Whether a resource is of a type that is paid by the hour. */
function isPaid({ Type, Properties }: Template['Resources'][string], type: string): boolean {
  return Type === type && Properties?.VpcEndpointType !== 'Gateway';
}

function dollars(value: number): string {
  return `$${value.toFixed(value < 0.1 ? 3 : 2)}`;
}

function table(columns: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(columns), line(columns.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)];
}

const BEGIN = '<!-- cost:begin -->';
const END = '<!-- cost:end -->';

/** Puts the table between its marks in the README. */
function writeReadme(lines: readonly string[]): void {
  const readme = join(PROJECT, 'README.md');
  const text = readFileSync(readme, 'utf8');
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`README.md has no place for the cost: ${BEGIN} … ${END}.`);
  writeFileSync(readme, `${text.slice(0, begin)}${BEGIN}\n${lines.join('\n')}\n\n${text.slice(end)}`);
}
