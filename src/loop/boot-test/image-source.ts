import { isLoopback } from '../../world/registry/authentication.ts';
import { type DigestReference, formatReference, formatRepository } from '../../world/registry/reference.ts';

/** Where buildah gets an image from. */
export interface ImageSource {
  /** For people: `registry/path@sha256:…`, or the folder and name of a local image. */
  readonly name: string;
  /** What `buildah from` takes: `docker://…@sha256:…`, `oci:FOLDER:TAG`. */
  readonly place: string;
  /** The name that buildah gives it in its storage; absent: it is known by its id there. */
  readonly storedAs?: string;
  /** The registry has no certificate. This is allowed only for a registry on this machine. */
  readonly plainHttp: boolean;
}

/** An image in a registry, by its digest only: `name:tag@digest` is refused by older buildah. */
export function inRegistry(image: DigestReference): ImageSource {
  const storedAs = `${formatRepository(image.repository)}@${image.digest}`;
  return {
    name: formatReference(image),
    place: `docker://${storedAs}`,
    storedAs,
    plainHttp: isLoopback(new URL(`http://${image.repository.registry}`)),
  };
}
