import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { type Session, SessionStore } from './session-store.ts';

/** A token that expires sooner than this is refreshed first, ms: it must outlive the call and skewed clocks. */
const MIN_LIFE_MS = 60_000;

/**
 * The access token remembered for an API, refreshed when it has less than a minute left.
 * Throws CliError (not signed in) when there is none, or none any more.
 *
 * @param timeout longest wait for the user pool, ms
 */
export async function accessToken(io: Io, api: string, timeout: number): Promise<string> {
  const store = new SessionStore(io);
  const session = await store.find(api);
  if (session === null) throw notSignedIn(api, 'You are not signed in to');
  if (session.expiresAt - io.now() >= MIN_LIFE_MS) return session.accessToken;
  const refreshed = await refresh(session, io, timeout);
  if (refreshed === null) throw notSignedIn(api, 'Your sign-in has expired at');
  await store.save(refreshed);
  return refreshed.accessToken;
}

/** Like accessToken, for calls that are answered without one too: null when there is none to be had. */
export async function accessTokenIfAny(io: Io, api: string, timeout: number): Promise<string | null> {
  try {
    return await accessToken(io, api, timeout);
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

async function refresh(session: Session, io: Io, timeout: number): Promise<Session | null> {
  if (session.refreshToken === null) return null;
  const { Cognito } = await import('./cognito.ts');
  const tokens = await new Cognito(session, timeout, io.now).refresh(session.refreshToken);
  return tokens && { ...session, ...tokens, refreshToken: tokens.refreshToken ?? session.refreshToken };
}

function notSignedIn(api: string, what: string): CliError {
  return new CliError({
    exitCode: EXIT.notSignedIn,
    code: 'not_signed_in',
    message: `${what} ${api}.`,
    remedy: `Sign in: \`maintenance login --api ${api}\`.`,
  });
}
