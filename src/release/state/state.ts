import type { Config } from '../../project/configuration/config.ts';
import { type RingGates, ringGatesOf } from '../../project/configuration/ring-gates.ts';
import type { BranchStore, FileChange, Sha } from '../../world/forge/forge.ts';
import { pinnedBranch } from '../../world/forge/pinned-branch.ts';
import { untilNotStale } from '../../world/forge/retry.ts';
import type { ConfirmFirstRelease } from '../witnesses/first-release.ts';
import { changedFleetFiles, type FleetState, fleetFolder, parseFleet } from './fleet-files.ts';

export type { FleetState } from './fleet-files.ts';
export type { ReleaseRecord } from './release-record.ts';

/** What every fleet runs, and how updates reach it: the state branch. */
export interface State {
  /**
   * A fleet as it is now; empty if nothing was released yet.
   * @throws InputError for a dirty state branch, and if the fleet's releases are known elsewhere but not here
   */
  readFleet(fleet: string): Promise<FleetState>;
  /** The files of a fleet: path on the state branch → text. @throws as readFleet */
  readTexts(fleet: string): Promise<ReadonlyMap<string, string>>;
  /**
   * Changes one fleet by compare-and-swap: if another writer was faster, `change` is called again with the new state.
   * It returns the wanted state, or the same object to change nothing.
   * @param message of the commit; a function is called after the change
   * @returns whether there was anything to commit, and the commit the state branch is at
   * @throws InputError for a dirty state branch; whatever `change` throws. Nothing is written then
   */
  changeFleet(
    fleet: string,
    message: string | (() => string),
    change: (state: FleetState) => FleetState,
  ): Promise<{ readonly changed: boolean; readonly commit: Sha | undefined }>;
  /** The rings of a fleet that have to do well before the next ones open; undefined if it has no success-threshold. */
  ringGates(fleet: string): RingGates | undefined;
  /** The same with the state branch at this commit, for readers: the remote is not asked where it is. It changes nothing. */
  at(commit: Sha | undefined): State;
  /** What changeFleet would write: nothing is written. @throws like changeFleet */
  previewFleet(fleet: string, change: (state: FleetState) => FleetState): Promise<FilePreview[]>;
}

/** A file of the state branch before and after a change. */
export interface FilePreview {
  readonly path: string;
  /** undefined if there is no such file. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/**
 * Opens the state branch, which may not exist yet.
 * @param confirmFirstRelease is asked about every fleet that has no release on it; default: such a fleet is new
 */
export function openState(
  branches: BranchStore,
  config: Config,
  confirmFirstRelease?: ConfirmFirstRelease,
): State {
  const branch = config.stateBranch;

  async function read(fleet: string): Promise<{
    readonly commit: Sha | undefined;
    readonly files: ReadonlyMap<string, string>;
    readonly state: FleetState;
  }> {
    const commit = await branches.resolve(branch);
    const files =
      commit === undefined
        ? new Map<string, string>()
        : await branches.readFolder(commit, fleetFolder(fleet));
    const state = parseFleet(files, { fleet, config, commit });
    if (state.releases.releases.length === 0) {
      await confirmFirstRelease?.(fleet, { branchExists: commit !== undefined });
    }
    return { commit, files, state };
  }

  return {
    readFleet: async (fleet) => (await read(fleet)).state,
    readTexts: async (fleet) => (await read(fleet)).files,
    changeFleet: (fleet, message, change) =>
      untilNotStale(async () => {
        const { commit, files, state } = await read(fleet);
        const after = change(state);
        const changes: FileChange[] = after === state ? [] : changedFleetFiles(fleet, state, after, files);
        if (changes.length === 0) return { changed: false, commit };
        if (commit === undefined) changes.push({ path: 'README.md', content: stateReadme });
        const said = typeof message === 'string' ? message : message();
        const made = await branches.commit({ branch, parent: commit, changes, message: said });
        return { changed: true, commit: made };
      }),
    ringGates: (fleet) => ringGatesOf(config, fleet),
    at: (commit) => ({
      ...openState(pinnedBranch(branches, branch, commit), config, confirmFirstRelease),
      changeFleet: () => Promise.reject(new Error('the state of one commit cannot be changed')),
    }),
    previewFleet: async (fleet, change) => {
      const { files, state } = await read(fleet);
      const after = change(state);
      const changes = after === state ? [] : changedFleetFiles(fleet, state, after, files);
      return changes.map(({ path, content }) => ({
        path,
        before: files.get(path),
        after: content === null ? undefined : String(content),
      }));
    },
  };
}

/** README.md of the state branch. */
export const stateReadme = `# State of the fleets

Coxswain keeps on this branch what every fleet runs and how updates reach it. It shares no history with the
branches your images are built from.

    fleets/<fleet>/releases.json            the fleet's releases, oldest first (FCOS release index)
    fleets/<fleet>/updates.json             rollouts, barriers and dead-ends (FCOS update metadata)
    fleets/<fleet>/operations.json          what operators paused, held and withdrew, and why
    fleets/<fleet>/adoption.json            how many nodes run what, if coxswain observe records it
    fleets/<fleet>/records/<version>.json   where each release came from: commit, build key, images, evidence

Every change is a commit. To steer updates, run \`coxswain edit-updates\`, or edit \`updates.json\` here in a pull request
that \`coxswain lint-updates\` judges; \`coxswain publish-updates\` then turns it into the files that nodes read. Releases are only ever
added, at the end: removing or reordering them would strand nodes.
`;
