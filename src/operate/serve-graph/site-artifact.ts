import { notPublished } from '../../release/published/not-published.ts';
import { titleAnnotation } from '../../world/registry/artifact.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type Descriptor, isIndex } from '../../world/registry/manifest.ts';
import { type Digest, formatReference, type Reference } from '../../world/registry/reference.ts';
import type { FileText, FleetSource, SiteSource } from './fleet-source.ts';

/** Fleets from the artifacts that publish-updates pushes (`<image>:updates-<fleet>`), one artifact for each fleet. */
export function artifactSource(client: RegistryClient, references: readonly Reference[]): SiteSource {
  const sources = references.map((reference) => fleetArtifact(client, reference));
  return { where: references.map(formatReference).join(', '), fleets: async () => sources };
}

/** Only the two needed files are read, and only when the tag has moved. */
function fleetArtifact(client: RegistryClient, reference: Reference): FleetSource {
  const where = formatReference(reference);
  let last: Digest | undefined;
  return {
    where,
    read: async () => {
      const there = await client.resolve(reference);
      if (there !== undefined && there.digest === last) return undefined;
      const { descriptor, json } = await client.getManifest(reference);
      if (isIndex(json)) throw notPublished(where, 'an index of images');
      const releases = findLayer(json.layers, 'releases.json', where);
      const updates = findLayer(json.layers, 'updates.json', where);
      if (releases.fleet !== updates.fleet) {
        throw notPublished(where, `files of ${releases.fleet} and ${updates.fleet}`);
      }
      const read = async ({ title, layer }: typeof releases): Promise<FileText> => ({
        where: `${where} ${title}`,
        text: new TextDecoder().decode(await client.getBlob(reference.repository, layer.digest)),
      });
      const files = { fleet: releases.fleet, releases: await read(releases), updates: await read(updates) };
      last = descriptor.digest;
      return files;
    },
  };
}

function findLayer(
  layers: readonly Descriptor[],
  name: string,
  where: string,
): { fleet: string; title: string; layer: Descriptor } {
  for (const layer of layers) {
    const title = layer.annotations?.[titleAnnotation];
    const [fleet, file, ...rest] = title?.split('/') ?? [];
    if (title !== undefined && fleet !== undefined && fleet !== '' && file === name && rest.length === 0) {
      return { fleet, title, layer };
    }
  }
  throw notPublished(where, `no layer with the title <fleet>/${name}`);
}
