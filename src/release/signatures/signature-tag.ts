import type { KeyObject } from 'node:crypto';
import { OutsideError } from '../../host/errors.ts';
import type { Descriptor, ImageManifest, RegistryClient } from '../../world/registry/client.ts';
import { isIndex, type Manifest } from '../../world/registry/manifest.ts';
import { atTag, formatReference, type Reference } from '../../world/registry/reference.ts';
import { isSignedBy, payloadOf, type SignedImage, type Signer } from './simple-signing.ts';

// cosign specs/SIGNATURE_SPEC.md, "Storage": an OCI manifest under a tag made from the image's digest, one layer for
// each signature.

const payloadType = 'application/vnd.dev.cosign.simplesigning.v1+json';
const signatureAnnotation = 'dev.cosignproject.cosign/signature';
const configType = 'application/vnd.oci.image.config.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
/** Payloads have a few hundred bytes; anything larger is not a payload. */
const largestPayload = 64 * 1024;
const attempts = 5;

/** One signature as the registry has it. */
export interface StoredSignature {
  readonly layer: Descriptor;
  readonly payload: Uint8Array;
  /** base64 of DER */
  readonly signature: string;
}

/** The tag of the signatures of an image. */
export function signatureReference({ repository, digest }: SignedImage): Reference {
  return atTag(repository, `${digest.replace(':', '-')}.sig`);
}

/** The signatures of an image by any signer; those of other formats are left out. */
export async function readSignatures(
  client: RegistryClient,
  image: SignedImage,
): Promise<readonly StoredSignature[]> {
  const found: StoredSignature[] = [];
  for (const layer of (await readManifest(client, image))?.layers ?? []) {
    const signature = layer.annotations?.[signatureAnnotation];
    if (layer.mediaType !== payloadType || signature === undefined || layer.size > largestPayload) continue;
    found.push({ layer, signature, payload: await client.getBlob(image.repository, layer.digest) });
  }
  return found;
}

/** Whether one of the signatures is by the key and says what nodes check: this repository, this digest. */
export function isSigned(
  signatures: readonly StoredSignature[],
  image: SignedImage,
  key: KeyObject,
): boolean {
  const expected = payloadOf(image);
  return signatures.some(
    ({ payload, signature }) =>
      Buffer.compare(payload, expected) === 0 && isSignedBy(key, payload, signature),
  );
}

/**
 * Adds a signature, and reads it back. Those of others stay. Registries have no compare-and-swap for tags: a signature
 * that another writer removed is added again.
 * @returns whether anything was written: an image that the key has signed is left as it is
 */
export async function addSignature(
  client: RegistryClient,
  image: SignedImage,
  by: { readonly key: KeyObject; readonly signer: Signer },
): Promise<boolean> {
  const payload = payloadOf(image);
  let written = false;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (isSigned(await readSignatures(client, image), image, by.key)) return written;
    const signature = await by.signer(payload);
    if (!isSignedBy(by.key, payload, signature)) {
      throw new OutsideError(
        `signing ${image.digest}`,
        'the new signature does not match the public key that coxswain.yaml names',
      );
    }
    const { digest, size } = await client.uploadBlob(image.repository, payload);
    await write(client, image, {
      mediaType: payloadType,
      digest,
      size,
      annotations: { [signatureAnnotation]: signature },
    });
    written = true;
  }
  throw new OutsideError(
    `signing ${formatReference(signatureReference(image))}`,
    'the registry does not keep the signature, or other writers keep replacing it',
  );
}

/** Removes the signatures by some keys. @returns how many */
export async function removeSignatures(
  client: RegistryClient,
  image: SignedImage,
  keys: readonly KeyObject[],
): Promise<number> {
  const manifest = await readManifest(client, image);
  if (manifest === undefined) return 0;
  const gone = (await readSignatures(client, image)).filter(({ payload, signature }) =>
    keys.some((key) => isSignedBy(key, payload, signature)),
  );
  if (gone.length === 0) return 0;
  const layers = manifest.layers.filter(
    (layer) => !gone.some((each) => each.signature === layer.annotations?.[signatureAnnotation]),
  );
  await put(client, image, layers);
  return gone.length;
}

async function write(client: RegistryClient, image: SignedImage, layer: Descriptor): Promise<void> {
  const there = (await readManifest(client, image))?.layers ?? [];
  await put(client, image, [...there, layer]);
}

async function put(client: RegistryClient, image: SignedImage, layers: readonly Descriptor[]): Promise<void> {
  const { repository } = image;
  const config = new TextEncoder().encode(
    JSON.stringify({
      architecture: '',
      os: '',
      config: {},
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
  const { digest, size } = await client.uploadBlob(repository, config);
  const manifest = {
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, digest, size },
    layers,
  };
  const reference = signatureReference(image);
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  if (reference.kind === 'tag') await client.putManifest(repository, reference.tag, bytes, manifestType);
}

async function readManifest(client: RegistryClient, image: SignedImage): Promise<ImageManifest | undefined> {
  const reference = signatureReference(image);
  const manifest = (await client.findManifest(reference)) ?? (await readAgain(client, reference));
  return manifest === undefined || isIndex(manifest.json) ? undefined : manifest.json;
}

/**
 * One wrong 404 must not make us replace the signatures of others with ours, nor report that nodes refuse an image.
 * @returns undefined if the registry has nothing there by two answers
 */
async function readAgain(client: RegistryClient, reference: Reference): Promise<Manifest | undefined> {
  if ((await client.resolve(reference)) === undefined) return undefined;
  const manifest = await client.findManifest(reference);
  if (manifest !== undefined) return manifest;
  throw new OutsideError(
    `reading ${formatReference(reference)}`,
    'the registry has it, and says in two other answers that it does not',
  );
}
