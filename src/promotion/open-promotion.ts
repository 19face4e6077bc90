import type { Config, Fleet } from '../config/config.ts';
import { findFleet, fleetTip } from '../fleets/fleets.ts';
import { promotionBranch } from '../forge/branch-names.ts';
import type { Forge, Sha } from '../forge/forge.ts';
import { forecastMerge } from '../forge/merge-trees.ts';
import { type ProposalAction, proposeCommit, withdrawProposal } from '../forge/propose.ts';
import { untilNotStale } from '../forge/retry.ts';
import { InputError } from '../host/errors.ts';
import type { Git } from '../host/git.ts';
import { renderFleetTemplate } from '../rollout/template.ts';
import type { FleetState, ReleaseRecord, State } from '../state/state.ts';
import type { UpdateEntry } from '../updates/metadata.ts';
import { barriersCrossed } from '../upstream/barriers.ts';
import type { ReadUpstream } from '../upstream/guidance.ts';
import {
  evidenceGate,
  type Gate,
  holdGate,
  isReady,
  mergeGate,
  orderGate,
  readyTime,
  rolloutGate,
  soakGate,
} from './gates.ts';
import { promotionProposal } from './proposal.ts';

/** What was found and done for one target fleet. */
export interface PromotionAnswer {
  /** The target. */
  readonly fleet: string;
  /** The source. */
  readonly from: string;
  /** The source's newest release, where it has one; before that, barriers that the target lacks. */
  readonly version: string | undefined;
  readonly action: ProposalAction;
  readonly pullRequest: number | undefined;
  readonly ready: boolean;
  readonly gates: readonly Gate[];
  /** Why there is nothing to promote. */
  readonly reason?: string;
}

interface Parts {
  readonly config: Config;
  readonly git: Git;
  readonly forge: Forge;
  readonly state: State;
  readonly readUpstream: ReadUpstream;
}

/** Fleets that are promoted from another one. @throws InputError for one that is not */
export function promotionTargets(config: Config, name: string | undefined): Fleet[] {
  if (name === undefined) {
    return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom !== undefined);
  }
  const fleet = findFleet(config, name);
  if (fleet.promoteFrom !== undefined) return [fleet];
  throw new InputError({
    field: '--fleet',
    problem: `fleet ${name} is promoted from no other: it has no promote-from in ${config.file}`,
    found: name,
  });
}

/**
 * Keeps the pull request by which a fleet gets what its source fleet runs.
 * @param now UNIX seconds
 */
export async function openPromotion(project: Parts, target: Fleet, now: number): Promise<PromotionAnswer> {
  // Whatever moves meanwhile is looked at again.
  return untilNotStale(() => promote(project, target, now));
}

async function promote(project: Parts, target: Fleet, now: number): Promise<PromotionAnswer> {
  const { config, forge, state } = project;
  const source = findFleet(config, target.promoteFrom ?? '', `fleets.${target.name}.promote-from`);
  const [from, to] = [await state.readFleet(source.name), await state.readFleet(target.name)];
  const tip = await fleetTip(forge.branches, target);
  const version = nextVersion(from, to);
  const record = version === undefined ? undefined : recordOf(config, from, source, version);
  const nothing = await nothingToPromote(forge, { source, target, record, tip, to });
  if (record === undefined || nothing !== undefined) {
    const branches = { head: promotionBranch(source.name, target.name), base: target.branch };
    const { action, pullRequest } = await withdrawProposal(forge, branches, `Closed: ${nothing}.`);
    return {
      fleet: target.name,
      from: source.name,
      version,
      action,
      pullRequest: pullRequest?.number,
      ready: false,
      gates: [],
      ...(nothing === undefined ? {} : { reason: nothing }),
    };
  }
  return propose(project, { source, target, record, tip, from, to, now });
}

/**
 * The source's newest release, or the oldest barrier before it that the target has still to take: the source's nodes
 * all went through it, so the target's must, too.
 */
function nextVersion(from: FleetState, to: FleetState): string | undefined {
  const { releases } = from.releases;
  const newest = to.records[to.releases.releases.at(-1)?.version ?? ''];
  // A first release has no nodes before it.
  if (newest === undefined) return releases.at(-1)?.version;
  const withdrawn = new Set((from.operations.withdrawn ?? []).map((each) => each.version));
  const barrier = releases.find(({ version }) => {
    const record = from.records[version];
    return (
      record !== undefined &&
      Date.parse(record.created) > Date.parse(newest.created) &&
      !withdrawn.has(version) &&
      !to.releases.releases.some((release) => release.version === version) &&
      from.updates.releases.some((entry) => entry.version === version && entry.metadata.barrier !== undefined)
    );
  });
  return barrier?.version ?? releases.at(-1)?.version;
}

function recordOf(config: Config, state: FleetState, source: Fleet, version: string): ReleaseRecord {
  const record = state.records[version];
  if (record !== undefined) return record;
  throw new InputError({
    where: `${config.stateBranch}: fleets/${source.name}/records/${version}.json`,
    problem: `release ${version} has no record, so nobody knows which commit to promote`,
    remedy: 'Release a new version with coxswain start-rollout.',
  });
}

/** Why there is nothing to promote, as a clause. */
async function nothingToPromote(
  forge: Forge,
  options: {
    readonly source: Fleet;
    readonly target: Fleet;
    readonly record: ReleaseRecord | undefined;
    readonly tip: Sha;
    readonly to: FleetState;
  },
): Promise<string | undefined> {
  const { source, target, record, tip, to } = options;
  if (record === undefined) return `fleet ${source.name} has no release yet`;
  if (to.releases.releases.some((release) => release.version === record.version)) {
    return `fleet ${target.name} has ${record.version} already`;
  }
  if (await forge.branches.contains(tip, record.commit)) {
    return `${record.version} is merged into ${target.branch} already; promote-image and start-rollout for ${target.name} do the rest`;
  }
  return undefined;
}

async function propose(
  project: Parts,
  options: {
    readonly source: Fleet;
    readonly target: Fleet;
    readonly record: ReleaseRecord;
    readonly tip: Sha;
    readonly from: FleetState;
    readonly to: FleetState;
    readonly now: number;
  },
): Promise<PromotionAnswer> {
  const { config, git, forge } = project;
  const { source, target, record, tip, from, to, now } = options;
  const { branches } = forge;
  const entry = from.updates.releases.findLast((each) => each.version === record.version);
  const head = await headCommit(forge, { source, target, commit: record.commit });
  const forecast = await forecastMerge(git, tip, head.to);
  const rollout = await forecastRollout(project, {
    target,
    record,
    commit: forecast.result === 'clean' ? forecast.tree : record.commit,
    before: to,
    at: readyTime(record, entry, target.soak),
  });
  const gates = [
    ...holdGate(target.name, to.operations, now),
    rolloutGate(source.name, { version: record.version, entry, operations: from.operations, now }),
    soakGate({ record, entry, soak: target.soak, now }),
    evidenceGate(record),
    orderGate(record, target.name, to),
    mergeGate(forecast),
    rollout.gate,
    ...head.gates,
  ];
  const proposal = promotionProposal({
    config,
    source,
    target,
    record,
    current: to.records[to.releases.releases.at(-1)?.version ?? ''],
    gates,
    commits: await branches.log({ from: tip, to: head.to }),
    different:
      forecast.result === 'clean' ? await branches.changedFiles(record.commit, forecast.tree) : undefined,
    rollout: rollout.rendered,
  });
  const { action, pullRequest } = await proposeCommit(forge, proposal, head);
  return {
    fleet: target.name,
    from: source.name,
    version: record.version,
    action,
    pullRequest: pullRequest.number,
    ready: isReady(gates),
    gates,
  };
}

/**
 * Where the pull request's branch should be: at the release's commit. Only where people have put commits of their
 * own on it (a solved conflict, say) it stays theirs.
 */
async function headCommit(
  { branches, pullRequests }: Forge,
  { source, target, commit }: { readonly source: Fleet; readonly target: Fleet; readonly commit: Sha },
): Promise<{ readonly from: Sha | undefined; readonly to: Sha; readonly gates: readonly Gate[] }> {
  const head = promotionBranch(source.name, target.name);
  // Before the branch moves: what became of the last pull request can be told from where the branch is.
  const open = await pullRequests.find({ head, base: target.branch });
  const there = await branches.resolve(head);
  if (open === undefined || there === undefined) return { from: there, to: commit, gates: [] };
  const own = await branches.log({ from: commit, to: there });
  if (own.length === 0) return { from: there, to: commit, gates: [] };
  if (await branches.isAncestor(commit, there)) return { from: there, to: there, gates: [] };
  const gate: Gate = {
    name: 'branch',
    state: 'red',
    note: `${head} has commits of its own and lacks ${commit.slice(0, 12)}: merge that into it, or delete the branch`,
  };
  return { from: there, to: there, gates: [gate] };
}

async function forecastRollout(
  { config, forge, readUpstream }: Parts,
  options: {
    readonly target: Fleet;
    readonly record: ReleaseRecord;
    readonly commit: Sha;
    /** The target. */
    readonly before: FleetState;
    readonly at: number;
  },
): Promise<{
  readonly gate: Gate;
  readonly rendered: { readonly entry: UpdateEntry; readonly at: number } | undefined;
}> {
  const { target, record, commit, before, at } = options;
  const name = 'template';
  const digests = Object.fromEntries(
    record.images.map(({ architecture, digestRef }) => [
      architecture,
      digestRef.slice(digestRef.indexOf('@') + 1),
    ]),
  );
  const { version, baseVersion } = record;
  const guidance = await readUpstream();
  try {
    const entry = await renderFleetTemplate(forge.branches, {
      config,
      fleet: target,
      commit,
      release: {
        version,
        baseVersion,
        digests,
        previousVersion: before.releases.releases.at(-1)?.version,
        barriersCrossed: barriersCrossed(guidance, before, baseVersion),
      },
      now: at,
    });
    return {
      gate: { name, state: 'green', note: `${target.template} renders` },
      rendered: { entry, at },
    };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const note = error.message.split('\n')[0] ?? '';
    return { gate: { name, state: 'red', note }, rendered: undefined };
  }
}
