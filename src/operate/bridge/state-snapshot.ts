import type { Config } from '../../project/configuration/config.ts';
import type { Project } from '../../release/project.ts';
import { type FleetState, fleetFolder, parseFleet } from '../../release/state/fleet-files.ts';
import type { FileChange, Sha } from '../../world/forge/forge.ts';

/** The state branch at one commit. */
export interface Snapshot {
  /** undefined: there is no such branch yet. */
  readonly commit: Sha | undefined;
  /** Path → text. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads the newest state, from the remote. */
export async function readSnapshot({ config, forge }: Pick<Project, 'config' | 'forge'>): Promise<Snapshot> {
  const commit = await forge.branches.resolve(config.stateBranch);
  return readSnapshotAt(forge.branches, commit);
}

export async function readSnapshotAt(
  branches: Project['forge']['branches'],
  commit: Sha | undefined,
): Promise<Snapshot> {
  return { commit, files: commit === undefined ? new Map() : await branches.readFolder(commit, '') };
}

/** @throws InputError if its files contradict each other */
export function fleetOf({ commit, files }: Snapshot, config: Config, fleet: string): FleetState {
  return parseFleet(filesBelow(files, fleetFolder(fleet)), { fleet, config, commit });
}

/** The same files after a change. */
export function withChanges(
  files: ReadonlyMap<string, string>,
  changes: readonly FileChange[],
): ReadonlyMap<string, string> {
  const after = new Map(files);
  for (const { path, content } of changes) {
    if (content === null) after.delete(path);
    else after.set(path, String(content));
  }
  return after;
}

function filesBelow(files: ReadonlyMap<string, string>, folder: string): Map<string, string> {
  return new Map([...files].filter(([path]) => path.startsWith(`${folder}/`)));
}
