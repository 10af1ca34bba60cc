import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from '@jest/globals';
import { MovableClock } from '../../clock.ts';
import { FaultRegistry } from '../../faults.ts';
import { type FunctionSettings, FunctionThrottled, LambdaFunction } from '../../lambda-function.ts';
import type { InvocationResult } from '../../local-services.ts';
import { LogStore } from '../../log-store.ts';
import type { Observation } from '../../observation.ts';

/** Within the repository on purpose, whose package.json says "type": "module", as cdk.out is. */
const parent = path.join(import.meta.dirname, '../../../dist');
mkdirSync(parent, { recursive: true });
const root = mkdtempSync(path.join(parent, 'functions-'));
let folders = 0;
const started: LambdaFunction[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((lambda) => lambda.close()));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A function with this code; the body of an async handler(event, context) unless files are given. */
function start(code: string | Record<string, string>, settings: Partial<FunctionSettings> = {}) {
  const codeFolder = path.join(root, String(folders++));
  mkdirSync(codeFolder);
  const files =
    typeof code === 'string'
      ? { 'index.js': `exports.handler = async (event, context) => { ${code} };` }
      : code;
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(codeFolder, name), text);
  const observations: Observation[] = [];
  const surroundings = {
    clock: new MovableClock(),
    faults: new FaultRegistry(),
    logs: new LogStore(),
    observe: (observation: Observation) => void observations.push(observation),
  };
  const lambda = new LambdaFunction(
    {
      name: 'job',
      logicalId: 'Job',
      awsName: 'Test-Job',
      arn: 'arn:aws:lambda:us-east-1:000000000000:function:Test-Job',
      codeFolder,
      handler: 'index.handler',
      timeoutMs: 10_000,
      memoryMb: 128,
      logFormat: 'Text',
      logGroupName: '/jobs',
      environment: { STATE: 'here' },
      ...settings,
    },
    surroundings,
  );
  started.push(lambda);
  const call = async (event: unknown = {}) => await lambda.invoke(JSON.stringify(event));
  const lines = () => surroundings.logs.entries({ group: 'job' }).map(({ message }) => message);
  return { lambda, call, lines, observations, ...surroundings };
}

const value = ({ payload }: InvocationResult) => JSON.parse(payload);

describe('a function', () => {
  test('gets its event and context, and nothing of the machine but the template and Lambda say', async () => {
    const { call } = start(
      'return { event, env: { ...process.env, _X_AMZN_TRACE_ID: 0 }, context, left: context.getRemainingTimeInMillis() };',
    );
    const result = await call({ a: [1] });
    const { event, env, context, left } = value(result);
    expect(event).toEqual({ a: [1] });
    expect(env).toEqual({ STATE: 'here', _X_AMZN_TRACE_ID: 0 });
    expect(context).toMatchObject({
      awsRequestId: result.requestId,
      functionName: 'Test-Job',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:Test-Job',
      memoryLimitInMB: '128',
      logGroupName: '/jobs',
    });
    expect(left).toBeGreaterThan(5_000);
    expect(left).toBeLessThanOrEqual(10_000);
  });

  test.each([
    ['CommonJS in .js', { 'index.js': 'exports.handler = () => typeof require' }, 'function'],
    [
      'CommonJS of several files',
      { 'index.js': "exports.handler = require('./a').b", 'a.js': "exports.b = () => 'b'" },
      'b',
    ],
    [
      'CommonJS by its package',
      { 'index.js': "exports.handler = () => 'c'", 'package.json': '{"type": "commonjs"}' },
      'c',
    ],
    [
      'an ES module by its package',
      { 'index.js': "export const handler = () => 'm'", 'package.json': '{"type": "module"}' },
      'm',
    ],
    ['an ES module in .mjs', { 'index.mjs': "export const handler = async () => 'm'" }, 'm'],
  ])('is loaded from %s', async (_kind, files, answer) => {
    expect(value(await start(files as Record<string, string>).call())).toBe(answer);
  });

  test.each([
    ['an error thrown', "throw new TypeError('no')", 'TypeError', 'no'],
    ['anything else thrown', "throw 'text'", 'string', 'text'],
    [
      'an error of its process',
      "setTimeout(() => { throw new RangeError('late'); }); await new Promise(() => {})",
      'RangeError',
      'late',
    ],
    [
      'a rejection that nobody handles',
      "Promise.reject(new RangeError('lost')); await new Promise(() => {})",
      'Runtime.UnhandledPromiseRejection',
      'RangeError: lost',
    ],
    [
      'its process ended',
      'process.exit(3)',
      'Runtime.ExitError',
      /^RequestId: .* Error: Runtime exited with error: exit status 3$/,
    ],
  ])(
    'answers with the error of %s, and the next invocation is served',
    async (_kind, failure, errorType, errorMessage) => {
      const { call } = start(`if (event.fail) { ${failure} } return 'well';`);
      const failed = await call({ fail: true });
      expect(failed.functionError).toBe('Unhandled');
      expect(value(failed)).toMatchObject({ errorType });
      expect(value(failed).errorMessage).toMatch(errorMessage);
      expect(value(await call())).toBe('well');
    },
  );

  test.each([
    ['cannot be loaded', { 'index.js': "throw new SyntaxError('broken')" }, 'SyntaxError'],
    ['is not there', {}, 'Runtime.ImportModuleError'],
    ['exports no handler', { 'index.js': 'exports.other = 1' }, 'Runtime.HandlerNotFound'],
  ])('whose code %s fails with an error that says so', async (_what, files, errorType) => {
    expect(value(await start(files as Record<string, string>).call())).toMatchObject({ errorType });
  });

  test.each(['await new Promise(() => {})', 'for (;;);'])(
    'that does not answer in time (%s) is ended',
    async (code) => {
      const { call, lines } = start(`if (event.hang) { ${code} } return 1;`, { timeoutMs: 150 });
      const result = await call({ hang: true });
      const expected = new RegExp(`^\\S+Z ${result.requestId} Task timed out after 0.15 seconds$`);
      expect(value(result).errorMessage).toMatch(expected);
      expect(lines()).toContainEqual(expect.stringMatching(expected));
      expect(value(await call())).toBe(1);
    },
  );

  test('that uses more memory than it has is ended', async () => {
    const { call } = start("const all = []; for (;;) all.push(new Array(1e5).fill('x' + all.length));", {
      memoryMb: 32,
    });
    expect(value(await call())).toMatchObject({ errorType: 'Runtime.OutOfMemory' });
  });

  test('stays warm between invocations', async () => {
    const { call } = start({ 'index.js': 'let calls = 0; exports.handler = async () => ++calls' });
    expect([value(await call()), value(await call()), value(await call())]).toEqual([1, 2, 3]);
  });

  test('serves one invocation at a time in each instance, with six instances at most', async () => {
    const { call } = start({
      'index.js': `
        const { threadId } = require('node:worker_threads');
        let under = 0;
        exports.handler = async () => {
          const alone = ++under === 1;
          await new Promise((resolve) => setTimeout(resolve, 20));
          under--;
          return { alone, threadId };
        };`,
    });
    const results = (await Promise.all(Array.from({ length: 20 }, () => call()))).map(value);
    expect(results.every(({ alone }) => alone)).toBe(true);
    expect(new Set(results.map(({ threadId }) => threadId)).size).toBe(6);
  });

  test('is throttled beyond its reserved concurrency', async () => {
    const { call } = start('await new Promise((resolve) => setTimeout(resolve, 50)); return 1;', {
      reservedConcurrency: 2,
    });
    const results = await Promise.allSettled([call(), call(), call()]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    await expect(start('return 1', { reservedConcurrency: 0 }).call()).rejects.toThrow(FunctionThrottled);
  });
});

describe('the clock', () => {
  test('moves for a function that is already warm, for Date only', async () => {
    const { call, clock } = start(`
      const made = new Date();
      return { now: Date.now(), made: made.getTime(), text: Date(), epoch: new Date(5).getTime(), utc: Date.UTC(2026, 0, 1),
        isDate: made instanceof Date && made.constructor === Date, ticks: performance.now() };`);
    await call();
    clock.advance(3_600_000);
    const before = Date.now() + 3_600_000;
    const { now, made, text, epoch, utc, isDate, ticks } = value(await call());
    const after = Date.now() + 3_600_000;
    for (const time of [now, made]) {
      expect(time).toBeGreaterThanOrEqual(before);
      expect(time).toBeLessThanOrEqual(after);
    }
    expect(Math.abs(Date.parse(text) - before)).toBeLessThan(60_000);
    expect([epoch, utc, isDate]).toEqual([5, Date.UTC(2026, 0, 1), true]);
    expect(ticks).toBeLessThan(3_600_000);
  });
});

describe('the log', () => {
  test('has the lines of a function in order, before its answer', async () => {
    const { call, logs } = start(
      "console.log('hello %s', 'you'); process.stdout.write('{\"raw\":1}\\n'); console.error('bad');",
    );
    const { requestId } = await call();
    const entries = logs.entries({ group: 'job' });
    expect(entries.map(({ message }) => message)).toEqual([
      expect.stringMatching(new RegExp(`^\\S+Z\\t${requestId}\\tINFO\\thello you$`)),
      '{"raw":1}',
      expect.stringMatching(/\tERROR\tbad$/),
    ]);
    expect(entries.every((entry) => entry.requestId === requestId)).toBe(true);
  });

  test('has JSON lines where the template says so', async () => {
    const { call, lines } = start("console.warn('careful'); console.log({ a: 1 });", { logFormat: 'JSON' });
    const { requestId } = await call();
    expect(lines().map((line) => JSON.parse(line))).toMatchObject([
      { level: 'WARN', requestId, message: 'careful' },
      { level: 'INFO', requestId, message: { a: 1 } },
    ]);
  });

  test('keeps the newest entries only', () => {
    const logs = new LogStore(8);
    for (let index = 0; index < 100; index++)
      logs.append({ group: 'a', timestamp: index, message: String(index) });
    const kept = logs.entries({ group: 'a' });
    expect(kept.length).toBeLessThanOrEqual(8);
    expect(kept.at(-1)?.message).toBe('99');
    expect(logs.entries({ group: 'a', since: 99 })).toHaveLength(1);
  });
});

test('tells how many invocations were under way when one ended', async () => {
  const { call, observations } = start('return 1;');
  await Promise.all([call(), call()]);
  const seen = observations.flatMap((observation) =>
    observation.kind === 'invocation' ? [observation.concurrent] : [],
  );
  expect(seen).toEqual([2, 1]);
});

describe('a fault of a function', () => {
  test('"down" ends the invocation under way and every further one, until it is over', async () => {
    const { call, faults, logs } = start(
      "console.log('begun'); if (event.wait) await new Promise(() => {}); return 1;",
    );
    const begun = new Promise<void>((resolve) => logs.onEntry(() => resolve()));
    const underWay = call({ wait: true });
    await begun;
    faults.set({ service: 'lambda:job', fault: 'down' });
    for (const result of [await underWay, await call()]) {
      expect(value(result)).toMatchObject({ errorType: 'Runtime.ExitError' });
    }
    faults.set({ service: 'lambda:job', fault: 'none' });
    expect(value(await call())).toBe(1);
  });

  test('"throttled" refuses a call before it begins, and "init_error" lets none of its instances start', async () => {
    const { call, faults, lines } = start('return 1;');
    await call();
    faults.set({ service: 'lambda:job', fault: 'throttled' });
    await expect(call()).rejects.toThrow(FunctionThrottled);
    faults.set({ service: 'lambda:job', fault: 'init_error' });
    expect(value(await call())).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('exit status 1'),
    });
    expect(lines()[0]).toContain('Phase: init\tStatus: error\tError Type: Runtime.ExitError');
    faults.set({ service: 'lambda:job', fault: 'none' });
    expect(value(await call())).toBe(1);
  });

  test('"slow" delays, "errors" hits its share of the calls', async () => {
    const { call, faults } = start('return 1;');
    await call();
    faults.set({ service: 'lambda:job', fault: 'slow', ms: 100 });
    const begun = performance.now();
    expect(value(await call())).toBe(1);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(99);
    faults.set({ service: 'lambda:job', fault: 'errors' });
    expect(value(await call())).toMatchObject({ errorType: 'InjectedFault' });
    const draws = [0.2, 0.7, 0.4];
    const half = new FaultRegistry(() => draws.shift() ?? 1);
    half.set({ service: 'redis', fault: 'errors', rate: 0.5 });
    expect([1, 2, 3].map(() => half.draw('redis')?.fault)).toEqual(['errors', undefined, 'errors']);
  });
});
