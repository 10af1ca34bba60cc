import { createHash, randomUUID } from 'node:crypto';
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';

/** A sign-in to one API. */
export interface Session {
  readonly api: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** When the access token expires, ms since the epoch. */
  readonly expiresAt: number;
}

const LAST_API = 'last-api';

/**
 * Remembers sign-ins in files that only their owner can read: one per API, so that sign-ins at the same time
 * don't overwrite each other, and the name of the API that was signed in to last.
 */
export class SessionStore {
  readonly #directory: string;

  constructor({ env }: Pick<Io, 'env'>) {
    const configuration = env.XDG_CONFIG_HOME || join(env.HOME || homedir(), '.config');
    if (!isAbsolute(configuration)) throw notAbsolute(configuration);
    this.#directory = join(configuration, 'maintenance');
  }

  async find(api: string): Promise<Session | null> {
    const text = await this.#read(fileFor(api));
    const session = text === null ? null : parseSession(text);
    return session?.api === api ? session : null;
  }

  async save(session: Session): Promise<void> {
    await this.#write(fileFor(session.api), `${JSON.stringify(session, null, 2)}\n`);
  }

  /** Forgets the sign-in to an API; whether there was one. */
  async forget(api: string): Promise<Session | null> {
    const session = await this.find(api);
    await rm(join(this.#directory, fileFor(api)), { force: true });
    return session;
  }

  async lastApi(): Promise<string | null> {
    return (await this.#read(LAST_API))?.trim() || null;
  }

  async rememberLastApi(api: string): Promise<void> {
    await this.#write(LAST_API, `${api}\n`);
  }

  async #read(file: string): Promise<string | null> {
    try {
      return await readFile(join(this.#directory, file), 'utf8');
    } catch (error) {
      if (isMissing(error)) return null;
      throw this.#unusable('read', error);
    }
  }

  /** A reader sees the old text or the new one, also when the machine stops halfway. */
  async #write(file: string, text: string): Promise<void> {
    const temporary = join(this.#directory, `.${randomUUID()}`);
    try {
      await makeDirectory(this.#directory);
      await chmod(this.#directory, 0o700);
      await writeFile(temporary, text, { mode: 0o600, flag: 'wx', flush: true });
      await rename(temporary, join(this.#directory, file));
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => undefined);
      throw this.#unusable('written to', error);
    }
  }

  #unusable(verb: string, cause: unknown): CliError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new CliError(
      {
        exitCode: EXIT.failed,
        code: 'sessions_unusable',
        message: `${this.#directory}, where sign-ins are remembered, can't be ${verb}: ${why}`,
        remedy: 'Set XDG_CONFIG_HOME to a directory of your own.',
      },
      { cause },
    );
  }
}

function notAbsolute(configuration: string): CliError {
  return new CliError({
    exitCode: EXIT.usage,
    code: 'sessions_unusable',
    message: `Sign-ins can't be remembered in ${configuration}: XDG_CONFIG_HOME must be an absolute path.`,
    remedy: 'Set XDG_CONFIG_HOME to a directory of your own, beginning with "/".',
  });
}

/** With its parents, one at a time: Node's own `recursive` tries for ever where a file system takes none, such as /proc. */
async function makeDirectory(directory: string): Promise<void> {
  const make = async (): Promise<unknown> => {
    try {
      await mkdir(directory, { mode: 0o700 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return error;
    }
    return null;
  };
  const problem = await make();
  if (problem === null) return;
  if (!isMissing(problem) || dirname(directory) === directory) throw problem;
  await makeDirectory(dirname(directory));
  const still = await make();
  if (still !== null) throw still;
}

/** A readable file name; the digest keeps APIs apart that would look alike. */
function fileFor(api: string): string {
  const digest = createHash('sha256').update(api).digest('hex').slice(0, 12);
  return `${new URL(api).host.replace(/[^a-z0-9.-]/g, '_')}-${digest}.json`;
}

/** A file that is damaged, or from another version, counts as no sign-in. */
function parseSession(text: string): Session | null {
  try {
    const value: unknown = JSON.parse(text);
    return isSession(value) ? value : null;
  } catch {
    return null;
  }
}

function isSession(value: unknown): value is Session {
  if (typeof value !== 'object' || value === null) return false;
  const { api, issuer, clientId, username, accessToken, refreshToken, expiresAt } = value as Partial<Session>;
  const texts = [api, issuer, clientId, username, accessToken];
  return (
    texts.every((text) => typeof text === 'string') &&
    (refreshToken === null || typeof refreshToken === 'string') &&
    typeof expiresAt === 'number'
  );
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
