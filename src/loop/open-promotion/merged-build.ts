import { InputError, OutsideError } from '../../host/errors.ts';
import type { Config } from '../../project/configuration/config.ts';
import {
  ignoreFileNames,
  refreshFileName,
  rollBackFileName,
  selectContext,
} from '../../release/candidate/build-context.ts';
import { findBuilt } from '../../release/candidate/built.ts';
import { readCandidate } from '../../release/candidate/candidate.ts';
import type { MergedImage } from '../../release/gates/merge-gates.ts';
import { passImage } from '../../release/gates/promotable-image.ts';
import type { Project } from '../../release/project.ts';
import type { Sha } from '../../world/forge/forge.ts';
import type { Git } from '../../world/git/git.ts';
import { listCommit, type TreeEntry } from '../../world/git/list-tree.ts';
import { readTextBlob } from '../../world/git/read-objects.ts';
import { commitTree } from '../../world/git/write-objects.ts';
import type { DigestReference } from '../../world/registry/reference.ts';

/** The image that the content of a merge builds. */
export interface MergedBuild {
  /** True if it is the image that the source fleet runs, byte for byte. */
  readonly same: boolean;
  /** Version of the other image, if that is known. */
  readonly version?: string;
  /** Files that differ between the merge and the release. */
  readonly different: readonly string[];
  /** The other image. */
  readonly image?: MergedImage;
  /** Where it is, if it is built. */
  readonly built?: DigestReference;
}

/**
 * Finds out whether merging gives the image that the source fleet runs. If the target has content of its own that is
 * part of the image, the other image must be built and tested before the merge. The pull request's workflow does that.
 * @param merge.tree content of the merge
 * @param merge.parents commits that the merge would have
 */
export async function readMergedBuild(
  { git, config, client, root }: Pick<Project, 'config' | 'git' | 'client' | 'root'>,
  merge: {
    readonly release: Sha;
    readonly tree: Sha;
    readonly parents: readonly Sha[];
    readonly different: readonly string[];
  },
): Promise<MergedBuild> {
  const { release, tree, different, parents } = merge;
  if (different.length === 0) return { same: true, different };
  const [before, after] = [await inputsOf(git, config, release), await inputsOf(git, config, tree)];
  if (before === after) return { same: true, different };
  try {
    const commit = await commitTree(git, { tree, parents, message: 'only to see what it builds\n' });
    const candidate = await readCandidate({ git, config, client, commit });
    const { version } = candidate;
    const built = await findBuilt(client, config, candidate);
    if (built === undefined) {
      const note = `the merge builds another image, ${version}, which is not in the test registry yet`;
      return { same: false, version, different, image: { tested: false, note } };
    }
    try {
      for (const architecture of config.architectures) {
        await passImage({ client, config, root, candidate }, built, architecture);
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      const note = `the merge builds another image, ${version}: ${error.details.problem}`;
      return { same: false, version, different, built, image: { tested: false, note } };
    }
    const note = `the merge builds another image, ${version}: built and tested`;
    return { same: false, version, different, built, image: { tested: true, note } };
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof OutsideError)) throw error;
    const note = 'the merge builds another image, and the registry cannot say whether it was tested';
    return { same: false, different, image: { tested: false, note } };
  }
}

/** All files of a commit (or tree) that decide the image, and the tests that the image must pass. */
async function inputsOf(git: Git, config: Config, commit: Sha): Promise<string> {
  const entries = await listCommit(git, commit);
  const own = {
    containerfile: config.containerfile,
    tests: config.tests,
    templates: Object.values(config.fleets).map(({ template }) => template),
  };
  const isInput = ({ path }: TreeEntry) =>
    [config.containerfile, refreshFileName, rollBackFileName].includes(path) ||
    path.startsWith(`${config.tests}/`);
  const context = selectContext(entries, own, await readIgnoreFile(git, entries));
  return JSON.stringify([context, entries.filter(isInput)]);
}

async function readIgnoreFile(
  git: Git,
  entries: readonly TreeEntry[],
): Promise<{ path: string; text: string } | undefined> {
  const entry = ignoreFileNames
    .map((path) => entries.find((each) => each.path === path))
    .find((each) => each !== undefined);
  return entry === undefined ? undefined : { path: entry.path, text: await readTextBlob(git, entry) };
}
