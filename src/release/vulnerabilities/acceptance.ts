import { z } from 'zod';
import { type ListedReferrer, pushArtifact, readReferrer } from '../../world/registry/artifact.ts';
import type { Descriptor, RegistryClient } from '../../world/registry/client.ts';
import type { Digest, Repository } from '../../world/registry/reference.ts';

/** Attached to an image in production: somebody accepts for a fleet what scanners found. */
export const acceptedVulnerabilitiesType = 'application/vnd.coxswain.accepted-vulnerabilities.v1+json';

const schema = z.object({
  fleet: z.string().min(1),
  /** Why, in one line. */
  reason: z.string().min(1),
  /** Who. */
  by: z.string().min(1),
  /** UNIX seconds. */
  at: z.int().nonnegative(),
  /** What is accepted, and nothing else: names of objections (gates/vulnerability-gate.ts). */
  accepts: z.array(z.string().min(1)),
});

/** Valid for one image, one fleet, and what was known then: what is found later needs a new acceptance. */
export type AcceptedVulnerabilities = z.infer<typeof schema>;

export function pushAcceptedVulnerabilities(
  client: RegistryClient,
  repository: Repository,
  subject: Descriptor,
  acceptance: AcceptedVulnerabilities,
): Promise<Descriptor> {
  const bytes = Buffer.from(`${JSON.stringify(acceptance)}\n`);
  return pushArtifact(client, {
    repository,
    artifactType: acceptedVulnerabilitiesType,
    subject,
    layers: [{ mediaType: acceptedVulnerabilitiesType, bytes }],
  });
}

/** All that were given for an image and a fleet, oldest first. */
export async function findAcceptedVulnerabilities(
  client: RegistryClient,
  repository: Repository,
  about: { readonly subject: Digest; readonly fleet: string },
): Promise<AcceptedVulnerabilities[]> {
  const { subject, fleet } = about;
  const found: AcceptedVulnerabilities[] = [];
  for (const { digest } of await client.referrers(repository, subject, acceptedVulnerabilitiesType)) {
    const acceptance = await read(client, { repository, subject, digest });
    if (acceptance?.fleet === fleet) found.push(acceptance);
  }
  return found.sort((one, other) => one.at - other.at);
}

async function read(
  client: RegistryClient,
  listed: ListedReferrer,
): Promise<AcceptedVulnerabilities | undefined> {
  const artifact = await readReferrer(client, listed);
  try {
    return schema.safeParse(JSON.parse(new TextDecoder().decode(artifact?.layers[0]?.bytes))).data;
  } catch (error) {
    // It was deleted after it was listed, or is not JSON: it does not count.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
