import type { UpdateEntry } from '../../guidance/metadata.ts';
import type { UrgentRelease } from '../../guidance/operations.ts';
import { rolloutEnd } from '../../guidance/progress.ts';
import type { Release } from '../../guidance/releases.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { refreshFileName } from '../../release/candidate/build-context.ts';
import type { Candidate } from '../../release/candidate/candidate.ts';
import type { RollBackMarker } from '../../release/candidate/roll-back-marker.ts';
import type { AcceptedBy } from '../../release/evidence/acceptance.ts';
import { isoTime, type PassedImage } from '../../release/gates/promotable-image.ts';
import { buildReleasePath, buildReleaseUrl } from '../../release/published/file-paths.ts';
import type { FleetState, ReleaseRecord } from '../../release/state/state.ts';
import { atDigest, atTag, type Digest, formatReference } from '../../world/registry/reference.ts';

/** The release's place in the release index. */
export function releaseOf(
  config: Config,
  fleet: Fleet,
  version: string,
  images: readonly PassedImage[],
): Release {
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

/** All architectures come from one image: an index over them, or the only manifest itself. */
function indexOf(config: Config, [first]: readonly PassedImage[]): Pick<Release, 'oci-index'> {
  const index = first?.image.index;
  return index === undefined ? {} : { 'oci-index': formatReference(atDigest(config.image, index.digest)) };
}

/** Where the release comes from, for the state branch. */
export function recordOf(options: {
  readonly config: Config;
  readonly fleet: Fleet;
  readonly candidate: Candidate;
  readonly images: readonly PassedImage[];
  readonly entry: UpdateEntry;
  readonly promotedFrom: string | undefined;
  /** What scanners found, and somebody accepted. */
  readonly acceptedVulnerabilities: AcceptedBy | undefined;
  readonly urgent: UrgentRelease | undefined;
  readonly rollBack: RollBackMarker | undefined;
  readonly now: number;
}): ReleaseRecord {
  const { config, fleet, candidate, images, entry, promotedFrom, urgent, rollBack, now } = options;
  const { acceptedVulnerabilities } = options;
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
    ...defined({
      rolloutStart: rollout === undefined ? undefined : Math.max(rollout.start_epoch ?? 0, 0) || now,
    }),
    ...defined({ rolloutEnd: end }),
    images: images.map((image) => ({
      architecture: image.architecture,
      image: formatReference(atTag(config.image, candidate.version)),
      digestRef: formatReference(atDigest(config.image, digestOf(image))),
      ...defined({ evidence: image.evidence?.descriptor.digest }),
    })),
    ...defined({ promotedFrom, acceptedMissingEvidence: accepted, acceptedVulnerabilities }),
    ...defined({ urgent: urgent === undefined ? undefined : { reason: urgent.reason, by: urgent.by } }),
    ...defined({ rollBack: rollBack === undefined ? undefined : aboutRollBack(rollBack) }),
  };
}

/**
 * The marker stays on the branch until a newer release is promoted. Only the first release with it is the roll-back.
 */
export function newRollBack(
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

/** rpm-ostree refuses images that are older than the running one: nodes would never update to such a release. */
export function refuseOlder(
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
    remedy: `Make a new commit on ${fleet.branch} that builds something else (for example a revert with a new date in ${refreshFileName}), and build and promote that.`,
  });
}

/** Digest of the manifest for one architecture, never of an index: nodes report this one. */
export function digestOf({ image }: PassedImage): Digest {
  return image.manifest.descriptor.digest;
}
