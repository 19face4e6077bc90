import type { Project } from '../../release/project.ts';
import { isFullHash } from '../../world/git/full-hash.ts';
import { findCommit } from '../../world/git/read-commit.ts';
import type { ImageOrigin } from './image-origin.ts';

/**
 * A check whether this project made a build. Another project may use the same repository, and its images carry the same
 * kind of tags. A build is ours if the state branch recorded it, or if it was made from a commit of this repository.
 */
export function ownBuilds(
  { git, forge }: Pick<Project, 'git' | 'forge'>,
  recordedKeys: ReadonlySet<string>,
): (origin: ImageOrigin) => Promise<boolean> {
  const known = new Map<string, Promise<boolean>>();
  const isCommitHere = async (commit: string): Promise<boolean> => {
    const exists = async () => (await findCommit(git, commit)) !== undefined;
    if (await exists()) return true;
    // If the forge does not have it, or does not answer, the image stays.
    await forge.branches.fetchCommit(commit).catch(() => {});
    return exists();
  };
  return async ({ buildKey, revision }) => {
    if (recordedKeys.has(buildKey)) return true;
    if (revision === undefined || !isFullHash(revision)) return false;
    const asked = known.get(revision) ?? isCommitHere(revision);
    known.set(revision, asked);
    return asked;
  };
}
