import { z } from 'zod';
import { type ListedReferrer, pushArtifact, readReferrer } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import type { Digest, Repository } from '../../world/registry/reference.ts';

/** Attached to an image in production: somebody accepts it for a fleet without evidence. */
export const acceptanceType = 'application/vnd.coxswain.accepted-missing-evidence.v1+json';

const acceptanceSchema = z.object({
  fleet: z.string().min(1),
  /** Why, in one line. */
  reason: z.string().min(1),
  /** Who. */
  by: z.string().min(1),
  /** UNIX seconds. */
  at: z.int().nonnegative(),
  /** Git tree of the tests that were not run. */
  testsTree: z.string(),
});

/** Valid for one image, one fleet and the tests of one tree: the next fleet needs evidence, or a new acceptance. */
export type Acceptance = z.infer<typeof acceptanceSchema>;

/** The name and address of the person. */
export type AcceptedBy = Pick<Acceptance, 'reason' | 'by'>;

export function pushAcceptance(
  client: RegistryClient,
  repository: Repository,
  subject: Descriptor,
  acceptance: Acceptance,
): Promise<Descriptor> {
  return pushArtifact(client, {
    repository,
    artifactType: acceptanceType,
    subject,
    layers: [{ mediaType: acceptanceType, bytes: Buffer.from(`${JSON.stringify(acceptance)}\n`) }],
  });
}

/** The first that was given for one of these images, for this fleet and these tests; undefined if there is none. */
export async function findAcceptance(
  client: RegistryClient,
  repository: Repository,
  about: { readonly subjects: readonly Digest[]; readonly fleet: string; readonly testsTree?: string },
): Promise<Acceptance | undefined> {
  const found: Acceptance[] = [];
  for (const subject of about.subjects) {
    for (const { digest } of await client.referrers(repository, subject, acceptanceType)) {
      const acceptance = await readAcceptance(client, { repository, subject, digest });
      if (acceptance?.fleet !== about.fleet) continue;
      if (about.testsTree === undefined || acceptance.testsTree === about.testsTree) found.push(acceptance);
    }
  }
  return found.sort((one, other) => one.at - other.at)[0];
}

async function readAcceptance(
  client: RegistryClient,
  listed: ListedReferrer,
): Promise<Acceptance | undefined> {
  const artifact = await readReferrer(client, listed);
  try {
    return acceptanceSchema.safeParse(JSON.parse(new TextDecoder().decode(artifact?.layers[0]?.bytes))).data;
  } catch (error) {
    // It was deleted after it was listed, or is not JSON: it does not count.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
