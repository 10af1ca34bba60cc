import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { Io } from '../../cli/io.ts';
import { run } from '../../cli/run.ts';
import { SessionStore } from '../../cli/sign-in/session-store.ts';

/** What a command line came to. */
export interface CliOutcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A place of its own for what the command remembers, and nothing of this machine's environment. */
export class CliSandbox {
  readonly home: string;
  /** Set what the command is to find in its environment. */
  readonly env: Record<string, string | undefined>;
  now = Date.now;

  private constructor(home: string) {
    this.home = home;
    this.env = { HOME: home, XDG_CONFIG_HOME: join(home, 'config') };
  }

  static async create(): Promise<CliSandbox> {
    return new CliSandbox(await mkdtemp(join(tmpdir(), 'maintenance-cli-')));
  }

  /** A sandbox in which alice is signed in to `api` at `now`, and calls it where nothing else is said. */
  static async signedIn(api: string, now: number): Promise<CliSandbox> {
    const sandbox = await CliSandbox.create();
    sandbox.env.MAINTENANCE_API = api;
    sandbox.now = () => now;
    await new SessionStore(sandbox).save({
      api,
      issuer: api,
      clientId: 'client-1',
      username: 'alice',
      accessToken: 'the-token',
      refreshToken: 'refresh',
      expiresAt: now + 900_000,
    });
    return sandbox;
  }

  get configuration(): string {
    return join(this.home, 'config', 'maintenance');
  }

  /** Runs a command line in this process, without a terminal. */
  run(...args: readonly string[]): Promise<CliOutcome> {
    return this.#run(args, new PassThrough().end());
  }

  /**
   * Runs a command line on a terminal.
   *
   * @param answers each typed when its question (a part of what the terminal shows) is there
   */
  runOnTerminal(args: readonly string[], answers: readonly (readonly [question: string, typed: string])[]) {
    return this.#run(args, new PassThrough(), answers);
  }

  async remove(): Promise<void> {
    await rm(this.home, { recursive: true, force: true });
  }

  async #run(
    args: readonly string[],
    stdin: PassThrough,
    answers?: readonly (readonly [string, string])[],
  ): Promise<CliOutcome> {
    const isTTY = answers !== undefined;
    const [stdout, stderr] = [new Recorder(isTTY), new Recorder(isTTY)];
    const waiting = [...(answers ?? [])];
    stderr.on('data', () => {
      const [question, typed] = waiting[0] ?? [];
      if (question === undefined || !stderr.text.includes(question)) return;
      waiting.shift();
      setImmediate(() => stdin.write(typed));
    });
    const io: Io = { stdin: Object.assign(stdin, { isTTY }), stdout, stderr, env: this.env, now: this.now };
    const exitCode = await run(args, io);
    return { exitCode, stdout: stdout.text, stderr: stderr.text };
  }
}

/** A stream that, like those of a process, is not ended by what is piped into it. */
class Recorder extends PassThrough {
  readonly isTTY: boolean;
  readonly columns = 120;
  text = '';
  constructor(isTTY: boolean) {
    super();
    this.isTTY = isTTY;
    this.on('data', (chunk) => {
      this.text += chunk;
    });
  }
  override end(): this {
    return this;
  }
}
