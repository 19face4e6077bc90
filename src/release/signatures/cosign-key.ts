import { scryptSync } from 'node:crypto';
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { z } from 'zod';
import { InputError } from '../../host/errors.ts';

/** The PEM labels of cosign and the older sigstore tools. */
const label = /-----BEGIN ENCRYPTED (?:SIGSTORE|COSIGN) PRIVATE KEY-----([^-]*)-----END/;

// secure-systems-lab/go-securesystemslib, encrypted/encrypted.go: scrypt, then NaCl's secretbox. The bounds keep a hostile
// file from taking all memory: cosign itself writes N = 65536, r = 8, p = 1.
const fileSchema = z.object({
  kdf: z.object({
    name: z.literal('scrypt'),
    params: z.object({
      N: z.int().min(2).max(1_048_576),
      r: z.int().min(1).max(32),
      p: z.int().min(1).max(16),
    }),
    salt: z.base64(),
  }),
  cipher: z.object({ name: z.literal('nacl/secretbox'), nonce: z.base64() }),
  ciphertext: z.base64(),
});

export function isCosignKey(pem: string): boolean {
  return label.test(pem);
}

/** Opens cosign's encrypted private key. @returns PKCS#8 in DER @throws InputError for a wrong passphrase or file */
export function decryptCosignKey(pem: string, passphrase: string, where: string): Uint8Array {
  const refuse = (problem: string) => new InputError({ where, problem });
  let written: unknown;
  try {
    written = JSON.parse(Buffer.from(label.exec(pem)?.[1] ?? '', 'base64').toString());
  } catch {
    throw refuse('the encrypted private key is incomplete');
  }
  const file = fileSchema.safeParse(written);
  if (!file.success) throw refuse('the encrypted private key is in a form that cosign does not write');
  const { kdf, cipher, ciphertext } = file.data;
  const { N, r, p } = kdf.params;
  try {
    const key = scryptSync(passphrase, Buffer.from(kdf.salt, 'base64'), 32, { N, r, p, maxmem: 256 * N * r });
    return xsalsa20poly1305(key, Buffer.from(cipher.nonce, 'base64')).decrypt(
      Buffer.from(ciphertext, 'base64'),
    );
  } catch {
    throw refuse('the private key does not open with this passphrase');
  }
}
