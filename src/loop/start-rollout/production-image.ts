import { InputError } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import type { Candidate } from '../../release/candidate/candidate.ts';
import { type PassedImage, passImage } from '../../release/gates/promotable-image.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { atDigest, atTag, formatReference } from '../../world/registry/reference.ts';

/**
 * Reads a candidate's images back from production, and checks again what promote-image checked: tags and evidence
 * can have changed since.
 * @throws InputError when one does not exist (it was not promoted), or must not be offered to nodes
 */
export async function readProductionImages(
  client: RegistryClient,
  options: {
    readonly config: Config;
    readonly root: string;
    readonly fleet: Fleet;
    readonly candidate: Candidate;
  },
): Promise<PassedImage[]> {
  const { config, root, fleet, candidate } = options;
  const reference = atTag(config.image, candidate.version);
  const found = await client.resolve(reference);
  if (found === undefined) {
    throw new InputError({
      where: formatReference(reference),
      problem: `commit ${shortCommit(candidate.commit)} of ${fleet.branch} builds this version, and production does not have it`,
      remedy: `Promote it first: coxswain promote-image --fleet ${fleet.name}`,
    });
  }
  const passed: PassedImage[] = [];
  for (const architecture of config.architectures) {
    passed.push(
      await passImage(
        { client, config, root, candidate, fleet: fleet.name },
        atDigest(config.image, found.digest),
        architecture,
      ),
    );
  }
  return passed;
}
