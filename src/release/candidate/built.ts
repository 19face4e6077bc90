import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { findSurely } from '../../world/registry/find-surely.ts';
import { isIndex, type Manifest } from '../../world/registry/manifest.ts';
import {
  atDigest,
  atTag,
  type DigestReference,
  formatReference,
  type Repository,
  type TagReference,
} from '../../world/registry/reference.ts';
import { buildTagOf } from '../tags.ts';
import { buildKeyAnnotation } from './build-key.ts';
import type { Candidate } from './candidate.ts';

type Build = Pick<Candidate, 'tag' | 'key'>;

/**
 * The built image, if the test registry has one for this build key: an index of several architectures.
 * @throws InputError if the image under the tag has another build key: the tag holds only a part of it
 */
export async function findBuilt(
  client: RegistryClient,
  config: Config,
  candidate: Build,
): Promise<DigestReference | undefined> {
  return findUnder(client, atTag(config.testImage, candidate.tag), candidate.key);
}

/** The built image of one architecture. It can exist before the index does. @throws as findBuilt */
export async function findBuiltFor(
  client: RegistryClient,
  config: Config,
  candidate: Build,
  architecture: Architecture,
): Promise<DigestReference | undefined> {
  const built = await findBuilt(client, config, candidate);
  if (built !== undefined) return built;
  const tag = tagFor(config, candidate, architecture);
  return findUnder(client, atTag(config.testImage, tag), candidate.key);
}

async function findUnder(
  client: RegistryClient,
  tag: TagReference,
  key: string,
): Promise<DigestReference | undefined> {
  // What is there, and is not found, would be built and tested again.
  const found = await findSurely(client, tag);
  if (found === undefined) return undefined;
  const built = atDigest(tag.repository, found.descriptor.digest);
  for (const annotated of await annotatedKeys(client, tag.repository, found)) {
    // An image of another tool has no key. Its labels are checked before it is promoted.
    if (annotated !== undefined && annotated !== key) throw otherKey(formatReference(tag), annotated, key);
  }
  return built;
}

/**
 * Makes sure that an image carries the whole build key, and each image of an index.
 * @throws InputError if one does not
 */
export async function requireBuildKey(
  client: RegistryClient,
  built: DigestReference,
  key: string,
): Promise<void> {
  const manifest = await client.getManifest(built);
  for (const annotated of await annotatedKeys(client, built.repository, manifest)) {
    if (annotated !== key) throw otherKey(formatReference(built), annotated, key);
  }
}

async function annotatedKeys(
  client: RegistryClient,
  repository: Repository,
  { json }: Manifest,
): Promise<readonly (string | undefined)[]> {
  if (!isIndex(json)) return [json.annotations?.[buildKeyAnnotation]];
  const children = json.manifests.map(({ digest }) => client.getManifest(atDigest(repository, digest)));
  return (await Promise.all(children)).map((child) => child.json.annotations?.[buildKeyAnnotation]);
}

function otherKey(where: string, found: string | undefined, expected: string): InputError {
  return new InputError({
    where,
    field: `annotation ${buildKeyAnnotation}`,
    problem: found === undefined ? 'the image has no build key' : 'the image is of another build',
    ...defined({ found }),
    expected,
    remedy: 'Delete this image from the test registry, then run coxswain build-image and coxswain boot-test.',
  });
}

/** The tag of one architecture's image. With several architectures, the build key's own tag is for the index. */
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
