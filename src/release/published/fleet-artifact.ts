import type { Config } from '../../project/configuration/config.ts';
import { pushArtifact, readArtifact, titleAnnotation } from '../../world/registry/artifact.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { isIndex } from '../../world/registry/manifest.ts';
import { atTag, type Digest, digestOf, formatReference } from '../../world/registry/reference.ts';

/** One layer a file; its title is the file's path, as `oras pull` takes it. */
export const updatesArtifactType = 'application/vnd.coxswain.updates.v1+json';

export interface FleetArtifact {
  readonly fleet: string;
  /** `repository:updates-<fleet>` */
  readonly reference: string;
  readonly digest: Digest;
  readonly changed: boolean;
}

/** Pushes a fleet's published files as one artifact, unless the registry has just these. */
export async function publishFleetArtifact(
  client: RegistryClient,
  options: { readonly config: Config; readonly fleet: string; readonly files: ReadonlyMap<string, string> },
): Promise<FleetArtifact> {
  const { config, fleet, files } = options;
  const tag = atTag(config.image, artifactTag(fleet));
  const reference = formatReference(tag);
  const contents = [...files].map(([title, text]) => ({ title, bytes: Buffer.from(text) }));
  const wanted = contents.map(({ title, bytes }) => `${title} ${digestOf(bytes)}`);
  const current = await client.findManifest(tag);
  const there =
    current === undefined || isIndex(current.json)
      ? []
      : current.json.layers.map((layer) => `${layer.annotations?.[titleAnnotation]} ${layer.digest}`);
  if (current !== undefined && there.join('\n') === wanted.join('\n')) {
    return { fleet, reference, digest: current.descriptor.digest, changed: false };
  }
  const { digest } = await pushArtifact(client, {
    repository: config.image,
    artifactType: updatesArtifactType,
    layers: contents.map(({ title, bytes }) => ({
      mediaType: 'application/json',
      bytes,
      annotations: { [titleAnnotation]: title },
    })),
    tag: tag.tag,
  });
  return { fleet, reference, digest, changed: true };
}

/** The files of the artifact as it is in the registry: path → text; none where there is no artifact. */
export async function readFleetArtifact(
  client: RegistryClient,
  config: Config,
  fleet: string,
): Promise<Map<string, string>> {
  const tag = atTag(config.image, artifactTag(fleet));
  if ((await client.resolve(tag)) === undefined) return new Map();
  const { layers } = await readArtifact(client, tag);
  return new Map(
    layers.map(({ descriptor, bytes }) => [
      descriptor.annotations?.[titleAnnotation] ?? '',
      new TextDecoder().decode(bytes),
    ]),
  );
}

function artifactTag(fleet: string): string {
  return `updates-${fleet}`;
}
