/** What a sign-in gives. It is kept in memory only: a page that is closed forgets it. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Milliseconds since the epoch, by this machine's clock. */
  readonly expiresAt: number;
}

/** A sign-in did not succeed; the message is for the person. */
export class SignInFailed extends Error {
  override readonly name = 'SignInFailed';
}

/** The identity provider asks for more than the password. */
export type Challenge = {
  readonly name: 'NEW_PASSWORD_REQUIRED' | 'SOFTWARE_TOKEN_MFA';
  readonly session: string;
  readonly username: string;
};

/** Signs in at the page of the identity provider, in a window of its own. */
export interface BrowserSignIn {
  readonly kind: 'browser';
  /** @param isFresh whether the provider is to ask for the password even of somebody whom it knows */
  signIn(isFresh: boolean): Promise<Tokens>;
  refresh(tokens: Tokens): Promise<Tokens>;
}

/** Signs in by name and password, in a form of the console's own: for a user pool without pages. */
export interface PasswordSignIn {
  readonly kind: 'password';
  signIn(username: string, password: string): Promise<Tokens | Challenge>;
  answer(challenge: Challenge, response: string): Promise<Tokens | Challenge>;
  refresh(tokens: Tokens): Promise<Tokens>;
}

export type SignInMethod = BrowserSignIn | PasswordSignIn;
