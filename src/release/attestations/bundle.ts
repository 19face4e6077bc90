import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle } from '@sigstore/bundle';
import { InputError, messageOf } from '../../host/errors.ts';
import { isMissing } from '../../host/files.ts';
import type { EvidenceSigner } from '../../project/configuration/config.ts';
import { readKeyFile } from '../signatures/signing-keys.ts';
import { identityOf, mismatch } from './run-identity.ts';
import type { Trust } from './trust.ts';

// sigstore/protobuf-specs, protos/sigstore_bundle.proto; as an OCI artifact: sigstore/cosign specs/BUNDLE_SPEC.md.

/** Media type of a bundle, and artifact type of a referrer that is one. */
export const bundleMediaType = 'application/vnd.dev.sigstore.bundle.v0.3+json';
/** Type of what is signed: an in-toto statement. */
export const payloadType = 'application/vnd.in-toto+json';

/** What a bundle says, and whether that counts. */
export type OpenedBundle =
  | {
      /** The signed statement, not checked any further. */
      readonly statement: unknown;
      /** Who signed it; absent if nobody in particular has to. */
      readonly signedBy?: string;
    }
  | {
      /** Why it does not count, as the end of a sentence. */
      readonly refused: string;
      /** What it says, if that could be read. Nobody vouches for it. */
      readonly statement?: unknown;
    };

/**
 * Opens a sigstore bundle that holds an in-toto statement. If the configuration says whose signature counts, the
 * signature is verified first. Without that, a bundle counts as much as a statement without a signature.
 * @throws InputError if a file that the configuration names is missing or wrong
 */
export async function openBundle(bytes: Uint8Array, trust: Trust): Promise<OpenedBundle> {
  // Large libraries, and most runs do not need them.
  const { bundleFromJSON, isBundleWithDsseEnvelope } = await import('@sigstore/bundle');
  let bundle: Bundle;
  let statement: unknown;
  try {
    bundle = bundleFromJSON(JSON.parse(new TextDecoder().decode(bytes)));
    if (!isBundleWithDsseEnvelope(bundle) || bundle.content.dsseEnvelope.payloadType !== payloadType) {
      return { refused: 'it does not hold a signed statement' };
    }
    statement = JSON.parse(bundle.content.dsseEnvelope.payload.toString());
  } catch (error) {
    // Whatever the library throws here is about these bytes.
    return { refused: `it is not a sigstore bundle (${messageOf(error)})` };
  }
  if (trust.signedBy.length === 0) return { statement };
  const reasons: string[] = [];
  for (const signer of trust.signedBy) {
    const reason = await refusal(bundle, signer, trust);
    if (reason === undefined) return { statement, signedBy: nameOf(signer) };
    reasons.push(reason);
  }
  return { statement, refused: [...new Set(reasons)].join('; ') };
}

function nameOf(signer: EvidenceSigner): string {
  return signer.kind === 'key' ? signer.file : `${signer.repository}: ${signer.workflow}`;
}

/** @returns why the bundle is not by this signer; undefined if it is */
async function refusal(bundle: Bundle, signer: EvidenceSigner, trust: Trust): Promise<string | undefined> {
  const isByKey = bundle.verificationMaterial.content.$case === 'publicKey';
  if (signer.kind === 'key') {
    if (!isByKey) return `it is not signed by ${signer.file}`;
    return (await isSignedByKey(bundle, signer.file, trust))
      ? undefined
      : `it is not signed by ${signer.file}`;
  }
  if (isByKey) return `it is signed by a key, not by a workflow of ${signer.repository}`;
  const verifier = await identityVerifier(trust);
  const { toSignedEntity } = await import('@sigstore/verify');
  try {
    const { identity } = verifier.verify(toSignedEntity(bundle));
    return mismatch(identityOf(identity), signer);
  } catch (error) {
    // The library checks certificate, log entry and signature without any input or output, so this is a refusal.
    return `its signature cannot be verified (${messageOf(error)})`;
  }
}

async function isSignedByKey(bundle: Bundle, file: string, trust: Trust): Promise<boolean> {
  const publicKey = await readKeyFile(trust.root, file);
  const { toSignedEntity, toTrustMaterial, Verifier } = await import('@sigstore/verify');
  const { TrustedRoot } = await import('@sigstore/protobuf-specs');
  // The hint in the bundle is not signed: the configuration alone says which key it is.
  const material = toTrustMaterial(TrustedRoot.fromJSON({}), () => ({ publicKey, validFor: () => true }));
  try {
    // The key decides. A log entry, as cosign adds one, is of no use without a certificate that ends.
    const entity = { ...toSignedEntity(bundle), tlogEntries: [], timestamps: [] };
    new Verifier(material, { tlogThreshold: 0, timestampThreshold: 0 }).verify(entity);
    return true;
  } catch {
    return false;
  }
}

/** Verifies certificates of Fulcio: issued by it, logged, and used while they were valid. */
async function identityVerifier({ root, sigstore }: Trust) {
  const { toTrustMaterial, Verifier } = await import('@sigstore/verify');
  const { TrustedRoot } = await import('@sigstore/protobuf-specs');
  const file = sigstore.trustedRoot;
  const written = file === undefined ? await publicRoot() : await readRoot(join(root, file), file);
  try {
    // Times come from the log, never from the clock of this machine.
    return new Verifier(toTrustMaterial(TrustedRoot.fromJSON(written)));
  } catch (error) {
    throw new InputError({
      where: file ?? 'trusted root',
      problem: `not a trusted root of Sigstore (${messageOf(error)})`,
      expected: 'the JSON of cosign trusted-root create, or gh attestation trusted-root',
    });
  }
}

async function publicRoot(): Promise<unknown> {
  return (await import('./sigstore-public-root.json', { with: { type: 'json' } })).default;
}

async function readRoot(path: string, file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (!isMissing(error) && !(error instanceof SyntaxError)) throw error;
    throw new InputError({
      where: file,
      field: 'evidence.sigstore.trusted-root',
      problem: isMissing(error) ? 'this file does not exist' : 'not JSON',
      expected: 'the JSON of cosign trusted-root create, or gh attestation trusted-root',
    });
  }
}
