import { createHmac, createPublicKey, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** An issuer of tokens for tests: it signs what it is told to, honest or not. */
export class TestIssuer {
  readonly issuer = 'https://issuer.test/pool';
  readonly clientId = 'client-1';
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;

  constructor(kid = 'key-1') {
    this.kid = kid;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    this.privateKey = privateKey;
    this.publicKey = publicKey;
  }

  /** The public keys, as `/.well-known/jwks.json` would show them. */
  jwks(): { keys: Record<string, unknown>[] } {
    const jwk = createPublicKey(this.privateKey).export({ format: 'jwk' });
    return { keys: [{ ...jwk, kid: this.kid, alg: 'RS256', use: 'sig' }] };
  }

  /** Claims of a good access token issued at `now` (ms). */
  claims(now: number, own: Record<string, unknown> = {}): Record<string, unknown> {
    const iat = Math.floor(now / 1000);
    return {
      sub: '6f1c',
      username: 'alice',
      iss: this.issuer,
      client_id: this.clientId,
      token_use: 'access',
      auth_time: iat,
      iat,
      exp: iat + 900,
      ...own,
    };
  }

  sign(claims: Record<string, unknown>, header: Record<string, unknown> = {}): string {
    const input = `${encode({ alg: 'RS256', kid: this.kid, typ: 'JWT', ...header })}.${encode(claims)}`;
    return `${input}.${createSign('RSA-SHA256').update(input).sign(this.privateKey, 'base64url')}`;
  }

  /** The classic confusion: an HMAC whose secret is the public key. */
  signWithPublicKeyAsSecret(claims: Record<string, unknown>): string {
    const secret = this.publicKey.export({ type: 'spki', format: 'pem' });
    const input = `${encode({ alg: 'HS256', kid: this.kid, typ: 'JWT' })}.${encode(claims)}`;
    return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
  }

  unsigned(claims: Record<string, unknown>): string {
    return `${encode({ alg: 'none', kid: this.kid, typ: 'JWT' })}.${encode(claims)}.`;
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
