import { defined } from '../../host/defined.ts';
import { messageOf, OutsideError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { findPromotion } from '../../release/gates/external-holds.ts';
import { thawTime } from '../../release/gates/freeze.ts';
import { isReady } from '../../release/gates/gate.ts';
import { evaluateAllGates } from '../../release/gates/promotion-gates.ts';
import { rolloutCompletion, type SourceRelease, soakEnd } from '../../release/gates/source-gates.ts';
import { readLabel } from '../../release/gates/steering-labels.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { UpstreamGuidance } from '../../release/upstream/guidance.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { proposeCommit } from '../../world/forge/propose-changes.ts';
import { mergeJudged } from './approve.ts';
import { promotionStatus } from './commit-status.ts';
import { forecastRollout } from './forecast-rollout.ts';
import { readMergedBuild } from './merged-build.ts';
import { packageChanges } from './package-list.ts';
import type { PromotionAnswer } from './promotion-answer.ts';
import { planPromotionBranch } from './promotion-branch.ts';
import { promotionProposal } from './pull-request.ts';
import { describeEvidence } from './test-evidence.ts';
import { vulnerabilityChanges } from './vulnerability-changes.ts';

/** What promotions work on; a subset of the verbs' Project. */
export type PromotionParts = Pick<
  Project,
  'config' | 'root' | 'git' | 'forge' | 'client' | 'state' | 'readUpstream' | 'log'
>;

/** Evaluates the gates of a release, and keeps its pull request up to date. */
export async function propose(
  project: PromotionParts,
  options: {
    readonly source: Fleet;
    readonly target: Fleet;
    readonly release: SourceRelease;
    /** Tip of the target's branch. */
    readonly tip: Sha;
    /** Tip of the state branch. */
    readonly stateCommit: Sha | undefined;
    readonly to: FleetState;
    readonly now: number;
  },
): Promise<PromotionAnswer> {
  const { config, forge } = project;
  const { source, target, release, tip, to, now, stateCommit } = options;
  const { record, state: from, urgent } = release;
  const { branches } = forge;
  // Comes first, because the branch's position shows what happened to the last pull request.
  const open = await findPromotion(project, target);
  const branch = await planPromotionBranch(project, {
    source,
    target,
    from,
    to,
    commit: record.commit,
    tip,
    open,
  });
  const tree = branch.forecast.result === 'clean' ? branch.forecast.tree : undefined;
  const guidance = await readGuidance(project);
  const rendered = await forecastRollout(
    { config, branches },
    {
      target,
      record,
      commit: tree ?? record.commit,
      before: to,
      guidance: guidance instanceof Error ? undefined : guidance,
      urgent: urgent !== undefined,
      at: readyTime(release, target, now),
    },
  );
  const build =
    tree === undefined
      ? undefined
      : await readMergedBuild(project, {
          release: record.commit,
          tree,
          parents: [tip, branch.to],
          different: await branches.changedFiles(record.commit, tree),
        });
  const current = to.records[to.releases.releases.at(-1)?.version ?? ''];
  const vulnerabilities = await vulnerabilityChanges(project, {
    release: record,
    from,
    current,
    to,
    ...(build?.image === undefined ? {} : { merged: { built: build.built } }),
  });
  const gates = evaluateAllGates({
    source: source.name,
    target,
    release,
    to,
    freezeException: readLabel(open, 'freeze-exception'),
    guidance,
    forecast: branch.forecast,
    outdatedBranch: branch.outdated,
    template: rendered,
    mergedImage: build?.image,
    scans: vulnerabilities.scans,
    now,
  });
  const proposal = promotionProposal({
    config,
    source,
    target,
    release,
    current,
    gates,
    commits: await branches.log({ from: tip, to: branch.to }),
    files: await branches.changedFiles(tip, tree ?? branch.to),
    build,
    packages: await packageChanges(project, current, record),
    vulnerabilities,
    evidence: await describeEvidence(project, record),
    forecast: rendered.forecast,
    template: rendered.path,
  });
  const { action, pullRequest } = await proposeCommit(forge, proposal, branch);
  await forge.statuses.set(branch.to, promotionStatus(target.name, gates));
  const ready = isReady(gates);
  const answer: PromotionAnswer = {
    fleet: target.name,
    from: source.name,
    version: record.version,
    action,
    pullRequest: pullRequest.number,
    ready,
    gates,
    ...defined({ urgent: urgent === undefined ? undefined : { reason: urgent.reason, by: urgent.by } }),
  };
  if (!ready || target.approve !== 'auto') return answer;
  const { merged, note } = await mergeJudged(project, {
    request: pullRequest,
    head: branch.to,
    seen: new Map([
      [config.stateBranch, stateCommit],
      [target.branch, tip],
    ]),
    fleet: target.name,
    now,
  });
  return {
    ...answer,
    action: merged ? 'merged' : action,
    ...defined({ note }),
  };
}

/** UNIX seconds of the first moment at which it can be merged, if that is known. */
function readyTime(release: SourceRelease, target: Fleet, now: number): number {
  const earned =
    release.urgent === undefined
      ? Math.max(soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0)
      : release.urgent.at;
  return thawTime(target.freeze, earned) ?? Math.max(earned, now);
}

async function readGuidance({
  readUpstream,
  log,
}: Pick<Project, 'readUpstream' | 'log'>): Promise<UpstreamGuidance | Error | undefined> {
  try {
    return await readUpstream();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    log.warn(messageOf(error));
    return error;
  }
}
