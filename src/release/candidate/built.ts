import type { Config } from '../../project/configuration/config.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { atDigest, atTag, type DigestReference } from '../../world/registry/reference.ts';
import { buildTagOf } from '../tags.ts';
import type { Candidate } from './candidate.ts';

/** The built image, if the test registry has one for this build key: an index of several architectures. */
export async function findBuilt(
  client: RegistryClient,
  config: Config,
  candidate: Pick<Candidate, 'tag'>,
): Promise<DigestReference | undefined> {
  const found = await client.resolve(atTag(config.testImage, candidate.tag));
  return found === undefined ? undefined : atDigest(config.testImage, found.digest);
}

/** The built image of one architecture. It can exist before the index does. */
export async function findBuiltFor(
  client: RegistryClient,
  config: Config,
  candidate: Pick<Candidate, 'tag'>,
  architecture: Architecture,
): Promise<DigestReference | undefined> {
  return (
    (await findBuilt(client, config, candidate)) ??
    (await findBuilt(client, config, { tag: tagFor(config, candidate, architecture) }))
  );
}

/** The tag of one architecture's image. With several architectures, the build key's own tag is that of the index. */
export function tagFor(
  config: Config,
  candidate: Pick<Candidate, 'tag'>,
  architecture: Architecture,
): string {
  return config.architectures.length > 1 ? buildTagOf(candidate.tag, architecture) : candidate.tag;
}

/** The name of an image in a folder, made of build key and architecture: the same for one architecture and several. */
export function localTag(candidate: { readonly tag: string }, architecture: Architecture): string {
  return buildTagOf(candidate.tag, architecture);
}
