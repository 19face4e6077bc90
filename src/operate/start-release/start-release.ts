import { holdAt } from '../../guidance/operations.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { fleetTip } from '../../project/fleets.ts';
import { readCandidate } from '../../release/candidate/candidate.ts';
import { findFreeze } from '../../release/gates/refuse-frozen.ts';
import { describeHold } from '../../release/operations/hold.ts';
import { findFileHold } from '../../release/operations/hold-file.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { Sha, WorkflowRuns } from '../../world/forge/forge.ts';

/** What was found out about one fleet, and done. */
export interface ReleaseStart {
  readonly fleet: string;
  readonly action: 'released' | 'waiting' | 'running' | 'failed' | 'started' | 'to-do';
  readonly commit: string;
  /** One sentence for people. */
  readonly what: string;
}

/** How often a release of one commit is started: after that, a person has to find out why it fails. */
export const attempts = 3;

/**
 * Starts the release of a commit that was merged to a fleet's branch and never released, because the merge was done
 * by a token whose pushes start no workflow, or the fleet was held or frozen at that time. Starts nothing while a run
 * for the commit is in progress.
 * @param options.workflow file name of the workflow that releases; it is started on the fleet's branch
 * @param options.now UNIX seconds
 * @throws InputError if the workflow cannot be started by hand, or the token may not do so
 */
export async function startRelease(
  project: Pick<Project, 'git' | 'config' | 'client' | 'forge' | 'state'>,
  options: { readonly fleet: Fleet; readonly workflow: string; readonly now: number },
): Promise<ReleaseStart> {
  const { git, config, client, forge } = project;
  const { fleet, workflow, now } = options;
  const commit = await fleetTip(forge.branches, fleet);
  const answer = (action: ReleaseStart['action'], what: string) => ({
    fleet: fleet.name,
    action,
    commit,
    what,
  });
  const state = await project.state.readFleet(fleet.name);
  const { version } = await readCandidate({ git, config, client, commit });
  const releases = state.releases.releases.map((release) => release.version);
  if (releases.includes(version)) return answer('released', `${version} is released`);
  if (fleet.promoteFrom !== undefined && releases.length === 0) {
    return answer(
      'waiting',
      `its branch passed no gate yet: the first promotion from ${fleet.promoteFrom} releases`,
    );
  }
  const obstacle = await findObstacle(project, { fleet, now, commit, state });
  if (obstacle !== undefined) return answer('waiting', obstacle);
  const { workflowRuns } = forge;
  if (workflowRuns === undefined) {
    return answer('to-do', `${version} is merged and not released: promote-image, then start-rollout`);
  }
  return start(workflowRuns, { version, commit, branch: fleet.branch, workflow, answer });
}

async function start(
  runs: WorkflowRuns,
  options: {
    readonly version: string;
    readonly commit: string;
    readonly branch: string;
    readonly workflow: string;
    readonly answer: (action: ReleaseStart['action'], what: string) => ReleaseStart;
  },
): Promise<ReleaseStart> {
  const { version, commit, branch, answer } = options;
  // If the repository had a release.yml before, init wrote coxswain-release.yml beside it.
  const renamed = `coxswain-${options.workflow}`;
  const runsOfRenamed = await runs.list({ workflow: renamed, commit });
  const workflow = runsOfRenamed === undefined ? options.workflow : renamed;
  const before = runsOfRenamed ?? (await runs.list({ workflow, commit }));
  if (before === undefined) {
    return answer(
      'to-do',
      `${version} is merged and not released, and the workflow ${workflow} does not exist`,
    );
  }
  const running = before.find(({ state }) => state === 'running');
  if (running !== undefined) return answer('running', `${version} is being released: ${running.url}`);
  const [last] = before;
  if (last !== undefined && before.length >= attempts) {
    return answer(
      'failed',
      `${version} is not released after ${before.length} runs: ${last.url}. Run that one again when it can pass`,
    );
  }
  await runs.start({ workflow, branch });
  return answer('started', `the release of ${version} was started: ${workflow} on ${branch}`);
}

/** Why a fleet cannot release now, in words. */
async function findObstacle(
  { forge }: Pick<Project, 'forge'>,
  options: {
    readonly fleet: Fleet;
    readonly now: number;
    readonly commit: Sha;
    readonly state: FleetState;
  },
): Promise<string | undefined> {
  const { fleet, now, state } = options;
  const hold = holdAt(state.operations, now) ?? (await findFileHold(forge.branches, fleet, now));
  if (hold !== undefined) return `the fleet is held: ${describeHold(hold)}`;
  return findFreeze({ forge }, options);
}
