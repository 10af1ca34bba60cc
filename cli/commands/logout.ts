import { CliError } from '../cli-error.ts';
import type { Io } from '../io.ts';
import { type CommonOptions, chooseApi } from '../options/common-options.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { readableInstant } from '../render/status.ts';
import { type Session, SessionStore } from '../sign-in/session-store.ts';

/** Forgets the sign-in to an API here, and makes its refresh token worthless at the user pool. */
export async function logout(options: CommonOptions, io: Io): Promise<void> {
  const api = await chooseApi(options, io);
  const session = await new SessionStore(io).forget(api);
  const failure = session === null ? null : await revoke(session, options.timeout * 1000, io);
  if (failure !== null) {
    printNote(io, options, `Warning: the sign-in is forgotten here but could not be revoked: ${failure}`);
  }
  if (options.json) {
    return printJson(io, {
      api,
      signed_out: session !== null,
      revoked: session !== null && failure === null,
    });
  }
  if (session === null) return printLine(io, `You were not signed in to ${api}.`);
  const expires = readableInstant(new Date(session.expiresAt).toISOString(), io.now());
  printLine(io, `Signed out of ${api}.`);
  if (session.expiresAt > io.now()) {
    printLine(io, `Copies of the access token stay valid until it expires at ${expires}.`);
  }
}

/** Null when it worked, else why it did not. */
async function revoke(session: Session, timeout: number, io: Io): Promise<string | null> {
  if (session.refreshToken === null) return null;
  const { Cognito } = await import('../sign-in/cognito.ts');
  try {
    await new Cognito(session, timeout, io.now).revoke(session.refreshToken);
    return null;
  } catch (error) {
    if (error instanceof CliError) return error.message;
    throw error;
  }
}
