import type { Credentials } from '../api/api.ts';
import type { SignInMethod, Tokens } from './sign-in-method.ts';

/** Milliseconds before its end at which a token is renewed, so that no call is made with one that is about to expire. */
const EARLY = 30_000;

/** Why somebody is asked to sign in. */
export type Asked = 'expired' | 'fresh';

/**
 * Keeps the tokens of this page, in memory. Calls that find their token worthless wait here, however many they are,
 * until one sign-in is done or given up.
 */
export class SessionKeeper implements Credentials {
  #method: SignInMethod | null = null;
  #tokens: Tokens | null = null;
  #renewing: Promise<void> | null = null;
  #asking: { readonly promise: Promise<boolean>; readonly settle: (done: boolean) => void } | null = null;
  readonly #onAsk: (why: Asked | null) => void;

  /** @param onAsk told to ask the person for a sign-in, and with null that it is not needed any more */
  constructor(onAsk: (why: Asked | null) => void) {
    this.#onAsk = onAsk;
  }

  begin(method: SignInMethod, tokens: Tokens): void {
    this.#method = method;
    this.#tokens = tokens;
    this.#finish(true);
  }

  end(): void {
    this.#tokens = null;
    this.#finish(false);
  }

  /** The person does not want to sign in. */
  giveUp(): void {
    this.#finish(false);
  }

  async token(): Promise<string | null> {
    if (this.#tokens !== null && this.#tokens.expiresAt - Date.now() < EARLY) await this.#refresh();
    return this.#tokens?.accessToken ?? null;
  }

  async renew(why: Asked, refused: string | null): Promise<boolean> {
    if (refused === null && this.#tokens === null && why === 'expired') return false;
    if (this.#tokens !== null && this.#tokens.accessToken !== refused) return true;
    if (why === 'expired') {
      await this.#refresh();
      if (this.#tokens !== null && this.#tokens.accessToken !== refused) return true;
    }
    if (this.#asking === null) {
      const { promise, resolve } = Promise.withResolvers<boolean>();
      this.#asking = { promise, settle: resolve };
      this.#onAsk(why);
    }
    return await this.#asking.promise;
  }

  /** Where it does not succeed, the old tokens stay, for the API to judge. */
  async #refresh(): Promise<void> {
    const [method, tokens] = [this.#method, this.#tokens];
    if (method === null || tokens === null || tokens.refreshToken === null) return;
    this.#renewing ??= method
      .refresh(tokens)
      .then((renewed) => {
        if (this.#tokens === tokens) this.#tokens = renewed;
      })
      .catch(() => undefined)
      .finally(() => {
        this.#renewing = null;
      });
    await this.#renewing;
  }

  #finish(done: boolean): void {
    const asking = this.#asking;
    this.#asking = null;
    asking?.settle(done);
    this.#onAsk(null);
  }
}
