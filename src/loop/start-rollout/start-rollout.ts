import { addUpdate, type UpdateEntry } from '../../guidance/metadata.ts';
import type { UrgentRelease } from '../../guidance/operations.ts';
import { rolloutEnd } from '../../guidance/progress.ts';
import { addRelease, type Release } from '../../guidance/releases.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { releaseCommit } from '../../project/fleets.ts';
import { refreshFileName } from '../../release/candidate/build-context.ts';
import { type Candidate, readCandidate } from '../../release/candidate/candidate.ts';
import { type RollBackMarker, readMarker } from '../../release/candidate/roll-back-marker.ts';
import { isoTime, type PassedImage } from '../../release/gates/promotable-image.ts';
import { urgencyOfBuild, withoutUrgency } from '../../release/gates/urgent.ts';
import { refuseAroundPausedBarrier } from '../../release/operations/entries.ts';
import { refuseHeld } from '../../release/operations/hold.ts';
import { refuseHeldByFile } from '../../release/operations/hold-file.ts';
import type { Project } from '../../release/project.ts';
import { buildReleasePath, buildReleaseUrl } from '../../release/published/paths.ts';
import { findTemplate, renderFleetTemplate } from '../../release/rollout-entry.ts';
import type { FleetState, ReleaseRecord } from '../../release/state/state.ts';
import { barriersCrossed, inheritBarriers } from '../../release/upstream/barriers.ts';
import { refuseDetours } from '../../release/upstream/detours.ts';
import { type Doubt, refuseDoubtful, standingOf } from '../../release/upstream/upstream-state.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { atDigest, atTag, type Digest, formatReference } from '../../world/registry/reference.ts';
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
  /** undefined where somebody has taken the release's entry out since. */
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

type Parts = Pick<Project, 'config' | 'git' | 'forge' | 'client' | 'state' | 'readUpstream'>;

/**
 * Makes what a fleet's branch builds a release of that fleet, and starts its rollout: one commit on the state branch.
 * @param options.commit a commit on the fleet's branch; default: its newest
 * @param options.now UNIX seconds
 * @param options.accept what upstream holds back, and is to be released all the same
 * @throws InputError when the image is not in production, must not follow the release before it, or would lead nodes
 *   around a barrier of the base
 * @throws OutsideError when the base's own guidance cannot be read
 */
export async function startRollout(
  project: Parts,
  options: {
    readonly fleet: Fleet;
    readonly commit?: string | undefined;
    readonly now: number;
    readonly accept?: readonly Doubt[];
  },
): Promise<RolloutAnswer> {
  const { config, git, client, forge, state } = project;
  const { fleet, now } = options;
  const from = await releaseCommit(forge.branches, fleet, options.commit);
  const candidate = await readCandidate({ git, config, client, commit: from });
  const { version, commit } = candidate;

  const before = await state.readFleet(fleet.name);
  if (hasRelease(before, version)) {
    const stateCommit = await forge.branches.resolve(config.stateBranch);
    return answer({ fleet, version, commit, changed: false, stateCommit, state: before, inherited: [] });
  }

  refuseHeld(before, { fleet: fleet.name, now });
  await refuseHeldByFile(forge.branches, fleet, now);
  const images = await readProductionImages(client, { config, fleet, candidate });
  const guidance = await project.readUpstream();
  if (guidance !== undefined) {
    refuseDoubtful(standingOf(guidance, candidate.base.version, now), {
      accept: options.accept ?? [],
      where: `fleet ${fleet.name}`,
    });
  }
  const source = fleet.promoteFrom === undefined ? undefined : await state.readFleet(fleet.promoteFrom);
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
  const record = recordOf({ config, fleet, candidate, images, entry, promotedFrom, urgent, rollBack, now });
  const release = releaseOf(config, fleet, version, images);
  let after = before;
  let inherited: readonly InheritedBarrier[] = [];
  const { changed, commit: stateCommit } = await state.changeFleet(
    fleet.name,
    () => releaseMessage({ fleet, version, commit, inherited }),
    (current) => {
      after = current;
      inherited = [];
      if (hasRelease(current, version)) return current;
      refuseHeld(current, { fleet: fleet.name, now });
      refuseAroundPausedBarrier(current, fleet.name, version);
      refuseOlder(current, { fleet, version, images });
      after = {
        ...current,
        releases: addRelease(current.releases, release, now),
        updates: addUpdate(current.updates, entry, now),
        records: { ...current.records, [version]: record },
      };
      after = withoutUrgency(after, urgent);
      if (guidance !== undefined) {
        const result = inheritBarriers(after, { guidance, added: version, now });
        refuseDetours(result, { fleet, version, source });
        after = result.state;
        inherited = result.marked.map(({ version: base, reason, release }) => ({
          version: release,
          base,
          reason,
        }));
      }
      return after;
    },
  );
  return answer({ fleet, version, commit, changed, stateCommit, state: after, inherited });
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

/** rpm-ostree refuses images that are older than the running one; a node would be stuck before such a release. */
function refuseOlder(
  state: FleetState,
  { fleet, version, images }: { fleet: Fleet; version: string; images: readonly PassedImage[] },
): void {
  const previous = state.releases.releases.at(-1)?.version;
  const record = previous === undefined ? undefined : state.records[previous];
  const created = Math.min(...images.map((image) => image.created));
  if (record === undefined || created > Date.parse(record.created) / 1000) return;
  throw new InputError({
    where: `fleet ${fleet.name}`,
    field: 'created',
    problem: `release ${version} is not newer than ${previous}, and rpm-ostree on the nodes would refuse it as a downgrade`,
    found: isoTime(created),
    expected: `after ${record.created}`,
    remedy: `Make a new commit on ${fleet.branch} that builds something else (a revert with a new date in ${refreshFileName}, say), and build and promote that.`,
  });
}

function releaseOf(config: Config, fleet: Fleet, version: string, images: readonly PassedImage[]): Release {
  return {
    'oci-images': images.map((image) => ({
      architecture: image.architecture,
      // The tag that Zincati moves hosts to is named like the stream.
      image: formatReference(atTag(config.image, config.stream)),
      'digest-ref': formatReference(atDigest(config.image, digestOf(image))),
    })),
    ...indexOf(config, images),
    version,
    metadata:
      config.publish.url === undefined
        ? buildReleasePath(fleet.name, version)
        : buildReleaseUrl({ url: config.publish.url, fleet: fleet.name, version }),
  };
}

/** All architectures come from one image: either an index over them, or the only manifest itself. */
function indexOf(config: Config, [first]: readonly PassedImage[]): Pick<Release, 'oci-index'> {
  const index = first?.image.index;
  return index === undefined ? {} : { 'oci-index': formatReference(atDigest(config.image, index.digest)) };
}

function recordOf(options: {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly candidate: Candidate;
  readonly images: readonly PassedImage[];
  readonly entry: UpdateEntry;
  readonly promotedFrom: string | undefined;
  readonly urgent: UrgentRelease | undefined;
  readonly rollBack: RollBackMarker | undefined;
  readonly now: number;
}): ReleaseRecord {
  const { config, fleet, candidate, images, entry, promotedFrom, urgent, rollBack, now } = options;
  const { rollout } = entry.metadata;
  const end = rollout === undefined ? undefined : rolloutEnd(rollout);
  const accepted = images.find((image) => image.accepted !== undefined)?.accepted;
  return {
    version: candidate.version,
    fleet: fleet.name,
    commit: candidate.commit,
    buildKey: candidate.key,
    baseVersion: candidate.base.version,
    created: isoTime(Math.max(...images.map((image) => image.created))),
    recordedAt: now,
    ...(rollout === undefined ? {} : { rolloutStart: Math.max(rollout.start_epoch ?? 0, 0) || now }),
    ...defined({ rolloutEnd: end }),
    images: images.map((image) => ({
      architecture: image.architecture,
      image: formatReference(atTag(config.image, candidate.version)),
      digestRef: formatReference(atDigest(config.image, digestOf(image))),
      ...(image.evidence === undefined ? {} : { evidence: image.evidence.descriptor.digest }),
    })),
    ...defined({ promotedFrom, acceptedMissingEvidence: accepted }),
    ...(urgent === undefined ? {} : { urgent: { reason: urgent.reason, by: urgent.by } }),
    ...(rollBack === undefined ? {} : { rollBack: aboutRollBack(rollBack) }),
  };
}

/** The marker stays on the branch until something newer is promoted: only the first release with it is the roll-back. */
function newRollBack(
  state: FleetState,
  fleet: Fleet,
  marker: RollBackMarker | undefined,
): RollBackMarker | undefined {
  if (marker?.fleet !== fleet.name) return undefined;
  const isKnown = Object.values(state.records).some(
    ({ rollBack }) => rollBack?.insteadOf === marker.insteadOf && rollBack.restores === marker.restores,
  );
  return isKnown ? undefined : marker;
}

function aboutRollBack({ insteadOf, restores, reason, by }: RollBackMarker): ReleaseRecord['rollBack'] {
  return { insteadOf, restores, reason, by };
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
      (release?.['oci-images'] ?? []).map((image) => [
        image.architecture,
        image['digest-ref'].slice(image['digest-ref'].indexOf('@') + 1),
      ]),
    ),
    entry: state.updates.releases.find((each) => each.version === version),
    inherited,
  };
}

/** Of the manifest for one architecture, never of an index: what nodes know it by. */
function digestOf({ image }: PassedImage): Digest {
  return image.manifest.descriptor.digest;
}
