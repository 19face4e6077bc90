import { z } from 'zod';
import type { RegistryClient } from '../../world/registry/client.ts';
import type { Digest, Repository } from '../../world/registry/reference.ts';
import { type AcceptanceKind, acceptanceFields, findAcceptances } from '../attestations/acceptance.ts';
import type { Trust } from '../attestations/trust.ts';

/** Attached to an image in production: somebody accepts for a fleet what scanners found. */
export const acceptedVulnerabilitiesType = 'application/vnd.coxswain.accepted-vulnerabilities.v1+json';

const schema = z.object({
  ...acceptanceFields,
  /** What is accepted, and nothing else: names of objections (gates/vulnerability-gate.ts). */
  accepts: z.array(z.string().min(1)),
});

/** Valid for one image, one fleet, and what was known then: what is found later needs a new acceptance. */
export type AcceptedVulnerabilities = z.infer<typeof schema>;

export const foundVulnerabilities: AcceptanceKind<AcceptedVulnerabilities> = {
  what: 'the acceptance of vulnerabilities',
  artifactType: acceptedVulnerabilitiesType,
  predicateType: 'urn:coxswain:accepted-vulnerabilities:v1',
  schema,
};

/**
 * All that were given for an image and a fleet, oldest first.
 * @param trust whose signature counts
 */
export function findAcceptedVulnerabilities(
  client: RegistryClient,
  repository: Repository,
  about: { readonly subject: Digest; readonly fleet: string },
  trust: Trust,
): Promise<AcceptedVulnerabilities[]> {
  return findAcceptances(client, foundVulnerabilities, { repository, ...about }, trust);
}
