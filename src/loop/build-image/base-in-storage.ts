import { defined } from '../../host/defined.ts';
import { OutsideError } from '../../host/errors.ts';
import { isLoopback } from '../../world/loopback.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { Image } from '../../world/registry/image.ts';
import { atDigest, formatReference, type Repository } from '../../world/registry/reference.ts';
import type { Buildah } from './buildah.ts';
import type { FlatBase } from './flat-base.ts';

const folder = 'localhost/coxswain-base';

/** How containers/storage, and buildah, report a base that existed a moment ago. */
const removedMeanwhile = new RegExp(
  `image not known|layer not known|identifier is not an image|initializing source docker://${folder}:`,
);

/** What buildah says of an image whose pull was killed. Every build on it would fail until somebody removes it. */
const incomplete = /exists in local storage but may be corrupted|locating item named "manifest"/;

/** How often a run gets the base again after another run has removed it. */
const attempts = 4;

/**
 * The name of a base in local storage: the same in every run and on every machine. buildah writes the name that an image
 * was built on into its history, and chooses any of the names that the base has. Then a pull of the same base from
 * another repository would give the same inputs another digest.
 */
export function baseNameInStorage(base: Image): string {
  return `${folder}:${base.manifest.descriptor.digest.replace('sha256:', '')}`;
}

/**
 * Builds on a base in local storage, and removes the base afterwards if it did not exist before. Several runs may use
 * it at the same time. Storage deletes an image only when its last name is removed and no build uses it, so the last
 * run deletes it. An image that also has a name of somebody else stays.
 * @param from the repository that it is pulled from
 * @param flat the base as one layer, to build on in its place
 * @param build is called again if another run removed the base
 */
export async function withBaseInStorage<T>(
  buildah: Buildah,
  options: {
    readonly base: Image;
    readonly from: Repository;
    readonly architecture: Architecture;
    readonly flat: FlatBase | undefined;
  },
  build: () => Promise<T>,
): Promise<T> {
  const { base, from, architecture, flat } = options;
  // An image's id in local storage is the digest of its config.
  const id = flat?.id ?? base.config.digest.replace('sha256:', '');
  const name = baseNameInStorage(base);
  const source = flat?.place ?? formatReference(atDigest(from, base.manifest.descriptor.digest));
  const plainHttp = isLoopback(new URL(`http://${from.registry}`));
  let pulled = false;
  try {
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (!(await buildah.hasImage(id))) {
          pulled = true;
          await buildah.pull(source, { architecture, plainHttp, ...defined({ cwd: flat?.folder }) });
        }
        await buildah.tag(id, name);
        return await build();
      } catch (error) {
        const problem = error instanceof OutsideError ? error.message : '';
        const isIncomplete = incomplete.test(problem);
        if (attempt === attempts || !(isIncomplete || removedMeanwhile.test(problem))) throw error;
        // Another run may be pulling it right now. Its pull then fails, and it gets the base again like this one.
        if (isIncomplete) await buildah.discardImage(id);
      }
    }
  } finally {
    if (pulled) await buildah.removeImage(flat?.name ?? source);
    await buildah.removeImage(name);
    // Two runs that remove one name each at the same time both see the other's name, and leave an image without any.
    if (pulled) await buildah.removeUnnamed(id);
  }
}
