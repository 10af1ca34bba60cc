import { InMemoryWebStorage, type User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import type { SignIn } from '../api/types.ts';
import { type BrowserSignIn, SignInFailed, type Tokens } from './sign-in-method.ts';

/**
 * Signs in by authorization code with PKCE (RFC 7636) in a window of its own, so that the page, and whatever has been
 * typed into it, stays as it is. Tokens and the proof of the exchange stay in this window's memory.
 */
export function browserSignIn({ issuer, client_id: clientId }: SignIn): BrowserSignIn {
  const store = () => new WebStorageStateStore({ store: new InMemoryWebStorage() });
  const manager = new UserManager({
    authority: issuer,
    client_id: clientId,
    redirect_uri: new URL('callback.html', document.baseURI).href,
    response_type: 'code',
    scope: 'openid',
    userStore: store(),
    stateStore: store(),
    automaticSilentRenew: false,
    loadUserInfo: false,
    popupWindowFeatures: { width: 480, height: 720 },
  });
  return {
    kind: 'browser',
    signIn: async (isFresh) => {
      try {
        return tokensOf(await manager.signinPopup(isFresh ? { prompt: 'login' } : {}));
      } catch (error) {
        throw new SignInFailed(`The sign-in did not succeed: ${messageOf(error)}`, { cause: error });
      }
    },
    refresh: async () => {
      const user = await manager.signinSilent();
      if (user === null) throw new SignInFailed('The sign-in could not be renewed.');
      return tokensOf(user);
    },
  };
}

function tokensOf(user: User): Tokens {
  return {
    accessToken: user.access_token,
    refreshToken: user.refresh_token ?? null,
    expiresAt: Date.now() + (user.expires_in ?? 0) * 1000,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
