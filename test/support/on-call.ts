import { afterAll, beforeAll } from '@jest/globals';
import { Redis } from 'ioredis';
import type { Finding } from '../../core/health/finding.ts';
import { Cloud } from './cloud.ts';
import { type CliOutcome, CliSandbox } from './run-cli.ts';

/** Where AWS is, for what runs in this process: the command line as its user has it. */
const AWS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** What doctor said: its exit code, and its findings by check. */
interface Examination {
  readonly exitCode: number;
  readonly checks: Readonly<Record<string, Finding>>;
}

/**
 * Somebody on call: a local cloud with its faults, and the real command line, signed in as an admin and with AWS
 * credentials. One for each file; every row begins with everything in order and no maintenance.
 */
export class OnCall {
  #cloud: Cloud | undefined;
  #sandbox: CliSandbox | undefined;
  #redis: Redis | undefined;
  readonly #faults = new Set<string>();
  readonly #unguarded: { readonly method: string; readonly path: string }[] = [];

  /** Starts it before the tests of this file, and stops it after them. */
  static forThisFile(): OnCall {
    const onCall = new OnCall();
    const environment = { ...process.env };
    beforeAll(() => onCall.#start());
    afterAll(async () => {
      process.env = environment;
      onCall.#redis?.disconnect();
      await onCall.#sandbox?.remove();
      await onCall.#cloud?.stop();
    });
    return onCall;
  }

  get cloud(): Cloud {
    if (!this.#cloud) throw new Error('Only within a test.');
    return this.#cloud;
  }

  get sandbox(): CliSandbox {
    if (!this.#sandbox) throw new Error('Only within a test.');
    return this.#sandbox;
  }

  /** Redis, as the application has it. */
  get redis(): Redis {
    this.#redis ??= new Redis(this.cloud.local.redis);
    return this.#redis;
  }

  async #start(): Promise<void> {
    this.#cloud = await Cloud.start();
    Object.assign(process.env, AWS, { AWS_ENDPOINT_URL: this.#cloud.local.dynamodb });
    this.#sandbox = await CliSandbox.create();
    this.#sandbox.env.MAINTENANCE_API = this.#cloud.local.url;
  }

  /** Puts everything in order, and signs in. */
  async begin(): Promise<void> {
    await this.mend();
    await this.cloud.reset();
    await this.cloud.purged();
    await this.signIn('admin');
  }

  async signIn(user: 'admin' | 'member' | 'worker'): Promise<void> {
    const { username, password } = this.cloud.local.users[user];
    this.sandbox.env.MAINTENANCE_PASSWORD = password;
    const { exitCode, stderr } = await this.run('login', '--username', username);
    if (exitCode !== 0) throw new Error(`Sign-in of ${user} failed: ${stderr}`);
  }

  /** Runs a command line of `maintenance`, without a terminal and by the clock of the local cloud. */
  async run(...args: readonly string[]): Promise<CliOutcome> {
    const { json } = await this.cloud.call('GET', '/_local/clock');
    const ahead = Date.parse(json.now) - Date.now();
    this.sandbox.now = () => Date.now() + ahead;
    return await this.sandbox.run(...args);
  }

  /** Runs a command line that has to succeed, and gives what it prints. */
  async done(...args: readonly string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.run(...args);
    if (exitCode !== 0) throw new Error(`maintenance ${args.join(' ')} ended with ${exitCode}: ${stderr}`);
    return stdout;
  }

  /** The same with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  async json(...args: readonly string[]): Promise<any> {
    return JSON.parse(await this.done(...args, '--json'));
  }

  /** Runs `maintenance doctor`; what it prints has to be one JSON document whatever is broken. */
  async doctor(...args: readonly string[]): Promise<Examination> {
    const { exitCode, stdout } = await this.run('doctor', '--json', ...args);
    const { findings } = JSON.parse(stdout) as { findings: readonly Finding[] };
    return { exitCode, checks: Object.fromEntries(findings.map((finding) => [finding.check, finding])) };
  }

  /** Does something as somebody who has no AWS credentials. */
  async withoutAws<T>(act: () => Promise<T>): Promise<T> {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = process.env;
    delete process.env.AWS_ACCESS_KEY_ID;
    delete process.env.AWS_SECRET_ACCESS_KEY;
    try {
      return await act();
    } finally {
      Object.assign(process.env, { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY });
    }
  }

  /** Breaks a part of the local cloud, until it is mended. */
  async break(service: string, fault: string, own: { ms?: number; rate?: number } = {}): Promise<void> {
    this.#faults.add(service);
    await this.cloud.fault(service, fault, own);
  }

  /** Takes the authorizer away from a method of the API, as somebody might by hand. */
  async unguard(method: string, path: string): Promise<void> {
    this.#unguarded.push({ method, path });
    await this.#drift({ method, path, authorizer: false });
  }

  /** Ends all that was broken. */
  async mend(): Promise<void> {
    for (const service of this.#faults) await this.cloud.fault(service, 'none');
    this.#faults.clear();
    for (const method of this.#unguarded.splice(0)) await this.#drift({ ...method, authorizer: true });
  }

  async #drift(body: Readonly<Record<string, unknown>>): Promise<void> {
    const { status, text } = await this.cloud.call('POST', '/_local/drift', { body });
    if (status >= 300) throw new Error(`Drift refused: ${text}`);
  }
}
