import { defined } from '../../host/defined.ts';
import { messageOf, OutsideError } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { thawTime } from '../../release/gates/freeze.ts';
import { isReady } from '../../release/gates/gate.ts';
import { readLabel } from '../../release/gates/labels.ts';
import {
  rolloutCompletion,
  type SourceRelease,
  soakEnd,
  sourceGates,
} from '../../release/gates/source-gates.ts';
import { findPromotion } from '../../release/gates/stops.ts';
import {
  freezeGate,
  holdGate,
  mergeGate,
  orderGate,
  upstreamGate,
} from '../../release/gates/target-gates.ts';
import type { Project } from '../../release/project.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { ReadUpstream, UpstreamGuidance } from '../../release/upstream/guidance.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { proposeCommit } from '../../world/forge/propose.ts';
import { mergeJudged } from './approve.ts';
import { promotionStatus } from './commit-status.ts';
import { forecastRollout } from './forecast-rollout.ts';
import { placeHead } from './head.ts';
import { readMergedBuild } from './merged-build.ts';
import { packageChanges } from './package-changes.ts';
import type { PromotionAnswer } from './promotion-answer.ts';
import { promotionProposal } from './pull-request.ts';
import { describeEvidence } from './test-evidence.ts';

/** What promotions work on; a subset of the verbs' Project. */
export type PromotionParts = Pick<
  Project,
  'config' | 'git' | 'forge' | 'client' | 'state' | 'readUpstream' | 'log'
>;

/** Judges the gates of a release, and keeps the pull request that says so. */
export async function propose(
  project: PromotionParts,
  options: {
    readonly source: Fleet;
    readonly target: Fleet;
    readonly release: SourceRelease;
    /** Where the target's branch and the state branch are. */
    readonly tip: Sha;
    readonly stateCommit: Sha | undefined;
    readonly to: FleetState;
    readonly now: number;
  },
): Promise<PromotionAnswer> {
  const { config, forge, log } = project;
  const { source, target, release, tip, to, now, stateCommit } = options;
  const { record, state: from, urgent } = release;
  const { branches } = forge;
  // Before the branch moves: what became of the last pull request can be told from where the branch is.
  const open = await findPromotion(project, target);
  const head = await placeHead(project, { source, target, from, to, commit: record.commit, tip, open });
  const tree = head.forecast.result === 'clean' ? head.forecast.tree : undefined;
  const guidance = await readGuidance(project.readUpstream, log);
  const { gate, forecast } = await forecastRollout(
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
          parents: [tip, head.to],
          different: await branches.changedFiles(record.commit, tree),
        });
  const gates = [
    ...holdGate(source.name, from.operations, now),
    ...holdGate(target.name, to.operations, now),
    ...freezeGate(target, readLabel(open, 'freeze-exception'), now),
    ...sourceGates(release, { source: source.name, target, now }),
    ...upstreamGate(guidance, record.baseVersion, now),
    orderGate(record, target.name, to),
    mergeGate(head.forecast),
    ...(build?.gates ?? []),
    gate,
    ...head.gates,
  ];
  const current = to.records[to.releases.releases.at(-1)?.version ?? ''];
  const proposal = promotionProposal({
    config,
    source,
    target,
    release,
    current,
    gates,
    commits: await branches.log({ from: tip, to: head.to }),
    files: await branches.changedFiles(tip, tree ?? head.to),
    build,
    packages: await packageChanges(project, current, record),
    evidence: await describeEvidence(project, record),
    forecast,
  });
  const { action, pullRequest } = await proposeCommit(forge, proposal, head);
  await forge.statuses.set(head.to, promotionStatus(target.name, gates));
  const ready = isReady(gates);
  const answer: PromotionAnswer = {
    fleet: target.name,
    from: source.name,
    version: record.version,
    action,
    pullRequest: pullRequest.number,
    ready,
    gates,
    ...(urgent === undefined ? {} : { urgent: { reason: urgent.reason, by: urgent.by } }),
  };
  if (!ready || target.approve !== 'auto') return answer;
  const { merged, note } = await mergeJudged(project, {
    request: pullRequest,
    head: head.to,
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

/** UNIX seconds at which it can be merged at the earliest, as far as that is known. */
function readyTime(release: SourceRelease, target: Fleet, now: number): number {
  const earned =
    release.urgent === undefined
      ? Math.max(soakEnd(release, target) ?? 0, rolloutCompletion(release) ?? 0)
      : release.urgent.at;
  return thawTime(target.freeze, earned) ?? Math.max(earned, now);
}

async function readGuidance(
  readUpstream: ReadUpstream,
  log: Log,
): Promise<UpstreamGuidance | Error | undefined> {
  try {
    return await readUpstream();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    log.warn(messageOf(error));
    return error;
  }
}
