import { pushArtifact, titleAnnotation } from '../../../world/registry/artifact.ts';
import { isIndex } from '../../../world/registry/manifest.ts';
import { atDigest, digestOf, formatReference } from '../../../world/registry/reference.ts';
import { artifactReference, updatesArtifactType } from '../fleet-artifact.ts';
import { signGuidance } from '../guidance-signature.ts';
import type { FleetArtifact, Publication, Publisher } from './publisher.ts';

/** Pushes one artifact for each fleet: `<image>:updates-<fleet>`. */
export const artifactPublisher: Publisher = {
  isWanted: ({ publish }) => publish.oci,
  publish: async (publication) => {
    const artifacts: FleetArtifact[] = [];
    for (const [fleet, files] of publication.fleets) {
      artifacts.push(await pushFleet(publication, fleet, files));
    }
    return { written: [], unchanged: [], artifacts };
  },
};

/** Pushes a fleet's files, unless the registry has exactly the same. */
async function pushFleet(
  { config, client, root, signer, now }: Publication,
  fleet: string,
  files: ReadonlyMap<string, string>,
): Promise<FleetArtifact> {
  const place = artifactReference(config, fleet);
  const reference = formatReference(place);
  const contents = [...files].map(([title, text]) => ({ title, bytes: Buffer.from(text) }));
  const wanted = contents.map(({ title, bytes }) => `${title} ${digestOf(bytes)}`);
  const current = await client.findManifest(place);
  const found =
    current === undefined || isIndex(current.json)
      ? []
      : current.json.layers.map((layer) => `${layer.annotations?.[titleAnnotation]} ${layer.digest}`);
  if (current !== undefined && found.join('\n') === wanted.join('\n')) {
    const { digest } = current.descriptor;
    // A run that ended too early may have left it unsigned, and `signed-by` may be new.
    const signed =
      signer !== undefined &&
      (await signGuidance(client, { config, root }, { fleet, digest, files, signer, now }));
    return { fleet, reference, digest, changed: signed };
  }
  const pushed = await pushArtifact(client, {
    repository: config.image,
    artifactType: updatesArtifactType,
    layers: contents.map(({ title, bytes }) => ({
      mediaType: 'application/json',
      bytes,
      annotations: { [titleAnnotation]: title },
    })),
    ...(signer === undefined ? { tag: place.tag } : {}),
  });
  const { digest } = pushed;
  if (signer !== undefined) {
    await signGuidance(client, { config, root }, { fleet, digest, files, signer, now });
    const { bytes, descriptor } = await client.getManifest(atDigest(config.image, digest));
    await client.putManifest(config.image, place.tag, bytes, descriptor.mediaType);
  }
  return { fleet, reference, digest, changed: true };
}
