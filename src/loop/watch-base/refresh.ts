import { formatTime } from '../../host/time.ts';
import { refreshFileName } from '../../release/candidate/build-context.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { BranchStore, FileChange, Sha } from '../../world/forge/forge.ts';

/** UNIX seconds at which a fleet's newest build was made; undefined before its first release. */
export function newestBuildTime(state: FleetState): number | undefined {
  const times = Object.values(state.records).map((record) => Date.parse(record.created) / 1000);
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * The change that makes a new build of the same inputs: a date in a file that is part of the build key. Undefined if
 * none is due.
 * @param options.tip where the fleet's branch is
 * @param options.proposed the commit of the pull request's branch, if any: its date is kept until it is too old
 * @param options.refresh seconds that a build may be old
 */
export async function dueRefresh(
  branches: BranchStore,
  options: {
    readonly state: FleetState;
    readonly tip: Sha;
    readonly proposed: Sha | undefined;
    readonly refresh: number;
    readonly now: number;
  },
): Promise<
  | {
      readonly change: FileChange;
      readonly builtAt: number;
      /** It is on the proposed branch already. */
      readonly proposed: boolean;
    }
  | undefined
> {
  const { now, refresh } = options;
  const builtAt = newestBuildTime(options.state);
  if (builtAt === undefined || now - builtAt <= refresh) return undefined;
  const merged = await dateOn(branches, options.tip);
  // It is merged already, and its build is in progress.
  if (merged !== undefined && now - merged <= refresh) return undefined;
  const proposed = options.proposed === undefined ? undefined : await dateOn(branches, options.proposed);
  const kept = proposed !== undefined && now - proposed <= refresh;
  const date = kept ? proposed : now;
  return { change: { path: refreshFileName, content: `${formatTime(date)}\n` }, builtAt, proposed: kept };
}

async function dateOn(branches: BranchStore, commit: Sha): Promise<number | undefined> {
  const milliseconds = Date.parse(((await branches.readFile(commit, refreshFileName)) ?? '').trim());
  return Number.isNaN(milliseconds) ? undefined : Math.floor(milliseconds / 1000);
}
