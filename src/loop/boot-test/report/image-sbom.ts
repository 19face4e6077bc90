import { defined } from '../../../host/defined.ts';
import { InputError, messageOf, OutsideError } from '../../../host/errors.ts';
import { insideRoot } from '../../../host/inside-root.ts';
import type { Log } from '../../../host/log.ts';
import type { AttestationSigner } from '../../../release/attestations/sign.ts';
import { trustOf } from '../../../release/attestations/trust.ts';
import type { Project } from '../../../release/project.ts';
import { formatBillOfMaterials, type ImageContent } from '../../../release/sbom/bill-of-materials.ts';
import { findSbom, pushSbom } from '../../../release/sbom/store.ts';
import { readPackages, recordPackages } from '../../../world/packages/packages.ts';
import { type Architecture, architectureOfGo } from '../../../world/registry/architecture.ts';
import { type Image, imageTimestamp, readImage } from '../../../world/registry/image.ts';
import { atDigest, type DigestReference, isDigest } from '../../../world/registry/reference.ts';
import { readOsRelease } from '../guest/systemd.ts';

/**
 * Attaches what is in an image to it, while its files are on this machine: the list of its packages, and the SBOM,
 * signed if this run can sign. An image without an rpm database has neither, and that is not an error.
 * @param options.root the image's root file system
 */
export async function recordContent(
  { client, config, root: checkout }: Pick<Project, 'client' | 'config' | 'root'>,
  options: {
    readonly reference: DigestReference;
    readonly image: Image;
    readonly root: string;
    readonly signer: AttestationSigner | undefined;
    readonly log: Log;
  },
): Promise<void> {
  const { reference, image, root, signer, log } = options;
  const { descriptor: subject } = image.manifest;
  const packages = await recordPackages(client, { repository: reference.repository, subject, root, log });
  if (packages === undefined) {
    log.info(
      'no SBOM is attached: the packages of the image are not known (is there an rpm database in it?)',
    );
    return;
  }
  const architecture = architectureOfGo(image.config.architecture);
  if (architecture === undefined) return;
  // Without a signer, one that somebody signed is as good as one that we would attach.
  const trust = trustOf({ config, root: checkout });
  const known = await findSbom(client, reference, signer === undefined ? { ...trust, signedBy: [] } : trust);
  if (known !== undefined) return;
  const release = await readOsRelease(insideRoot(root));
  const base = await baseOf(client, { repository: config.base.repository, image, architecture, log });
  const text = await formatBillOfMaterials({
    image: reference,
    version: image.config.labels['org.opencontainers.image.version'] ?? '',
    architecture,
    created: imageTimestamp(image) ?? 0,
    packages,
    system: { id: release.ID ?? '', version: release.VERSION_ID ?? '' },
    ...defined({ base }),
  });
  await pushSbom(client, { image: reference, subject, text, signer });
}

/** The image that it was built on, and its packages. Only those layers are fetched that have to be searched for them. */
async function baseOf(
  client: Project['client'],
  options: {
    readonly repository: DigestReference['repository'];
    readonly image: Image;
    readonly architecture: Architecture;
    readonly log: Log;
  },
): Promise<ImageContent['base']> {
  const { repository, image, architecture, log } = options;
  const digest = image.manifest.json.annotations?.['org.opencontainers.image.base.digest'] ?? '';
  if (!isDigest(digest)) return undefined;
  const base = atDigest(repository, digest);
  try {
    const { descriptor } = (await readImage(client, base, architecture)).manifest;
    const packages = await readPackages(client, atDigest(repository, descriptor.digest));
    return { image: base, ...defined({ packages }) };
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
    log.warn(`the SBOM does not say which packages are the base's: ${messageOf(error)}`);
    return { image: base };
  }
}
