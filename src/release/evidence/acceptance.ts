import { z } from 'zod';
import type { RegistryClient } from '../../world/registry/client.ts';
import type { Digest, Repository } from '../../world/registry/reference.ts';
import { type AcceptanceKind, acceptanceFields, findAcceptances } from '../attestations/acceptance.ts';
import type { Trust } from '../attestations/trust.ts';

/** Attached to an image in production: somebody accepts it for a fleet without evidence. */
export const acceptanceType = 'application/vnd.coxswain.accepted-missing-evidence.v1+json';

const schema = z.object({
  ...acceptanceFields,
  /** Git tree of the tests that were not run. */
  testsTree: z.string(),
});

/** Valid for one image, one fleet and the tests of one tree: the next fleet needs evidence, or a new acceptance. */
export type Acceptance = z.infer<typeof schema>;

export const missingEvidence: AcceptanceKind<Acceptance> = {
  what: 'the acceptance of missing evidence',
  artifactType: acceptanceType,
  predicateType: 'urn:coxswain:accepted-missing-evidence:v1',
  schema,
};

/** The name and address of the person. */
export type AcceptedBy = Pick<Acceptance, 'reason' | 'by'>;

/**
 * The first that was given for one of these images, for this fleet and these tests; undefined if there is none.
 * @param trust whose signature counts
 */
export async function findAcceptance(
  client: RegistryClient,
  repository: Repository,
  about: { readonly subjects: readonly Digest[]; readonly fleet: string; readonly testsTree?: string },
  trust: Trust,
): Promise<Acceptance | undefined> {
  const { subjects, fleet, testsTree } = about;
  const found: Acceptance[] = [];
  for (const subject of subjects) {
    found.push(
      ...(await findAcceptances(client, missingEvidence, { repository, subject, fleet }, trust)).filter(
        (each) => testsTree === undefined || each.testsTree === testsTree,
      ),
    );
  }
  return found.sort((one, other) => one.at - other.at)[0];
}
