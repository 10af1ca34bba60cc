import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { textOf } from '../json-object.ts';
import { type CommonOptions, chooseApi } from '../options/common-options.ts';
import { askSecret, askText, givenOrAsked } from '../prompts/prompts.ts';
import { printJson, printLine } from '../render/output.ts';
import { printable } from '../render/painter.ts';
import { readableInstant } from '../render/status.ts';
import { Cognito, type Pool } from '../sign-in/cognito.ts';
import { SessionStore } from '../sign-in/session-store.ts';
import { HttpTransport } from '../transport/http-transport.ts';

interface LoginOptions extends CommonOptions {
  readonly username?: string;
  readonly password?: string;
  readonly newPassword?: string;
  readonly mfaCode?: string;
}

/** Signs in by name and password, and remembers the tokens for later commands. */
export async function login(options: LoginOptions, io: Io): Promise<void> {
  const api = await chooseApi(options, io);
  const timeout = options.timeout * 1000;
  const pool = await findPool(api, timeout);
  const username = await givenOrAsked(
    io,
    options.username,
    () => askText(io, 'Username'),
    'Signing in needs --username; there is no terminal to ask on.',
  );
  const password = await givenOrAsked(
    io,
    options.password ?? io.env.MAINTENANCE_PASSWORD,
    () => askSecret(io, 'Password'),
    'Signing in needs a password: set MAINTENANCE_PASSWORD or give --password; there is no terminal to ask on.',
  );
  const tokens = await new Cognito(pool, timeout, io.now).signIn(username, password, {
    newPassword: () => newPassword(options, io),
    mfaCode: (sentTo) => mfaCode(options, io, sentTo),
  });
  const { accessToken, expiresAt } = tokens;
  const name = nameIn(accessToken) ?? username;
  const store = new SessionStore(io);
  await store.save({ api, ...pool, ...tokens, username: name });
  await store.rememberLastApi(api);
  const expires = new Date(expiresAt).toISOString();
  if (options.json) return printJson(io, { token: accessToken, expires_at: expires });
  printLine(io, `Signed in to ${api} as ${printable(name)}.`);
  printLine(io, `The token expires at ${readableInstant(expires, io.now())} and is refreshed when needed.`);
}

/** Where and how to sign in, so that people need to know the API's address only. */
async function findPool(api: string, timeout: number): Promise<Pool> {
  const transport = new HttpTransport({ api, timeout, token: async () => null });
  const answer = await transport.send({ method: 'GET', path: '/signin' });
  const issuer = textOf(answer.issuer);
  const clientId = textOf(answer.client_id);
  if (issuer !== null && clientId !== null) return { issuer, clientId };
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'malformed_answer',
    message: `${api} does not say where to sign in: its answer holds no issuer and client_id.`,
  });
}

async function newPassword(options: LoginOptions, io: Io): Promise<string> {
  return await givenOrAsked(
    io,
    options.newPassword,
    async () => {
      const first = await askSecret(io, 'A new password is required. New password');
      if (first === (await askSecret(io, 'New password again'))) return first;
      throw new CliError({
        exitCode: EXIT.usage,
        code: 'passwords_differ',
        message: 'The two passwords are not the same.',
      });
    },
    'A new password is required: give --new-password; there is no terminal to ask on.',
  );
}

async function mfaCode(options: LoginOptions, io: Io, sentTo: string | null): Promise<string> {
  const from = sentTo === null ? 'from your authenticator app' : `sent to ${printable(sentTo)}`;
  return await givenOrAsked(
    io,
    options.mfaCode,
    () => askText(io, `Code ${from}`),
    `A code ${from} is required: give --mfa-code; there is no terminal to ask on.`,
  );
}

/** The name that the token gives its bearer: the canonical one, where people sign in by an alias. */
function nameIn(accessToken: string): string | null {
  try {
    const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
    return textOf(JSON.parse(payload).username);
  } catch {
    return null;
  }
}
