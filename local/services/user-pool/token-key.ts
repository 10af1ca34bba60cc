import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** Claims of a token. */
export type Claims = Readonly<Record<string, unknown>>;

/** The key that a user pool signs its tokens with (RS256), kept in a file. */
export class TokenKey {
  readonly #private: KeyObject;
  readonly #public: KeyObject;
  readonly #id: string;

  /** Reads the key from a file; makes one when there is none. */
  constructor(file: string) {
    if (!existsSync(file)) {
      const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
      writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    }
    this.#private = createPrivateKey(readFileSync(file));
    this.#public = createPublicKey(this.#private);
    const der = this.#public.export({ type: 'spki', format: 'der' });
    this.#id = createHash('sha256').update(der).digest('base64url');
  }

  /** The key set that the issuer serves. Source: RFC 7517. */
  jwks(): { keys: JsonWebKey[] } {
    return { keys: [{ ...this.#public.export({ format: 'jwk' }), alg: 'RS256', kid: this.#id, use: 'sig' }] };
  }

  sign(claims: Claims): string {
    const signed = `${encode({ alg: 'RS256', kid: this.#id })}.${encode(claims)}`;
    return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), this.#private).toString('base64url')}`;
  }

  /** The claims of a token that this key signed; undefined for any other text. */
  claims(token: string): Claims | undefined {
    const [header, payload, signature, ...rest] = token.split('.');
    if (!header || !payload || !signature || rest.length > 0) return undefined;
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify('RSA-SHA256', signed, this.#public, Buffer.from(signature, 'base64url'))) return undefined;
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Claims;
  }
}

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
