import { defined } from '../../host/defined.ts';
import { InputError, OutsideError } from '../../host/errors.ts';
import { type Download, describeDownload, downloadBetween } from '../../release/download-size.ts';
import type { Architecture } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type Image, readImage } from '../../world/registry/image.ts';
import {
  atDigest,
  formatReference,
  isDigest,
  parseReference,
  type Reference,
} from '../../world/registry/reference.ts';

export interface SizeExplanation {
  readonly one: string;
  readonly other: string;
  readonly versions: { readonly one?: string; readonly other?: string };
  readonly download: Download;
  /** In one line. */
  readonly summary: string;
}

/** What a node on the one image downloads to update to the other. Only manifests and configs are read. */
export async function explainSize(
  client: RegistryClient,
  references: { readonly one: Reference; readonly other: Reference },
  architecture: Architecture,
): Promise<SizeExplanation> {
  const [one, other] = await Promise.all([
    readImage(client, references.one, architecture),
    readImage(client, references.other, architecture),
  ]);
  const download = downloadBetween(one, other, await baseOf(client, other, architecture));
  const name = (reference: Reference, image: Image) =>
    formatReference(atDigest(reference.repository, image.manifest.descriptor.digest));
  return {
    one: name(references.one, one),
    other: name(references.other, other),
    versions: defined({ one: versionOf(one), other: versionOf(other) }),
    download,
    summary: describeDownload(download, other),
  };
}

function versionOf({ config }: Image): string | undefined {
  return config.labels['org.opencontainers.image.version'];
}

/** The base that the image's annotations name; undefined if there is none, or it cannot be read here. */
async function baseOf(
  client: RegistryClient,
  { manifest }: Image,
  architecture: Architecture,
): Promise<Image | undefined> {
  const annotations = manifest.json.annotations ?? {};
  const name = annotations['org.opencontainers.image.base.name'];
  const digest = annotations['org.opencontainers.image.base.digest'];
  if (name === undefined || digest === undefined || !isDigest(digest)) return undefined;
  try {
    const { repository } = parseReference(name, { field: 'org.opencontainers.image.base.name' });
    return await readImage(client, atDigest(repository, digest), architecture);
  } catch (error) {
    // The sizes are known without it too.
    if (error instanceof InputError || error instanceof OutsideError) return undefined;
    throw error;
  }
}
