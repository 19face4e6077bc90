import type { Sha } from '../../world/forge/forge.ts';
import { pinnedBranch } from '../../world/forge/pinned-branch.ts';
import type { Project } from '../project.ts';

/**
 * The project for readers, with its state branch at one commit: what is read of it belongs together, and the remote is
 * not asked again where the branch is. Its state cannot be changed.
 * @param commit undefined: the branch does not exist
 */
export function pinState<P extends Pick<Project, 'config' | 'forge' | 'state'>>(
  project: P,
  commit: Sha | undefined,
): P {
  const { config, forge, state } = project;
  const branches = pinnedBranch(forge.branches, config.stateBranch, commit);
  return { ...project, forge: { ...forge, branches }, state: state.at(commit) };
}
