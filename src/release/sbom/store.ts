import { jsonOrUndefined } from '../../world/packages/recorded.ts';
import { pushArtifact, readReferrer } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import { type DigestReference, formatRepository } from '../../world/registry/reference.ts';
import { pushStatement } from '../attestations/push-statement.ts';
import { readStatements } from '../attestations/read-statements.ts';
import type { AttestationSigner } from '../attestations/sign.ts';
import type { Trust } from '../attestations/trust.ts';
import { type BillOfMaterials, readBillOfMaterials } from './bill-of-materials.ts';

/** CycloneDX in JSON as it is: scanners and `oras` find it by this type. */
export const sbomArtifactType = 'application/vnd.cyclonedx+json';
/** The same inside a signed statement, as `cosign attest --type cyclonedx` writes it. */
export const sbomPredicateType = 'https://cyclonedx.org/bom';

/**
 * Attaches an SBOM to one architecture's image: as it is, for scanners, and as a signed statement if there is a signer.
 * The same SBOM again changes nothing.
 * @param options.text what formatBillOfMaterials wrote for this image
 */
export async function pushSbom(
  client: RegistryClient,
  options: {
    readonly image: DigestReference;
    readonly subject: Descriptor;
    readonly text: string;
    readonly signer: AttestationSigner | undefined;
  },
): Promise<void> {
  const { image, subject, text, signer } = options;
  const { repository, digest } = image;
  await pushArtifact(client, {
    repository,
    artifactType: sbomArtifactType,
    subject,
    layers: [{ mediaType: sbomArtifactType, bytes: Buffer.from(text) }],
  });
  if (signer === undefined) return;
  const name = formatRepository(repository);
  const statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256: digest.slice('sha256:'.length) } }],
    predicateType: sbomPredicateType,
    predicate: JSON.parse(text) as unknown,
  };
  await pushStatement(client, {
    repository,
    subject,
    predicateType: sbomPredicateType,
    statement: `${JSON.stringify(statement)}\n`,
    signer,
  });
}

/**
 * The SBOM that we attached to an image. If the configuration says whose signature counts, only a signed one.
 * @returns undefined if there is none that counts
 */
export async function findSbom(
  client: RegistryClient,
  image: DigestReference,
  trust: Trust,
): Promise<BillOfMaterials | undefined> {
  if (trust.signedBy.length > 0) {
    for (const { predicate, refused } of await readStatements(client, image, sbomPredicateType, trust)) {
      const sbom = refused === undefined ? readBillOfMaterials(predicate, image.digest) : undefined;
      if (sbom !== undefined) return sbom;
    }
    return undefined;
  }
  const { repository, digest: subject } = image;
  for (const { digest } of await client.referrers(repository, subject, sbomArtifactType)) {
    const artifact = await readReferrer(client, { repository, subject, digest });
    for (const { descriptor, bytes } of artifact?.layers ?? []) {
      if (descriptor.mediaType !== sbomArtifactType) continue;
      const sbom = readBillOfMaterials(jsonOrUndefined(bytes), subject);
      if (sbom !== undefined) return sbom;
    }
  }
  return undefined;
}
