import type { Config } from '../../project/configuration/config.ts';
import { readArtifact, titleAnnotation } from '../../world/registry/artifact.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { atTag, type TagReference } from '../../world/registry/reference.ts';

/** Each layer is one file. Its title is the file's path, which is what `oras pull` expects. */
export const updatesArtifactType = 'application/vnd.coxswain.updates.v1+json';

/** `<image>:updates-<fleet>` */
export function artifactReference(config: Pick<Config, 'image'>, fleet: string): TagReference {
  return atTag(config.image, `updates-${fleet}`);
}

/** The files of a fleet's artifact as the registry has it: path → text; empty if there is no artifact. */
export async function readFleetArtifact(
  client: RegistryClient,
  config: Pick<Config, 'image'>,
  fleet: string,
): Promise<Map<string, string>> {
  const reference = artifactReference(config, fleet);
  if ((await client.resolve(reference)) === undefined) return new Map();
  const { layers } = await readArtifact(client, reference);
  return new Map(
    layers.map(({ descriptor, bytes }) => [
      descriptor.annotations?.[titleAnnotation] ?? '',
      new TextDecoder().decode(bytes),
    ]),
  );
}
