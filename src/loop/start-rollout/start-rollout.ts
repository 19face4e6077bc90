import { addUpdate, type UpdateEntry } from '../../guidance/metadata.ts';
import type { UrgentRelease } from '../../guidance/operations.ts';
import { addRelease, type Release } from '../../guidance/releases.ts';
import { allInOrder } from '../../host/parallel.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import type { RingGates } from '../../project/configuration/ring-gates.ts';
import { releaseCommit } from '../../project/fleets.ts';
import { trustOf } from '../../release/attestations/trust.ts';
import { readCandidate } from '../../release/candidate/candidate.ts';
import { readMarker } from '../../release/candidate/roll-back-marker.ts';
import type { AcceptedBy } from '../../release/evidence/acceptance.ts';
import type { PassedImage } from '../../release/gates/promotable-image.ts';
import { refuseFrozen } from '../../release/gates/refuse-frozen.ts';
import { urgencyOfBuild, withoutUrgency } from '../../release/gates/urgent.ts';
import { refuseHeld } from '../../release/operations/hold.ts';
import { refuseHeldByFile } from '../../release/operations/hold-file.ts';
import { stepRings } from '../../release/operations/ring-steps.ts';
import { refuseAroundPausedBarrier } from '../../release/operations/update-entries.ts';
import type { Project } from '../../release/project.ts';
import { findTemplate, renderFleetTemplate } from '../../release/rollout-entry.ts';
import type { FleetState, ReleaseRecord } from '../../release/state/state.ts';
import { refuseBarrierBypasses } from '../../release/upstream/barrier-bypasses.ts';
import type { UpstreamGuidance } from '../../release/upstream/guidance.ts';
import { barriersCrossed, inheritBarriers } from '../../release/upstream/inherited-barriers.ts';
import { type Doubt, refuseDoubtful, upstreamStatusOf } from '../../release/upstream/upstream-state.ts';
import { findAcceptedVulnerabilities } from '../../release/vulnerabilities/acceptance.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { digestIn } from '../../world/registry/reference.ts';
import { digestOf, newRollBack, recordOf, refuseOlder, releaseOf } from './new-release.ts';
import { readProductionImages } from './production-image.ts';

/** What start-rollout did. */
export interface RolloutAnswer {
  readonly fleet: string;
  readonly version: string;
  /** Source commit. */
  readonly commit: Sha;
  /** false: the fleet had this release already, and nothing was changed. */
  readonly changed: boolean;
  /** Where the state branch is. */
  readonly stateCommit: Sha | undefined;
  /** By architecture. */
  readonly digests: Readonly<Record<string, string>>;
  /** undefined if the release's entry was removed since. */
  readonly entry: UpdateEntry | undefined;
  /** Releases that became barriers because their base is one. */
  readonly inherited: readonly InheritedBarrier[];
}

export interface InheritedBarrier {
  readonly version: string;
  readonly base: string;
  /** Upstream's. */
  readonly reason: string;
}

type Parts = Pick<Project, 'config' | 'root' | 'git' | 'forge' | 'client' | 'state' | 'readUpstream'>;

/**
 * Records the image of a fleet's branch as a release of that fleet, and starts its rollout: one commit on the state
 * branch.
 * @param options.commit a commit on the fleet's branch; default: its newest
 * @param options.now UNIX seconds
 * @param options.accept reasons of upstream to hold the base back that do not stop this release
 * @throws InputError if the image is not in production, must not follow the release before it, or would lead nodes
 *   around a barrier of the base
 * @throws OutsideError if the base's own guidance cannot be read
 */
export async function startRollout(
  project: Parts,
  options: {
    readonly fleet: Fleet;
    readonly commit?: string | undefined;
    readonly now: number;
    readonly accept?: readonly Doubt[];
    /** Why it is released in a freeze. */
    readonly freezeException?: string | undefined;
  },
): Promise<RolloutAnswer> {
  const { config, git, client, forge, state } = project;
  const { fleet, now } = options;
  // Asked together, because each answer takes a connection to the remote.
  const [from, seenAt] = await allInOrder([
    releaseCommit(forge.branches, fleet, options.commit),
    forge.branches.resolve(config.stateBranch),
  ]);
  const candidate = await readCandidate({ git, config, client, commit: from });
  const { version, commit } = candidate;

  const seen = state.at(seenAt);
  const before = await seen.readFleet(fleet.name);
  if (hasRelease(before, version)) {
    return answer({
      fleet,
      version,
      commit,
      changed: false,
      stateCommit: seenAt,
      state: before,
      inherited: [],
    });
  }

  refuseHeld(before, { fleet: fleet.name, now });
  await refuseHeldByFile(forge.branches, fleet, { fleets: Object.keys(config.fleets), now });
  await refuseFrozen(project, {
    fleet,
    state: before,
    commit,
    exception: options.freezeException,
    now,
  });
  const images = await readProductionImages(client, { config, root: project.root, fleet, candidate });
  const guidance = await project.readUpstream();
  if (guidance !== undefined) {
    refuseDoubtful(upstreamStatusOf(guidance, candidate.base.version, now), {
      accept: options.accept ?? [],
      where: `fleet ${fleet.name}`,
    });
  }
  const source = fleet.promoteFrom === undefined ? undefined : await seen.readFleet(fleet.promoteFrom);
  const promotedFrom = source !== undefined && hasRelease(source, version) ? fleet.promoteFrom : undefined;
  const digests = Object.fromEntries(images.map((image) => [image.architecture, digestOf(image)]));
  const urgent =
    source === undefined
      ? undefined
      : await urgencyOfBuild(forge.branches, { from: source, to: before, version, commit });
  const rollBack = newRollBack(before, fleet, await readMarker(forge.branches, commit));
  const template = await findTemplate(forge.branches, { fleet, commit, urgent: urgent !== undefined });
  const entry = await renderFleetTemplate(forge.branches, {
    config,
    fleet: { ...fleet, template },
    commit,
    release: {
      version,
      baseVersion: candidate.base.version,
      digests,
      previousVersion: before.releases.releases.at(-1)?.version,
      barriersCrossed: barriersCrossed(guidance, before, candidate.base.version),
    },
    now,
  });
  const acceptedVulnerabilities = await readAcceptedVulnerabilities(project, fleet, images);
  const record = recordOf({
    config,
    fleet,
    candidate,
    images,
    entry,
    promotedFrom,
    acceptedVulnerabilities,
    urgent,
    rollBack,
    now,
  });
  const release = releaseOf(config, fleet, version, images);
  const added: AddedRelease = {
    fleet,
    version,
    images,
    release,
    entry,
    record,
    urgent,
    guidance,
    source,
    rings: state.ringGates(fleet.name),
    now,
  };
  let after = before;
  let inherited: readonly InheritedBarrier[] = [];
  const { changed, commit: stateCommit } = await state.changeFleet(
    fleet.name,
    () => releaseMessage({ fleet, version, commit, inherited }),
    (current) => {
      ({ state: after, inherited } = hasRelease(current, version)
        ? { state: current, inherited: [] }
        : addToFleet(current, added));
      return after;
    },
  );
  return answer({ fleet, version, commit, changed, stateCommit, state: after, inherited });
}

/** What promote-image recorded beside the image: the newest acceptance is of what counted at the promotion. */
async function readAcceptedVulnerabilities(
  parts: Parts,
  fleet: Fleet,
  [first]: readonly PassedImage[],
): Promise<AcceptedBy | undefined> {
  const { client, config } = parts;
  if (fleet.vulnerabilities === undefined || first === undefined) return undefined;
  const subject = (first.image.index ?? first.image.manifest.descriptor).digest;
  const about = { subject, fleet: fleet.name };
  const newest = (await findAcceptedVulnerabilities(client, config.image, about, trustOf(parts))).at(-1);
  return newest && { reason: newest.reason, by: newest.by };
}

interface AddedRelease {
  readonly fleet: Fleet;
  readonly version: string;
  readonly images: readonly PassedImage[];
  readonly release: Release;
  readonly entry: UpdateEntry;
  readonly record: ReleaseRecord;
  readonly urgent: UrgentRelease | undefined;
  readonly guidance: UpstreamGuidance | undefined;
  /** The fleet that the release is promoted from. */
  readonly source: FleetState | undefined;
  readonly rings: RingGates | undefined;
  /** UNIX seconds. */
  readonly now: number;
}

/** The fleet with the release at its end. @throws InputError if the release must not follow those before it */
function addToFleet(
  current: FleetState,
  added: AddedRelease,
): { readonly state: FleetState; readonly inherited: readonly InheritedBarrier[] } {
  const { fleet, version, images, release, entry, record, urgent, guidance, source, rings, now } = added;
  refuseHeld(current, { fleet: fleet.name, now });
  refuseAroundPausedBarrier(current, fleet.name, version);
  refuseOlder(current, { fleet, version, images });
  const state = withoutUrgency(
    {
      ...current,
      releases: addRelease(current.releases, release, now),
      updates: addUpdate(current.updates, entry, now),
      records: { ...current.records, [version]: record },
    },
    urgent,
  );
  const inSteps = (fleetState: FleetState) => stepRings(fleetState, rings, { now, fresh: version }).state;
  if (guidance === undefined) return { state: inSteps(state), inherited: [] };
  const result = inheritBarriers(state, { guidance, added: version, now });
  refuseBarrierBypasses(result, { fleet, version, source });
  const inherited = result.marked.map(({ version: base, reason, release: marked }) => ({
    version: marked,
    base,
    reason,
  }));
  return { state: inSteps(result.state), inherited };
}

function hasRelease(state: FleetState, version: string): boolean {
  return state.releases.releases.some((release) => release.version === version);
}

function releaseMessage(release: {
  readonly fleet: Fleet;
  readonly version: string;
  readonly commit: Sha;
  readonly inherited: readonly InheritedBarrier[];
}): string {
  const { fleet, version, commit, inherited } = release;
  const barriers = inherited.map(
    (each) => `Barrier: ${each.version}, as upstream's ${each.base} (${each.reason})\n`,
  );
  return `${fleet.name}: release ${version}\n\nSource: ${commit}\n${barriers.join('')}`;
}

function answer(options: {
  readonly fleet: Fleet;
  readonly version: string;
  readonly commit: Sha;
  readonly changed: boolean;
  readonly stateCommit: Sha | undefined;
  readonly state: FleetState;
  readonly inherited: readonly InheritedBarrier[];
}): RolloutAnswer {
  const { fleet, version, commit, changed, stateCommit, state, inherited } = options;
  const release = state.releases.releases.find((each) => each.version === version);
  return {
    fleet: fleet.name,
    version,
    commit,
    changed,
    stateCommit,
    digests: Object.fromEntries(
      (release?.['oci-images'] ?? []).map((image) => [image.architecture, digestIn(image['digest-ref'])]),
    ),
    entry: state.updates.releases.find((each) => each.version === version),
    inherited,
  };
}
