import type { Adoption } from '../../guidance/adoption.ts';
import { type Hold, holdAt, type PausedRollout, type WithdrawnRelease } from '../../guidance/operations.ts';
import {
  nextOpening,
  type RolloutPhase,
  rolloutEnd,
  rolloutPhase,
  rolloutProgress,
} from '../../guidance/progress.ts';
import { defined } from '../../host/defined.ts';
import { messageOf, OutsideError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { ringsToShow } from '../../project/configuration/rings.ts';
import { type GateResult, isReady, nextGate } from '../../release/gates/gate.ts';
import { findPendingPromotion } from '../../release/gates/pending-promotion.ts';
import { type RingNote, ringNotes } from '../../release/operations/ring-notes.ts';
import { metadataOf } from '../../release/operations/update-entries.ts';
import type { Project } from '../../release/project.ts';
import { askFleetPolicy, type NodeVerdict } from '../../release/signatures/node-verdict.ts';
import type { FleetState, ReleaseRecord } from '../../release/state/state.ts';
import type { UpstreamGuidance } from '../../release/upstream/guidance.ts';
import { type UpstreamStatus, upstreamStatusOf } from '../../release/upstream/upstream-state.ts';
import { parseReference } from '../../world/registry/reference.ts';

/** The status of a fleet. Times in UNIX seconds, shares from 0 to 1. */
export interface FleetStatus {
  readonly fleet: string;
  /** Its newest release. */
  readonly release?: ReleaseStatus;
  /** The fleet is closed. */
  readonly hold?: Hold;
  readonly paused: readonly PausedRollout[];
  /** What rollouts wait for that open ring by ring. */
  readonly rings: readonly RingNote[];
  /** Who runs the newest release, as coxswain observe counted; absent if it was never recorded. */
  readonly adoption?: AdoptionStatus;
  readonly withdrawn: readonly WithdrawnRelease[];
  /** Whether the fleet's nodes accept the newest release, by their policy; absent if the fleet does not sign. */
  readonly nodes?: NodeAnswer;
  /** The next promotion from its source fleet. */
  readonly promotion?: PromotionStatus;
}

/** `unknown`: the registry could not be asked. */
export type NodeAnswer = NodeVerdict | { readonly accepted: 'unknown'; readonly reason: string };

export interface ReleaseStatus {
  readonly version: string;
  readonly base?: string;
  readonly recordedAt?: number;
  readonly phase: RolloutPhase | 'paused' | 'withdrawn' | 'not offered';
  /** Share of the nodes that it has been offered to. */
  readonly progress: number;
  /** When its rollout starts, if that is in the future. */
  readonly startsAt?: number;
  /** When every node will have been offered it; undefined if that time is over, or not known. */
  readonly completeAt?: number;
  readonly rings: readonly RingStatus[];
  /** What upstream does with its base; undefined if there is no guidance. */
  readonly upstream?: UpstreamStatus;
  readonly record?: ReleaseRecord;
}

export interface RingStatus {
  readonly ring: string;
  readonly wariness: number;
  /** When it is first offered the release, in the past or the future; undefined if this rollout never reaches it. */
  readonly offeredFrom?: number;
  readonly offered: boolean;
}

export interface PromotionStatus {
  readonly from: string;
  readonly version: string;
  readonly pullRequest?: number;
  /** The gates that need no registry and no merge. */
  readonly ready: boolean;
  readonly nextGate?: GateResult;
}

/** Who runs what, as it was recorded on the state branch. Shares from 0 to 1. */
export interface AdoptionStatus {
  /** When it was counted, UNIX seconds. */
  readonly observedAt: number;
  /** Different nodes in the counted days. */
  readonly nodes: number;
  readonly method: Adoption['method'];
  /** Of them, those that run the newest release. */
  readonly onNewest: number;
  /** Of the nodes of each ring. */
  readonly rings: readonly { readonly ring: string; readonly nodes: number; readonly onNewest: number }[];
  /** Nodes that ran a newer release, and run an older one again. */
  readonly cameBack: number;
  /** Nodes that do not move on. */
  readonly stuck: number;
}

interface Parts extends Pick<Project, 'config' | 'root' | 'client' | 'forge' | 'state'> {
  /** undefined if the base has none; an error if it cannot be read. */
  readonly guidance: UpstreamGuidance | Error | undefined;
}

/** Reads the status of a fleet; changes nothing. @param now UNIX seconds */
export async function readFleetStatus(project: Parts, fleet: Fleet, now: number): Promise<FleetStatus> {
  const state = await project.state.readFleet(fleet.name);
  const version = state.releases.releases.at(-1)?.version;
  const hold = holdAt(state.operations, now);
  const nodes = await askNodes(project, fleet, { state, now });
  const promotion = await readPromotion(project, fleet, { to: state, now });
  return {
    fleet: fleet.name,
    ...defined({
      release: version === undefined ? undefined : releaseStatus(project, state, { version, now }),
    }),
    ...defined({ hold, nodes }),
    paused: state.operations.paused ?? [],
    rings: ringNotes(state, project.state.ringGates(fleet.name), now),
    withdrawn: state.operations.withdrawn ?? [],
    ...defined({
      promotion,
      adoption: state.adoption === undefined ? undefined : adoptionStatus(state.adoption, version),
    }),
  };
}

function adoptionStatus(observed: Adoption, newest: string | undefined): AdoptionStatus {
  const { observedAt, nodes, method, releases, rings, cameBack, stuck } = observed;
  return {
    observedAt,
    nodes,
    method,
    onNewest: releases.find(({ version }) => version === newest)?.nodes ?? 0,
    rings: rings.map((each) => ({
      ring: each.ring,
      nodes: each.nodes,
      onNewest: each.releases[newest ?? ''] ?? 0,
    })),
    cameBack: cameBack.reduce((sum, each) => sum + each.nodes, 0),
    stuck: stuck.reduce((sum, each) => sum + each.nodes, 0),
  };
}

/** About every image of the newest release: the first refusal counts. */
async function askNodes(
  project: Parts,
  fleet: Fleet,
  { state, now }: { readonly state: FleetState; readonly now: number },
): Promise<NodeAnswer | undefined> {
  const images = state.releases.releases.at(-1)?.['oci-images'] ?? [];
  if (fleet.signing.length === 0 || images.length === 0) return undefined;
  try {
    for (const { 'digest-ref': name } of images) {
      const image = parseReference(name);
      if (image.kind !== 'digest') continue;
      const verdict = await askFleetPolicy(project, { fleet, image, now });
      if (!verdict.accepted) return verdict;
    }
    return { accepted: true };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { accepted: 'unknown', reason: messageOf(error) };
  }
}

function releaseStatus(
  { config, guidance }: Parts,
  state: FleetState,
  { version, now }: { readonly version: string; readonly now: number },
): ReleaseStatus {
  const record = state.records[version];
  const { rollout, barrier } = metadataOf(state.updates, version);
  const paused = state.operations.paused?.find((each) => each.version === version);
  const isWithdrawn = state.operations.withdrawn?.some((each) => each.version === version) === true;
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  const phase =
    rollout !== undefined
      ? rolloutPhase(rollout, now)
      : paused !== undefined
        ? 'paused'
        : barrier !== undefined
          ? 'complete'
          : isWithdrawn
            ? 'withdrawn'
            : 'not offered';
  const progress =
    rollout !== undefined
      ? rolloutProgress(rollout, now)
      : (paused?.progress ?? (phase === 'complete' ? 1 : 0));
  return {
    version,
    phase,
    progress,
    ...defined({
      base: record?.baseVersion,
      recordedAt: record?.recordedAt,
      record,
      startsAt: phase === 'scheduled' ? rollout?.start_epoch : undefined,
      completeAt: end === undefined || end <= now ? undefined : end,
    }),
    rings: ringsToShow(config.rings).map(({ name: ring, wariness }) => {
      const offered = rollout === undefined ? phase === 'complete' : wariness <= progress;
      const from = rollout === undefined || offered ? undefined : nextOpening(rollout, wariness, now);
      return { ring, wariness, offered, ...defined({ offeredFrom: from }) };
    }),
    ...defined({
      upstream:
        guidance === undefined || guidance instanceof Error || record === undefined
          ? undefined
          : upstreamStatusOf(guidance, record.baseVersion, now),
    }),
  };
}

async function readPromotion(
  project: Parts,
  target: Fleet,
  { to, now }: { readonly to: FleetState; readonly now: number },
): Promise<PromotionStatus | undefined> {
  const pending = await findPendingPromotion(project, target, { to, now, guidance: project.guidance });
  if (pending === undefined) return undefined;
  const { from, version, pullRequest, gates } = pending;
  const next = nextGate(gates);
  return {
    from,
    version,
    ...defined({ pullRequest: pullRequest?.number }),
    ready: isReady(gates),
    ...defined({ nextGate: next }),
  };
}
