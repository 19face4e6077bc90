import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { decryptCosignKey, isCosignKey } from './cosign-key.ts';

/** A new pair of keys, as the text of files. */
export interface KeyPair {
  /** PKCS#8 in PEM; encrypted (AES-256-CBC, PBES2) if a passphrase was given. */
  readonly privateKey: string;
  /** SubjectPublicKeyInfo in PEM: what policy.json of a node names as keyPath. */
  readonly publicKey: string;
}

/** Makes a pair on the curve P-256, the only one that nodes check. */
export function makeKeyPair(passphrase?: string): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption }).toString(),
    publicKey: publicPem(publicKey),
  };
}

export function publicPem(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

/** Whether two public keys are the same. */
export function sameKey(one: KeyObject, other: KeyObject): boolean {
  return one.equals(other);
}

/**
 * Reads a public key.
 * @param where how messages name the file
 * @throws InputError for anything but a P-256 public key, also for a private one
 */
export function readPublicKey(pem: string, where: string): KeyObject {
  if (/PRIVATE KEY/.test(pem)) {
    throw new InputError({
      where,
      problem: 'this is a private key, and a public one is expected',
      remedy:
        'Replace it now, and make a new pair (coxswain make-key): a private key in a repository is not secret.',
    });
  }
  try {
    return requireP256(createPublicKey(pem), where);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError({
      where,
      problem: 'not a public key',
      expected: 'PEM: -----BEGIN PUBLIC KEY-----',
      remedy: 'coxswain make-key writes one beside its private key.',
    });
  }
}

/**
 * Reads a private key: PKCS#8 or SEC1 in PEM, encrypted or not, or cosign's own encrypted file.
 * @param options.where how messages name its source; never the key itself
 * @param options.passphraseIn the variable that holds the passphrase
 * @throws InputError that does not contain any of the key
 */
export function readPrivateKey(
  pem: string,
  options: { readonly where: string; readonly passphrase?: string; readonly passphraseIn?: string },
): KeyObject {
  const { where, passphrase } = options;
  const encrypted = /ENCRYPTED/.test(pem);
  if (encrypted && passphrase === undefined) {
    throw new InputError({
      where,
      problem: 'the private key is encrypted, and no passphrase is set',
      remedy: `Put the passphrase into ${options.passphraseIn ?? 'COXSWAIN_SIGNING_PASSPHRASE'}.`,
    });
  }
  if (isCosignKey(pem)) {
    const der = decryptCosignKey(pem, passphrase ?? '', where);
    return requireP256(createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' }), where);
  }
  try {
    return requireP256(
      createPrivateKey({ key: pem, ...defined({ passphrase: encrypted ? passphrase : undefined }) }),
      where,
    );
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError({
      where,
      problem: encrypted ? 'the private key does not open with this passphrase' : 'not a private key',
      expected: 'PEM: -----BEGIN PRIVATE KEY-----, or an encrypted one with its passphrase',
    });
  }
}

function requireP256(key: KeyObject, where: string): KeyObject {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType === 'ec' && curve === 'prime256v1') return key;
  throw new InputError({
    where,
    problem: 'nodes check signatures by one kind of key only',
    found: [key.asymmetricKeyType, curve].filter((part) => part !== undefined).join(' '),
    expected: 'ECDSA on the curve P-256',
    remedy: 'coxswain make-key makes such a pair.',
  });
}
