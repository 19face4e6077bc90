import { z } from 'zod';
import { defined } from '../../host/defined.ts';
import { pushArtifact, readReferrer } from '../registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../registry/client.ts';
import type { DigestReference, Repository } from '../registry/reference.ts';
import { byName } from './compare.ts';
import type { Package } from './package.ts';

/** Attached to an image: the list of its packages. It is copied with the image, like everything attached. */
export const packagesArtifactType = 'application/vnd.coxswain.packages.v1+json';

const listSchema = z.object({
  packages: z.array(
    z.object({
      name: z.string().min(1),
      epoch: z.int().positive().optional(),
      version: z.string(),
      release: z.string(),
      architecture: z.string(),
    }),
  ),
});

/** Attaches the list; the same list again changes nothing. */
export function pushPackages(
  client: RegistryClient,
  repository: Repository,
  subject: Descriptor,
  packages: readonly Package[],
): Promise<Descriptor> {
  const list: z.infer<typeof listSchema> = {
    packages: [...packages].sort(byName).map(({ name, epoch, version, release, architecture }) => ({
      name,
      ...defined({ epoch }),
      version,
      release,
      architecture,
    })),
  };
  return pushArtifact(client, {
    repository,
    artifactType: packagesArtifactType,
    subject,
    layers: [{ mediaType: packagesArtifactType, bytes: Buffer.from(`${JSON.stringify(list)}\n`) }],
  });
}

/** The list that is attached to an image; undefined if there is none, or none can be read. */
export async function recordedPackages(
  client: RegistryClient,
  image: DigestReference,
): Promise<readonly Package[] | undefined> {
  const { repository, digest } = image;
  for (const descriptor of await client.referrers(repository, digest, packagesArtifactType)) {
    const artifact = await readReferrer(client, { repository, subject: digest, digest: descriptor.digest });
    const layer = artifact?.layers.find((each) => each.descriptor.mediaType === packagesArtifactType);
    const parsed = listSchema.safeParse(layer === undefined ? undefined : jsonOrUndefined(layer.bytes));
    if (parsed.success)
      return parsed.data.packages.map(({ epoch, ...each }) => ({
        ...each,
        ...defined({ epoch }),
      }));
  }
  return undefined;
}

/** The value of a JSON text, which is not checked yet; undefined if it is not JSON. */
export function jsonOrUndefined(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
