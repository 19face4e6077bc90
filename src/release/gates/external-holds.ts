import type { ExternalHold } from '../../guidance/operations.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { promotionBranch } from '../../world/forge/branch-names.ts';
import type { PullRequest } from '../../world/forge/forge.ts';
import { commitMessage } from '../operations/edit-fleet.ts';
import { applyExternalHolds } from '../operations/hold.ts';
import { findFileHold, findUnknownHoldFiles, holdFolder } from '../operations/hold-file.ts';
import type { Project } from '../project.ts';
import type { State } from '../state/state.ts';
import { readLabel } from './steering-labels.ts';

type Parts = Pick<Project, 'config' | 'forge'>;

/** The hold that a label on the fleet's open promotion asks for. */
function findLabelHold(request: PullRequest | undefined, now: number): ExternalHold | undefined {
  const label = readLabel(request, 'hold');
  if (request === undefined || label === undefined) return undefined;
  const source = `label on pull request #${request.number}`;
  return { source, reason: label.reason || `see pull request #${request.number}`, by: label.by, at: now };
}

/** The open promotion into a fleet, if any. */
export async function findPromotion({ forge }: Parts, fleet: Fleet): Promise<PullRequest | undefined> {
  if (fleet.promoteFrom === undefined) return undefined;
  const head = promotionBranch(fleet.promoteFrom, fleet.name);
  return forge.pullRequests.find({ head, base: fleet.branch });
}

/**
 * Makes the holds that are set by files and labels those of the state branch: from there they stop promotions and
 * rollouts, and everybody sees them.
 * @param now UNIX seconds
 */
export async function syncExternalHolds(
  project: Parts & { readonly state: State },
  fleet: Fleet,
  now: number,
): Promise<readonly string[]> {
  const found = [
    await findFileHold(project.forge.branches, fleet, now),
    findLabelHold(await findPromotion(project, fleet), now),
  ].filter((stop) => stop !== undefined);
  const [first] = found;
  const order = { fleet: fleet.name, by: first?.by ?? 'coxswain open-promotion', now };
  let warnings: readonly string[] = [];
  let summary = '';
  const message = () => commitMessage(order, summary, first?.reason);
  await project.state.changeFleet(fleet.name, message, (state) => {
    const edit = applyExternalHolds(state, order, found);
    ({ summary } = edit);
    warnings = edit.warnings ?? [];
    return edit.state;
  });
  const unknown = await findUnknownHoldFiles(
    project.forge.branches,
    fleet,
    Object.keys(project.config.fleets),
  );
  return [
    ...warnings,
    ...unknown.map(
      ({ name, problem, remedy }) => `${holdFolder}/${name} on branch ${fleet.branch}: ${problem} ${remedy}`,
    ),
  ];
}
