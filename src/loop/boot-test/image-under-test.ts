import { InputError } from '../../host/errors.ts';
import { findBuiltFor, localTag } from '../../release/candidate/built.ts';
import { readCandidate } from '../../release/candidate/candidate.ts';
import type { Project } from '../../release/project.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import { type Image, readImage } from '../../world/registry/image.ts';
import { inLayout, layoutReader } from '../../world/registry/layout.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  formatReference,
  parseReference,
  type Reference,
} from '../../world/registry/reference.ts';
import { type ImageSource, inRegistry } from './image-source.ts';

/** The image that is boot-tested, for one architecture. */
export interface ImageUnderTest {
  readonly source: ImageSource;
  readonly image: Image;
  readonly digest: Digest;
  /** Value of its label; empty if it has none. */
  readonly version: string;
  /** Its reference in a registry; undefined for an image in a folder. */
  readonly reference: DigestReference | undefined;
}

/**
 * Finds the image that the checkout's commit builds, in the test registry or in a folder, or another one by its name.
 * @param wanted.image a reference in a registry
 * @param wanted.local the folder that `build-image --local` was given
 * @throws InputError if it does not exist, or is not made for the architecture
 */
export async function findImageUnderTest(
  project: Project,
  commit: string,
  architecture: Architecture,
  wanted: { readonly image?: string; readonly local?: string },
): Promise<ImageUnderTest> {
  const { git, config, client } = project;
  if (wanted.local !== undefined) {
    if (wanted.image !== undefined) throw new InputError({ problem: 'use either --image or --local' });
    const candidate = await readCandidate({ git, config, client, commit });
    const name = inLayout(wanted.local, localTag(candidate, architecture));
    const image = await readImage(layoutReader, name, architecture);
    const place = formatReference(name);
    return { ...known(image), source: { name: place, place, plainHttp: false }, reference: undefined };
  }
  const found = await findInRegistry(project, commit, architecture, wanted.image);
  const image = await readImage(client, found, architecture);
  const reference = atDigest(found.repository, image.manifest.descriptor.digest);
  return { ...known(image), source: inRegistry(reference), reference };
}

function known(image: Image) {
  const version = image.config.labels['org.opencontainers.image.version'] ?? '';
  return { image, digest: image.manifest.descriptor.digest, version };
}

async function findInRegistry(
  { git, config, client }: Project,
  commit: string,
  architecture: Architecture,
  name: string | undefined,
): Promise<Reference> {
  if (name !== undefined) return parseReference(name, { field: '--image' });
  const candidate = await readCandidate({ git, config, client, commit });
  const built = await findBuiltFor(client, config, candidate, architecture);
  if (built !== undefined) return built;
  throw new InputError({
    where: formatReference(atTag(config.testImage, candidate.tag)),
    problem: `the test registry has no image for commit ${shortCommit(commit)}`,
    remedy: 'Run coxswain build-image first.',
  });
}
