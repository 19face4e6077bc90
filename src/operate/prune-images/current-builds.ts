import { InputError } from '../../host/errors.ts';
import { findBuilt } from '../../release/candidate/built.ts';
import { readCandidate } from '../../release/candidate/candidate.ts';
import type { Project } from '../../release/project.ts';
import type { Digest } from '../../world/registry/reference.ts';

/** The images that the fleets' branches and the open pull requests build now, as the test registry has them. */
export async function currentBuilds(
  project: Pick<Project, 'config' | 'git' | 'forge' | 'client'>,
): Promise<Digest[]> {
  const { config, forge, git, client } = project;
  const heads = [
    ...(await Promise.all(Object.values(config.fleets).map(({ branch }) => forge.branches.resolve(branch)))),
    ...(await forge.pullRequests.list({ state: 'open' })).map(({ headCommit }) => headCommit),
  ];
  const found: Digest[] = [];
  for (const commit of new Set(heads.filter((head) => head !== undefined))) {
    await forge.branches.fetchCommit(commit);
    // A head that cannot be built has no image. A fork's head is not in this clone, but its image is young.
    const candidate = await readCandidate({ git, config, client, commit }).catch((error: unknown) => {
      if (error instanceof InputError) return undefined;
      throw error;
    });
    const built = candidate === undefined ? undefined : await findBuilt(client, config, candidate);
    if (built !== undefined) found.push(built.digest);
  }
  return found;
}
