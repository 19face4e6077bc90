import { defined } from '../../host/defined.ts';
import { beforeWriting } from '../../host/dry-run.ts';
import { InputError, OutsideError } from '../../host/errors.ts';
import { allInOrder } from '../../host/parallel.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { findFleet, releaseCommit } from '../../project/fleets.ts';
import { copyAttachments } from '../../release/attachments.ts';
import { pushSealed, type SealedAcceptance, sealAcceptance } from '../../release/attestations/acceptance.ts';
import { trustOf } from '../../release/attestations/trust.ts';
import { findBuilt, requireBuildKey } from '../../release/candidate/built.ts';
import { type Candidate, readCandidate } from '../../release/candidate/candidate.ts';
import { type AcceptedBy, findAcceptance, missingEvidence } from '../../release/evidence/acceptance.ts';
import { requireRehearsed } from '../../release/evidence/rehearsed.ts';
import { followOffer } from '../../release/follow-offer.ts';
import { type PassedImage, passImage, requireNewer } from '../../release/gates/promotable-image.ts';
import { refuseFrozen } from '../../release/gates/refuse-frozen.ts';
import { type AcceptedObjections, refuseVulnerable } from '../../release/gates/refuse-vulnerable.ts';
import { refuseHeld } from '../../release/operations/hold.ts';
import { refuseHeldByFile } from '../../release/operations/hold-file.ts';
import type { Project } from '../../release/project.ts';
import { askFleetPolicy } from '../../release/signatures/node-verdict.ts';
import { signedDigests, signImage } from '../../release/signatures/sign-manifests.ts';
import { fleetKeys, signingKeys } from '../../release/signatures/signing-keys.ts';
import type { FleetState } from '../../release/state/state.ts';
import { foundVulnerabilities } from '../../release/vulnerabilities/acceptance.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import type { RegistryClient } from '../../world/registry/client.ts';
import { copyImage, setTags } from '../../world/registry/copy.ts';
import {
  atDigest,
  atTag,
  type Digest,
  type DigestReference,
  formatReference,
} from '../../world/registry/reference.ts';
import { rememberingClient } from '../../world/registry/remembering.ts';
import { planMoves } from './production-tags.ts';
import type { Promotion } from './promotion.ts';
import { requireTagsAt } from './read-back.ts';

/** What promotion works on. */
export type PromotionProject = Pick<
  Project,
  'config' | 'root' | 'git' | 'forge' | 'client' | 'state' | 'log'
>;

/**
 * Copies the tested image of a commit on a fleet's branch to production, and tags it for the fleet. Everything is
 * checked before the first write. The order of writes is: image, attachments, signatures, tags. So a tag never names an
 * image that cannot be pulled, has no evidence, or lacks a signature of its fleet, even if the run ends after any of
 * its requests. A second run does what is missing.
 * @param options.now UNIX seconds
 * @param options.accept lets the image pass without evidence, but never with a failed test
 * @param options.acceptVulnerabilities lets it pass with what scanners found
 * @throws InputError if the image may not be promoted, or the fleet is held
 */
export async function promoteImage(
  project: PromotionProject,
  options: {
    readonly fleet: string;
    readonly commit?: string | undefined;
    readonly accept?: AcceptedBy | undefined;
    readonly acceptVulnerabilities?: AcceptedBy | undefined;
    /** Why it is promoted in a freeze. */
    readonly freezeException?: string | undefined;
    readonly now: number;
    /** Holds the private keys of a fleet that signs (signatures/signing-keys.ts). */
    readonly env?: NodeJS.ProcessEnv;
  },
): Promise<Promotion> {
  const { config } = project;
  const client = rememberingClient(project.client);
  const requestsBefore = client.counters.requests;
  const fleet = findFleet(config, options.fleet);
  const { branches } = project.forge;
  // Asked together, because each answer takes a connection to the remote.
  const [state, , releasedCommit] = await allInOrder([
    readUnheld(project, fleet, options.now),
    refuseHeldByFile(branches, fleet, { fleets: Object.keys(config.fleets), now: options.now }),
    releaseCommit(branches, fleet, options.commit),
  ]);
  const candidate = await readCandidate({ git: project.git, config, client, commit: releasedCommit });
  // A release that the fleet has already is only completed.
  const isReleased = state.releases.releases.some((release) => release.version === candidate.version);
  if (!isReleased) {
    await refuseFrozen(project, {
      fleet,
      state,
      commit: candidate.commit,
      exception: options.freezeException,
      now: options.now,
    });
  }
  const built = await requireBuilt(client, config, candidate);
  const { root } = project;
  const gate = { client, config, root, candidate, fleet: fleet.name, accept: options.accept };
  const passed = await passImages(gate, built);
  await requireNewer({ client, config, fleet, state, passed });
  const { commit, version } = candidate;
  await requireRehearsed({ git: project.git, config, commit, version, fleet, state, passed });
  const vulnerable = isReleased
    ? undefined
    : await refuseVulnerable(
        { ...project, client },
        { fleet, built, passed, accept: options.acceptVulnerabilities, now: options.now },
      );
  const keys = await signingKeys(await fleetKeys(root, fleet, options.now), {
    fleet: fleet.name,
    env: options.env ?? {},
  });
  const plan = await planMoves({ client, config, fleet, candidate, built, passed, state });

  if (!plan.inProduction || plan.move.length > 0) {
    beforeWriting(() => {
      const tags = plan.move.length === 0 ? 'no tag moves' : `tags that move: ${plan.move.join(', ')}`;
      const copied = plan.inProduction ? 'it is there already' : `copied from ${formatReference(built)}`;
      return `promote ${version} to ${formatReference(atDigest(config.image, built.digest))}; ${copied}; ${tags}; signatures: ${keys.length}`;
    });
  }
  // Before the first write, because an acceptance that cannot be signed would not count.
  const overrides = await sealOverrides(project, {
    fleet: fleet.name,
    subject: built.digest,
    testsTree: candidate.testsTree,
    passed,
    vulnerable,
    now: options.now,
    env: options.env ?? {},
  });
  const report = plan.inProduction
    ? { mounted: 0, copied: 0 }
    : await copyImage(client, { from: built, to: config.image, tags: [] });
  const manifest = await client.getManifest(built);
  const attached = await copyAttachments(client, {
    manifest,
    from: config.testImage,
    to: config.image,
    isNew: !plan.inProduction,
  });
  for (const sealed of overrides) await pushSealed(client, config.image, manifest.descriptor, sealed);
  const unsigned = client.counters.requests;
  // Not with the remembering client, because a signature has to be read back from the registry.
  const signatures = await signImage(project.client, {
    repository: config.image,
    digests: signedDigests(manifest),
    keys,
  });
  let signingRequests = client.counters.requests - unsigned;
  const changed =
    !plan.inProduction ||
    plan.move.length > 0 ||
    attached.length > 0 ||
    overrides.length > 0 ||
    signatures > 0;
  if (changed) {
    // Before any tag points at it, production must have the image, and passing evidence for it.
    const readAgain = { client: project.client, config, root, candidate, fleet: fleet.name };
    await passImages(readAgain, atDigest(config.image, built.digest));
  }
  await setTags(client, { manifest, repository: config.image, tags: plan.move });
  await requireTagsAt(project.client, config.image, { digest: built.digest, tags: plan.move });
  const tagged = client.counters.requests;
  const acceptedByNodes = await requireAccepted(project, {
    fleet,
    digests: signedDigests(manifest),
    now: options.now,
  });
  signingRequests += client.counters.requests - tagged;
  // A withdrawn release keeps no floating tag, even if the run that withdrew it ended too early.
  if (plan.isWithdrawn) await followOffer(project, fleet.name);
  return {
    fleet: fleet.name,
    version: candidate.version,
    digest: built.digest,
    image: formatReference(atTag(config.image, candidate.version)),
    images: passed.map(({ architecture, image }) => ({
      architecture,
      digestRef: formatReference(atDigest(config.image, image.manifest.descriptor.digest)),
    })),
    tags: plan.tags,
    kept: plan.kept,
    changed,
    ...defined({ accepted: acceptedIn(passed), acceptedVulnerabilities: withoutRecorded(vulnerable) }),
    attached: attached.length,
    signed: keys.map(({ file }) => file),
    signatures,
    acceptedByNodes,
    mounted: report.mounted,
    copied: report.copied,
    requests: client.counters.requests - requestsBefore,
    signingRequests,
  };
}

/** The fleet on the state branch. @throws InputError if it is held there */
async function readUnheld(project: PromotionProject, fleet: Fleet, now: number): Promise<FleetState> {
  const state = await project.state.readFleet(fleet.name);
  refuseHeld(state, { fleet: fleet.name, now });
  return state;
}

function withoutRecorded(vulnerable: AcceptedObjections | undefined): Promotion['acceptedVulnerabilities'] {
  if (vulnerable === undefined) return undefined;
  const { reason, by, accepts } = vulnerable;
  return { reason, by, accepts };
}

/**
 * Asks the policy of the fleet's nodes about what was promoted: the index, and each architecture's image.
 * @returns how many digests they accept; 0 if the fleet does not sign
 * @throws OutsideError if they would refuse one
 */
async function requireAccepted(
  project: PromotionProject,
  about: { readonly fleet: Fleet; readonly digests: readonly Digest[]; readonly now: number },
): Promise<number> {
  const { fleet, digests, now } = about;
  if (fleet.signing.length === 0) return 0;
  for (const digest of digests) {
    const image = atDigest(project.config.image, digest);
    const verdict = await askFleetPolicy(project, { fleet, image, now });
    if (verdict.accepted) continue;
    throw new OutsideError(
      `asking the policy of ${fleet.name}'s nodes about ${formatReference(image)}`,
      `they refuse it, because ${verdict.reason}`,
      'Run the same command again, and find out who else writes to production.',
    );
  }
  return digests.length;
}

/** Labels and evidence of every architecture's image. @throws InputError as passImage does */
async function passImages(
  gate: Parameters<typeof passImage>[0],
  image: DigestReference,
): Promise<PassedImage[]> {
  const passed: PassedImage[] = [];
  for (const architecture of gate.config.architectures) {
    passed.push(await passImage(gate, image, architecture));
  }
  return passed;
}

function acceptedIn(passed: readonly PassedImage[]): AcceptedBy | undefined {
  return passed.find((each) => each.accepted !== undefined)?.accepted;
}

/** What is accepted in this run and not yet recorded in production, from which start-rollout reads it. */
async function sealOverrides(
  project: PromotionProject,
  about: {
    readonly fleet: string;
    readonly subject: Digest;
    readonly testsTree: string;
    readonly passed: readonly PassedImage[];
    readonly vulnerable: AcceptedObjections | undefined;
    readonly now: number;
    readonly env: NodeJS.ProcessEnv;
  },
): Promise<SealedAcceptance[]> {
  const { config, client } = project;
  const { fleet, subject, testsTree, passed, vulnerable, now, env } = about;
  const repository = config.image;
  const signing = { trust: trustOf(project), env };
  const sealed: SealedAcceptance[] = [];
  const accepted = acceptedIn(passed);
  if (
    accepted !== undefined &&
    (await findAcceptance(client, repository, { subjects: [subject], fleet, testsTree }, signing.trust)) ===
      undefined
  ) {
    const record = { ...accepted, fleet, at: now, testsTree };
    sealed.push(await sealAcceptance(missingEvidence, { repository, subject, record }, signing));
  }
  if (vulnerable?.recorded === false) {
    const { reason, by, accepts } = vulnerable;
    const record = { reason, by, accepts: [...accepts], fleet, at: now };
    sealed.push(await sealAcceptance(foundVulnerabilities, { repository, subject, record }, signing));
  }
  return sealed;
}

async function requireBuilt(
  client: RegistryClient,
  config: Config,
  candidate: Candidate,
): Promise<DigestReference> {
  const built = await findBuilt(client, config, candidate);
  if (built !== undefined) {
    await requireBuildKey(client, built, candidate.key);
    return built;
  }
  throw new InputError({
    where: formatReference(atTag(config.testImage, candidate.tag)),
    problem: `the test registry has no image for commit ${shortCommit(candidate.commit)}`,
    remedy: 'Run coxswain build-image and then coxswain boot-test.',
  });
}
