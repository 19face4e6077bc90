import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import { formatTime } from '../../host/time.ts';
import {
  type Config,
  configFileName,
  type Fleet,
  urgentTemplate,
} from '../../project/configuration/config.ts';
import { fleetTip } from '../../project/fleets.ts';
import { rollBackFileName } from '../../release/candidate/build-context.ts';
import { formatMarker, type RollBackMarker, readMarker } from '../../release/candidate/roll-back-marker.ts';
import { followOfferOrWarn, type MovedTag } from '../../release/follow-offer.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import type { EditContext } from '../../release/operations/fleet-edit.ts';
import { planRollBack, type RollBackPlan, takeBack } from '../../release/operations/take-back.ts';
import type { Project } from '../../release/project.ts';
import { rollBackBranch } from '../../world/forge/branch-names.ts';
import type { FileChange, Sha } from '../../world/forge/forge.ts';
import { type ProposalAction, proposeChanges } from '../../world/forge/propose-changes.ts';
import { untilNotStale } from '../../world/forge/retry.ts';
import { treeChanges } from '../../world/git/tree-changes.ts';
import { rollBackProposal } from './pull-request.ts';

/** What a roll-back did. */
export interface RollBackAnswer {
  readonly fleet: string;
  /** The withdrawn version. */
  readonly insteadOf: string;
  /** The version whose content is restored. */
  readonly restores: string;
  /** false: it was withdrawn already. */
  readonly withdrawn: boolean;
  /** Floating tags that now point at an earlier release. */
  readonly movedTags: readonly MovedTag[];
  readonly summary: string;
  readonly action: ProposalAction;
  readonly pullRequest: number | undefined;
  readonly warnings: readonly string[];
  /** Why there is no pull request. */
  readonly reason?: string;
}

type Parts = Pick<Project, 'config' | 'git' | 'forge' | 'client' | 'state' | 'log'>;

/**
 * Withdraws a release, and proposes the content of an earlier one as a new release, because nodes do not go back to
 * an older one. A second run continues where the first one stopped.
 * @param options.bad default: the fleet's newest release
 * @param options.good default: the newest good release before it
 * @throws InputError if there is no release to withdraw or to go back to; nothing was changed
 */
export async function rollBack(
  project: Parts,
  options: {
    readonly fleet: Fleet;
    readonly bad: string | undefined;
    readonly good: string | undefined;
    readonly order: EditContext;
    readonly reason: string;
  },
): Promise<RollBackAnswer> {
  const { config, forge } = project;
  const { fleet, order, reason } = options;
  const { plan, changed, ...done } = await withdrawBad(project, options);
  const movedTags = await followOfferOrWarn(project, fleet.name);
  const elsewhere = await stillOffered(project, fleet, plan.bad);
  const answer = {
    fleet: fleet.name,
    insteadOf: plan.bad,
    restores: plan.good.version,
    withdrawn: changed,
    movedTags,
    summary: done.summary,
    warnings: [
      ...done.warnings,
      ...elsewhere.map(
        (other) => `fleet ${other} is still offered ${plan.bad}: roll it back there, too, or fix it there`,
      ),
    ],
  };
  const proposed = await untilNotStale(async () => {
    const tip = await fleetTip(forge.branches, fleet);
    const change = await describeChange(project, { fleet, plan, order, reason, tip });
    if (change.reason !== undefined) return { action: 'none' as const, reason: change.reason };
    const proposal = rollBackProposal({
      config,
      fleet,
      plan,
      marker: change.marker,
      files: change.changes.map(({ path }) => path).filter((path) => path !== rollBackFileName),
      elsewhere,
    });
    return proposeChanges(forge, proposal, { tip, changes: change.changes });
  });
  return {
    ...answer,
    action: proposed.action,
    pullRequest: 'pullRequest' in proposed ? proposed.pullRequest.number : undefined,
    ...defined({ reason: 'reason' in proposed ? proposed.reason : undefined }),
  };
}

/** The first step: one commit on the state branch, or none if it is withdrawn already. @throws as rollBack does */
export async function withdrawBad(
  { state }: Pick<Parts, 'state'>,
  options: Parameters<typeof rollBack>[1],
): Promise<{
  readonly plan: RollBackPlan;
  readonly changed: boolean;
  readonly summary: string;
  readonly warnings: readonly string[];
}> {
  const { fleet, order, reason } = options;
  const plan = planRollBack(await state.readFleet(fleet.name), fleet.name, options);
  let done = { summary: '', warnings: [] as readonly string[] };
  const message = () => commitMessage(order, done.summary, reason);
  const { changed } = await state.changeFleet(fleet.name, message, (before) => {
    const { state: after, summary, warnings } = takeBack(before, { ...order, plan, reason });
    done = { summary, warnings };
    return after;
  });
  return { plan, changed, ...done };
}

type Change =
  | { readonly reason: string }
  | {
      readonly reason?: undefined;
      readonly marker: RollBackMarker;
      readonly changes: readonly FileChange[];
    };

/** Everything that decides the image, from the good release, and the marker that makes it another build. */
async function describeChange(
  { config, git, forge }: Parts,
  options: {
    readonly fleet: Fleet;
    readonly plan: RollBackPlan;
    readonly order: EditContext;
    readonly reason: string;
    readonly tip: Sha;
  },
): Promise<Change> {
  const { fleet, plan, order, reason, tip } = options;
  const { branches } = forge;
  const isSame = (marker: RollBackMarker | undefined) =>
    marker?.fleet === fleet.name && marker.insteadOf === plan.bad && marker.restores === plan.good.version;
  if (isSame(await readMarker(branches, tip))) {
    return {
      reason: `it is merged into ${fleet.branch} already; build-image, boot-test, promote-image and start-rollout for ${fleet.name} do the rest`,
    };
  }
  const proposed = await branches.resolve(rollBackBranch(fleet.name));
  const there = proposed === undefined ? undefined : await readMarker(branches, proposed);
  // The time is that of the first run, because another time would make another build.
  const marker =
    there !== undefined && isSame(there) && there.reason === reason
      ? there
      : {
          fleet: fleet.name,
          insteadOf: plan.bad,
          restores: plan.good.version,
          reason,
          by: order.by,
          at: formatTime(order.now),
        };
  const changes = await treeChanges(
    { git, branches },
    { from: tip, to: plan.good.commit, keep: (path) => isPolicy(config, path) },
  );
  if (changes === undefined) {
    throw new InputError({
      where: fleet.branch,
      problem: `links or submodules differ from those of ${plan.good.version}, which a pull request of ours cannot bring back`,
      remedy: `Make a commit with the content of ${plan.good.commit} by hand.`,
    });
  }
  return { marker, changes: [...changes, { path: rollBackFileName, content: formatMarker(marker) }] };
}

/** How releases are made and rolled out: this is not part of an image, so it is not restored. */
function isPolicy(config: Config, path: string): boolean {
  const templates = Object.values(config.fleets).flatMap((each) => [each.template, urgentTemplate(each)]);
  return (
    path === configFileName ||
    path.startsWith('.coxswain/') ||
    path.startsWith('.github/') ||
    path.startsWith('rollouts/') ||
    templates.includes(path)
  );
}

/** Other fleets that have the bad release and did not withdraw it. */
async function stillOffered({ config, state }: Parts, fleet: Fleet, version: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of Object.values(config.fleets)) {
    if (name === fleet.name) continue;
    const { releases, operations } = await state.readFleet(name);
    const has = releases.releases.some((release) => release.version === version);
    if (has && operations.withdrawn?.some((each) => each.version === version) !== true) found.push(name);
  }
  return found;
}
