import { formatRepository, type TagReference } from '../../world/registry/reference.ts';
import { type Place, tidyPath } from './read-fields.ts';
import { readAddress } from './upstream-guidance.ts';

/** Who has to have signed the base before it is proposed or built on. */
export type BaseSignature =
  | { readonly kind: 'none' }
  | {
      /** GPG simple signing: signatures are files in a lookaside. */
      readonly kind: 'gpg';
      readonly lookaside: string;
      /** Public keys, as files of the repository; absent: Fedora's. */
      readonly files?: readonly string[];
    }
  | {
      /** The format of cosign that nodes read: signatures are beside the image. */
      readonly kind: 'cosign';
      /** Public keys, as files of the repository: one of them is enough. */
      readonly files: readonly string[];
    };

/** Where Fedora publishes the signatures of its images; nodes of Fedora CoreOS look there too. */
const fedoraLookaside = 'https://builds.coreos.fedoraproject.org/prod/signatures/oci';

type Written =
  | undefined
  | 'none'
  | { readonly 'gpg-keys'?: readonly string[] | undefined; readonly lookaside?: string | undefined }
  | { readonly 'cosign-keys': readonly string[] };

/** Fedora signs only its own images, so every other base is verified only if the configuration says by which key. */
export function readBaseSignature(
  written: Written,
  base: TagReference,
  place: (name: string) => Place,
): BaseSignature {
  if (written === 'none') return { kind: 'none' };
  if (written === undefined) {
    const isFedora = formatRepository(base.repository) === 'quay.io/fedora/fedora-coreos';
    return isFedora ? { kind: 'gpg', lookaside: fedoraLookaside } : { kind: 'none' };
  }
  if ('cosign-keys' in written) return { kind: 'cosign', files: written['cosign-keys'].map(tidyPath) };
  const { lookaside = fedoraLookaside, 'gpg-keys': files } = written;
  return {
    kind: 'gpg',
    lookaside: readAddress(lookaside, place('lookaside')).replace(/\/+$/, ''),
    ...(files === undefined ? {} : { files: files.map(tidyPath) }),
  };
}
