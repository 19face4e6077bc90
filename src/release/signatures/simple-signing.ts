import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { type Digest, formatRepository, type Repository } from '../../world/registry/reference.ts';

// The one format that nodes check: "simple signing" payloads with an ECDSA P-256 signature, as cosign wrote them before
// its version 3 (containers/image docs/atomic-signature-embedded-json.json and signature/sigstore.go). Tested against
// containers/image.

/** What a signature is about, as the payload says. */
export interface SignedImage {
  /** Where nodes pull it from: policies compare this with the reference that a node asks for. */
  readonly repository: Repository;
  /** Of an index, or of one architecture's manifest. */
  readonly digest: Digest;
}

/** The bytes that are signed. The same image makes the same bytes. */
export function payloadOf({ repository, digest }: SignedImage): Uint8Array {
  return new TextEncoder().encode(
    JSON.stringify({
      critical: {
        identity: { 'docker-reference': formatRepository(repository) },
        image: { 'docker-manifest-digest': digest },
        type: 'cosign container image signature',
      },
      optional: null,
    }),
  );
}

/** Signs a payload. @returns the signature as base64 of DER, as the annotation of the layer has it */
export type Signer = (payload: Uint8Array) => Promise<string>;

export function signerOf(key: KeyObject): Signer {
  return async (payload) => sign('sha256', payload, key).toString('base64');
}

/** Whether a signature over these bytes is by this key. False for anything that is not a signature. */
export function isSignedBy(publicKey: KeyObject, payload: Uint8Array, signature: string): boolean {
  try {
    return verify('sha256', payload, publicKey, Buffer.from(signature, 'base64'));
  } catch {
    return false;
  }
}

/** The public half of a private key. */
export function publicHalf(privateKey: KeyObject): KeyObject {
  return createPublicKey(privateKey);
}
