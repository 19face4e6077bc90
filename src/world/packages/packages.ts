import { OutsideError } from '../../host/errors.ts';
import { withTemporaryFolder } from '../../host/files.ts';
import type { Log } from '../../host/log.ts';
import { findTool } from '../../host/tools.ts';
import type { Descriptor, RegistryClient } from '../registry/client.ts';
import { isIndex } from '../registry/manifest.ts';
import { atDigest, type DigestReference, type Repository } from '../registry/reference.ts';
import { byName, identity } from './compare.ts';
import { fetchDatabase } from './layers.ts';
import type { Package } from './package.ts';
import { pushPackages, recordedPackages } from './recorded.ts';
import { packagesOfRoot, queryDatabase } from './rpm-database.ts';

export { comparePackages, type PackageDifference, samePackages, type VersionChange } from './compare.ts';
export { fullVersion, type Package } from './package.ts';
export { countPackages, describePackages } from './package-changes.ts';

/**
 * The rpm packages of an image, by name. For an index they are those of all its images, each package once. Read from
 * the list that was attached when the image was built (`recordPackages`). If there is none, they are read from the
 * image's own database; only the layers above it are fetched.
 * @returns undefined if the image has no rpm database
 * @throws InputError when there is no such image, or no list and no program rpm here; OutsideError
 */
export async function readPackages(
  client: RegistryClient,
  image: DigestReference,
): Promise<readonly Package[] | undefined> {
  const recorded = await recordedPackages(client, image);
  if (recorded !== undefined) return recorded;
  const { json } = await client.getManifest(image);
  if (!isIndex(json)) {
    return withTemporaryFolder('rpm', async (folder) => {
      const found = await fetchDatabase(client, { repository: image.repository, manifest: json, folder });
      return found ? queryDatabase(folder) : undefined;
    });
  }
  const each = await Promise.all(
    json.manifests.map(({ digest }) => readPackages(client, atDigest(image.repository, digest))),
  );
  const lists = each.filter((list) => list !== undefined);
  if (lists.length === 0) return undefined;
  const unique = new Map(lists.flat().map((one) => [identity(one), one]));
  return [...unique.values()].sort(byName);
}

/**
 * Attaches the list of an image's packages to it, while its files are on this machine. This is for speed only: a list
 * that was not recorded is read from the image later, so a missing program rpm is only a warning.
 * @param options.root the image's root file system
 * @returns the packages; undefined if they cannot be read, or the image has no rpm database
 */
export async function recordPackages(
  client: RegistryClient,
  options: {
    readonly repository: Repository;
    /** The manifest for one architecture, never an index. */
    readonly subject: Descriptor;
    readonly root: string;
    readonly log: Log;
  },
): Promise<readonly Package[] | undefined> {
  const { repository, subject, root, log } = options;
  const recorded = await recordedPackages(client, atDigest(repository, subject.digest));
  if (recorded !== undefined) return recorded;
  const packages = await packagesOfImage(root, log);
  if (packages !== undefined) await pushPackages(client, repository, subject, packages);
  return packages;
}

/**
 * The packages of an image whose files are on this machine. What cannot be read is a warning.
 * @param root the image's root file system
 */
async function packagesOfImage(root: string, log: Log): Promise<Package[] | undefined> {
  if (findTool('rpm') === undefined) {
    log.warn(
      'the packages of the image are not recorded: the program rpm is not installed (apt-get install rpm)',
    );
    return undefined;
  }
  return packagesOfRoot(root).catch((error: unknown) => {
    if (!(error instanceof OutsideError)) throw error;
    log.warn(`the packages of the image are not recorded: ${error.message}`);
    return undefined;
  });
}
