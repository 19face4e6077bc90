import type { ReleaseImage } from '../../guidance/releases.ts';
import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import { type Architecture, architectures } from '../../world/registry/architecture.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { type Image, imageTimestamp, readImage } from '../../world/registry/image.ts';
import {
  atDigest,
  type DigestReference,
  formatReference,
  parseReference,
  type Repository,
} from '../../world/registry/reference.ts';
import { trustOf } from '../attestations/trust.ts';
import { refreshFileName } from '../candidate/build-context.ts';
import type { Candidate } from '../candidate/candidate.ts';
import { type AcceptedBy, findAcceptance } from '../evidence/acceptance.ts';
import { examineEvidence, type FoundEvidence, newestFor, type RefusedEvidence } from '../evidence/store.ts';
import { type TestDemands, testDemands } from '../evidence/test-settings.ts';
import type { Project } from '../project.ts';
import type { FleetState } from '../state/state.ts';

// What must hold before anything is written to production. Each gate throws an InputError that says how to open it.

/** An image for one architecture that may be promoted. */
export interface PassedImage {
  readonly architecture: Architecture;
  readonly image: Image;
  /** UNIX seconds. */
  readonly created: number;
  /** Absent only if its absence was accepted. */
  readonly evidence?: FoundEvidence;
  readonly accepted?: AcceptedBy;
}

interface GateOptions extends Pick<Project, 'config' | 'client' | 'root'> {
  readonly candidate: Candidate;
  /** An acceptance of missing evidence is valid for one fleet; without a fleet none counts. */
  readonly fleet?: string;
  /** Accepts an image if its evidence is missing (never if a test failed). */
  readonly accept?: AcceptedBy | undefined;
}

/** Labels and evidence of one architecture's image. */
export async function passImage(
  options: GateOptions,
  built: DigestReference,
  architecture: Architecture,
): Promise<PassedImage> {
  const { client, config, candidate } = options;
  const image = await readImage(client, built, architecture);
  const where = formatReference(atDigest(built.repository, image.manifest.descriptor.digest));
  requireLabel(image, where, 'com.coreos.stream', config.stream);
  requireLabel(image, where, 'org.opencontainers.image.version', candidate.version);
  return {
    architecture,
    image,
    created: requireCreated(
      image,
      where,
      'Build it with coxswain build-image, which sets the time of the commit.',
    ),
    ...(await requireEvidence(options, image, architecture, built.repository)),
  };
}

/** UNIX seconds at which an image was created. @throws InputError with the remedy if the image does not say it */
export function requireCreated(image: Image, where: string, remedy: string): number {
  const created = imageTimestamp(image);
  if (created !== undefined && created > 0) return created;
  throw new InputError({
    where,
    field: 'created',
    problem: 'the image has no creation time, and nodes compare it to find out which image is newer',
    found: image.config.created,
    remedy,
  });
}

function requireLabel(image: Image, where: string, label: string, expected: string): void {
  const found = image.config.labels[label];
  if (found === expected) return;
  throw new InputError({
    where,
    field: `label ${label}`,
    problem: found === undefined ? 'missing' : 'not what this commit builds',
    ...defined({ found }),
    expected: JSON.stringify(expected),
    remedy: 'The image under this build key was not made by coxswain build-image; build it again.',
  });
}

/** The evidence is about the image itself, or about the index that lists it, for this architecture. */
async function requireEvidence(
  options: GateOptions,
  image: Image,
  architecture: Architecture,
  repository: Repository,
): Promise<Pick<PassedImage, 'evidence' | 'accepted'>> {
  const { client, candidate, config, fleet } = options;
  const { digest } = image.manifest.descriptor;
  const trust = trustOf(options);
  const all: FoundEvidence[] = [];
  const refused: RefusedEvidence[] = [];
  const subjects = image.index === undefined ? [digest] : [digest, image.index.digest];
  const isOfThis = ({ evidence }: Pick<FoundEvidence, 'evidence'>) => evidence.architecture === architecture;
  for (const subject of subjects) {
    const examined = await examineEvidence(client, repository, subject, trust);
    all.push(...examined.found.filter(isOfThis));
    refused.push(...examined.refused.filter(isOfThis));
  }
  const { testsTree } = candidate;
  const demands = testDemands(config);
  const newest = newestFor(all, testsTree, demands);
  if (newest?.evidence.result === 'PASSED') return { evidence: newest };
  // An image that failed a test is never accepted, even if the evidence of the failure does not count.
  const failedOnce = [...all, ...refused].some(({ evidence }) => evidence.result === 'FAILED');
  if (newest === undefined && !failedOnce) {
    const known =
      fleet === undefined
        ? undefined
        : await findAcceptance(client, config.image, { subjects, fleet, testsTree }, trust);
    const accepted = known ?? options.accept;
    if (accepted !== undefined) return { accepted: { reason: accepted.reason, by: accepted.by } };
  }
  throw new InputError({
    where: formatReference(atDigest(repository, digest)),
    problem: `no passing evidence: ${whyNone({ newest, all, refused, demands })}`,
    expected: `a pass of the tests in git tree ${shortCommit(testsTree)}, by the settings of boot-test in ${config.file}`,
    remedy:
      newest === undefined
        ? 'Run coxswain boot-test. If that is not possible and no test failed, promote-image takes --accept-missing-evidence.'
        : 'Fix the image or the tests, and run coxswain boot-test.',
  });
}

function whyNone(evidence: {
  readonly newest: FoundEvidence | undefined;
  readonly all: readonly FoundEvidence[];
  readonly refused: readonly RefusedEvidence[];
  readonly demands: TestDemands;
}): string {
  const { newest, all, refused, demands } = evidence;
  if (newest !== undefined) {
    const failed = newest.evidence.tests.filter(({ result }) => result !== 'passed').map(({ name }) => name);
    return `its boot test failed${failed.length === 0 ? '' : ` (${failed.join(', ')})`}`;
  }
  const last = refused.at(-1);
  if (last !== undefined) {
    const others = refused.length - 1;
    return `the evidence that it has does not count (${last.reason}${others === 0 ? '' : `; and ${others} more`})`;
  }
  const { mode } = demands;
  const others = new Set(all.map(({ evidence }) => evidence.mode ?? 'unknown'));
  if (mode !== undefined && others.size > 0 && !others.has(mode)) {
    return `it was tested in the mode ${[...others].join(' and ')}, and boot-test.mode is ${mode}`;
  }
  return all.length > 0 ? 'it was tested with other tests than this commit has' : 'it was never boot-tested';
}

/**
 * `created` grows strictly along a fleet's releases: `rpm-ostree deploy --disallow-downgrade`, which Zincati uses,
 * refuses anything else, on every node.
 */
export async function requireNewer(
  options: Pick<Project, 'config' | 'client'> & {
    readonly fleet: Fleet;
    readonly state: FleetState;
    readonly passed: readonly PassedImage[];
  },
): Promise<void> {
  const { state, passed, fleet } = options;
  const newest = state.releases.releases.at(-1);
  if (newest === undefined) return;
  for (const { image, created, architecture } of passed) {
    const released = newest['oci-images']?.find((each) => each.architecture === architecture)?.['digest-ref'];
    if (released?.endsWith(`@${image.manifest.descriptor.digest}`)) continue;
    const before = await createdOf(options.client, state, newest.version, {
      architecture,
      'digest-ref': released ?? '',
    });
    if (before === undefined || created > before) continue;
    throw new InputError({
      where: `fleet ${fleet.name}`,
      field: 'created',
      problem: `the image is not newer than the newest release, ${newest.version}: nodes would refuse it as a downgrade`,
      found: isoTime(created),
      expected: `later than ${isoTime(before)}`,
      remedy: `Promote a commit that builds something else, and was made after that one: a new date in ${refreshFileName} is enough.`,
    });
  }
}

/** When an image of a release was created, in UNIX seconds. Releases that were imported have no record. */
export async function createdOf(
  client: RegistryClient,
  state: FleetState,
  version: string,
  image: Pick<ReleaseImage, 'architecture' | 'digest-ref'>,
): Promise<number | undefined> {
  const record = state.records[version];
  if (record !== undefined) return Date.parse(record.created) / 1000;
  const architecture = architectures.find((each) => each === image.architecture);
  if (architecture === undefined || image['digest-ref'] === '') return undefined;
  return imageTimestamp(await readImage(client, parseReference(image['digest-ref']), architecture));
}

export function isoTime(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
