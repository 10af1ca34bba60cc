import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate } from 'selfsigned';

/** A certificate for this machine, signed by itself: who trusts it needs it alone. */
export interface Certificate {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly privateKey: string;
  readonly certificateFile: string;
  readonly privateKeyFile: string;
}

/** Makes a certificate for `localhost` and 127.0.0.1, and writes it where a program can read it. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  mkdirSync(folder, { recursive: true });
  const certificateFile = path.join(folder, 'certificate.pem');
  const privateKeyFile = path.join(folder, 'private-key.pem');
  writeFileSync(certificateFile, made.cert);
  writeFileSync(privateKeyFile, made.private, { mode: 0o600 });
  return { certificate: made.cert, privateKey: made.private, certificateFile, privateKeyFile };
}
