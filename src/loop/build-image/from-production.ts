import { InputError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import { copyAttachments } from '../../release/attachments.ts';
import { buildKeyAnnotation } from '../../release/candidate/build-key.ts';
import { findBuilt, tagFor } from '../../release/candidate/built.ts';
import type { Candidate } from '../../release/candidate/candidate.ts';
import type { Project } from '../../release/project.ts';
import { architectureOfGo } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { copyImage, setTags } from '../../world/registry/copy.ts';
import { isIndex, type Manifest } from '../../world/registry/manifest.ts';
import { atDigest, atTag, formatReference } from '../../world/registry/reference.ts';

/**
 * Copies an image back that was promoted and that the test registry has lost since (by retention, for example), with
 * its evidence and under the tags that build-image sets. A new build would have another commit's time and so another
 * digest, which the version's tag could never point at.
 * @returns whether it was copied back
 */
export async function restoreFromProduction(
  options: Pick<Project, 'config' | 'client' | 'log'> & {
    readonly candidate: Pick<Candidate, 'key' | 'tag' | 'version'>;
  },
): Promise<boolean> {
  const { client, config, candidate, log } = options;
  if ((await findBuilt(client, config, candidate)) !== undefined) return false;
  const promoted = atTag(config.image, candidate.version);
  const manifest = await client.findManifest(promoted).catch((error: unknown) => {
    // Production may be closed to the build job, or not exist yet.
    if (error instanceof InputError) return undefined;
    throw error;
  });
  if (manifest === undefined) return false;
  const images = await imagesOf(client, config, manifest);
  if (images.some(({ json }) => json.annotations?.[buildKeyAnnotation] !== candidate.key)) return false;
  const { digest } = manifest.descriptor;
  await copyImage(client, { from: atDigest(config.image, digest), to: config.testImage, tags: [] });
  await copyAttachments(client, { manifest, from: config.image, to: config.testImage });
  if (isIndex(manifest.json)) {
    for (const { digest: child, platform } of manifest.json.manifests) {
      const architecture = architectureOfGo(platform?.architecture ?? '');
      const image = images.find(({ descriptor }) => descriptor.digest === child);
      if (architecture === undefined || image === undefined) continue;
      const tags = [tagFor(config, candidate, architecture)];
      await setTags(client, { manifest: image, repository: config.testImage, tags });
    }
  }
  await setTags(client, { manifest, repository: config.testImage, tags: [candidate.tag] });
  log.info(`${formatReference(promoted)} is the same build: copied back to the test registry`);
  return true;
}

async function imagesOf(client: RegistryClient, config: Config, manifest: Manifest): Promise<Manifest[]> {
  if (!isIndex(manifest.json)) return [manifest];
  return Promise.all(
    manifest.json.manifests.map(({ digest }) => client.getManifest(atDigest(config.image, digest))),
  );
}
