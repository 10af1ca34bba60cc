import type { KeptKeys } from '../../adapters/lean/kept-keys.ts';
import type { TokenSettings, TokenVerifier } from '../../adapters/lean/token-verifier.ts';
import type { PresentedCredential } from '../../core/identity/identity.ts';

/** The verifier of tokens, loaded with the first token: most starts decide without one. */
export class LazyVerifier {
  readonly #settings: TokenSettings;
  readonly #keys: KeptKeys;
  #loaded: TokenVerifier | undefined;

  constructor(settings: TokenSettings, keys: KeptKeys) {
    this.#settings = settings;
    this.#keys = keys;
  }

  /** @param now milliseconds since the epoch */
  async verify(token: string, now: number): Promise<PresentedCredential> {
    if (this.#loaded === undefined) {
      const lean = await import('../../adapters/lean/token-verifier.ts');
      this.#loaded ??= new lean.TokenVerifier(this.#settings, () => this.#keys.get());
    }
    return this.#loaded.verify(token, now);
  }

  /** Checks every token anew, with the keys that the table holds then. */
  forget(): void {
    this.#loaded?.forget();
  }
}
