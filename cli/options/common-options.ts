import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { SessionStore } from '../sign-in/session-store.ts';
import { parseApiUrl } from '../transport/api-url.ts';

/** What every command takes. */
export interface CommonOptions {
  readonly api?: string;
  readonly json?: true;
  /** Seconds. */
  readonly timeout: number;
}

/** What the commands take that can do without the API. */
export interface DirectOptions {
  readonly direct?: true;
  readonly table?: string;
  /** The stack to find the table in, where none is named. */
  readonly stack?: string;
  readonly region?: string;
  readonly scope: string;
}

/** The API to talk to: the one named, else that of the environment, else the one signed in to last. */
export async function chooseApi(options: CommonOptions, io: Io): Promise<string> {
  const named = options.api || io.env.MAINTENANCE_API || (await new SessionStore(io).lastApi());
  if (named) return parseApiUrl(named);
  throw new CliError({
    exitCode: EXIT.usage,
    code: 'api_missing',
    message: 'Which API? None was named, and you have not signed in to one yet.',
    remedy: 'Give --api URL, set MAINTENANCE_API, or sign in: `maintenance login --api URL`.',
  });
}
