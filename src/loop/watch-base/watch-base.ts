import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { findBase, repinBase } from '../../project/containerfile/base.ts';
import { parseContainerfile } from '../../project/containerfile/parse.ts';
import { entryFleets, fleetTip } from '../../project/fleets.ts';
import { requireSignedBase } from '../../release/base-signature/verify-base.ts';
import type { Project } from '../../release/project.ts';
import type { Doubt, UpstreamStatus } from '../../release/upstream/upstream-state.ts';
import { baseBranch } from '../../world/forge/branch-names.ts';
import type { Sha } from '../../world/forge/forge.ts';
import { type ProposalAction, proposeChanges, withdrawProposal } from '../../world/forge/propose-changes.ts';
import type { Digest, Reference } from '../../world/registry/reference.ts';
import { readPinnedBase, resolveBase, sameImages, versionOfTag } from './base-image.ts';
import { type BuiltPackages, compareBuiltPackages } from './built-packages.ts';
import { chooseBase, resolveVersion } from './choose-base.ts';
import { cameToNothing, withoutEffect } from './no-change.ts';
import { refreshProposal, repinProposal } from './pull-request.ts';
import { dueRefresh } from './refresh.ts';

/** What was found and done for one fleet. */
export interface BaseAnswer {
  readonly fleet: string;
  /** The fleet's branch does not pin what the base's tag points at. */
  readonly moved: boolean;
  readonly base: {
    /** undefined if nothing is pinned. */
    readonly from: Digest | undefined;
    readonly to: Digest;
    readonly fromVersion: string | undefined;
    readonly toVersion: string | undefined;
  };
  readonly pullRequest: number | undefined;
  readonly action: ProposalAction;
  /** Title of that pull request. */
  readonly title: string | undefined;
  /** What upstream does with the base, whether it is proposed or not. */
  readonly upstream?: UpstreamStatus;
  /** Why a refresh was closed: its build has the packages of the newest release. */
  readonly noChange?: string;
  /** The base's tag moved, but only images of other architectures changed. */
  readonly otherArchitectures?: true;
  /** Why the new base is not proposed. */
  readonly blocked?: string;
}

type Parts = Pick<Project, 'config' | 'root' | 'git' | 'forge' | 'client' | 'state' | 'readUpstream'>;

interface WatchOptions {
  /** UNIX seconds. */
  readonly now: number;
  /** Propose this version of the base, whatever the tag points at. */
  readonly baseVersion?: string | undefined;
  /** Reasons of upstream to hold a base back that are accepted. */
  readonly accept?: readonly Doubt[];
  /** Propose also what a person has declined by closing the pull request. */
  readonly again?: boolean;
}

/**
 * Checks the base, and keeps one pull request up to date for each fleet that is not promoted from another.
 * @throws OutsideError when the base has moved and upstream's guidance cannot be read
 */
export async function watchBase(project: Parts, options: WatchOptions): Promise<BaseAnswer[]> {
  const { client, config } = project;
  const digest =
    options.baseVersion === undefined
      ? await resolveBase(client, config)
      : await resolveVersion(client, config, options.baseVersion);
  const answers: BaseAnswer[] = [];
  for (const fleet of entryFleets(config)) {
    answers.push(await watchFor(project, { ...options, fleet, digest }));
  }
  return answers;
}

async function watchFor(
  project: Parts,
  options: WatchOptions & { readonly fleet: Fleet; readonly digest: Digest },
): Promise<BaseAnswer> {
  const { fleet, now, baseVersion, accept = [], again = false } = options;
  const { config, client, forge } = project;
  const tip = await fleetTip(forge.branches, fleet);
  const { text, pinned } = await readPin(project, fleet, tip);
  const from = pinned.kind === 'digest' ? pinned.digest : undefined;
  const otherArchitectures =
    from !== undefined &&
    from !== options.digest &&
    baseVersion === undefined &&
    (await sameImages(client, config, from, options.digest));
  // If only other architectures of an index changed, the builds are the same.
  const digest = otherArchitectures ? from : options.digest;
  let held: Pick<BaseAnswer, 'upstream' | 'blocked'> & { digest?: Digest; toVersion?: string } = {};
  if (from !== digest) {
    const before = await readPinnedBase(client, config, pinned);
    const { readUpstream } = project;
    const explicit = baseVersion !== undefined;
    const chosen = await chooseBase({
      client,
      config,
      readUpstream,
      from: before,
      digest,
      explicit,
      accept,
      now,
    });
    const { to, view, blocked } = chosen;
    const upstream = defined({ upstream: view?.status });
    if (blocked === undefined) {
      // Before anything is proposed: people trust what is in a pull request of ours.
      const signedBy = await requireSignedBase(project, { ...config.base, digest: to.digest });
      const content = repinBase(text, config.containerfile, config.base, to.pin);
      const built = await builtOn(project, fleet, to.digest);
      const proposal = repinProposal({ config, fleet, from: before, to, view, signedBy, built });
      const { action, pullRequest } = await proposeChanges(forge, proposal, {
        tip,
        changes: [{ path: config.containerfile, content }],
        again,
      });
      return {
        fleet: fleet.name,
        moved: true,
        base: { from, to: to.digest, fromVersion: before?.version, toVersion: to.version },
        pullRequest: pullRequest.number,
        action,
        title: pullRequest.title,
        ...upstream,
      };
    }
    held = { ...upstream, blocked, digest: to.digest, toVersion: to.version };
  }
  const version = versionOfTag(config, pinned);
  const { digest: heldDigest, toVersion, ...why } = held;
  const base = { from, to: heldDigest ?? digest, fromVersion: version, toVersion: toVersion ?? version };
  const unmoved = {
    fleet: fleet.name,
    moved: heldDigest !== undefined,
    base,
    ...why,
    ...defined({ otherArchitectures: otherArchitectures ? otherArchitectures : undefined }),
  };
  const head = baseBranch(fleet.name);
  const state = await project.state.readFleet(fleet.name);
  const proposed = await forge.branches.resolve(head);
  const refresh = await dueRefresh(forge.branches, { state, tip, proposed, refresh: config.refresh, now });
  if (refresh !== undefined) {
    const branches = { head, base: fleet.branch };
    const open = await forge.pullRequests.find(branches);
    if (
      open === undefined &&
      refresh.proposed &&
      !again &&
      (await cameToNothing(forge, branches, proposed))
    ) {
      return { ...unmoved, pullRequest: undefined, action: 'none', title: undefined };
    }
    const noChange =
      open === undefined || again
        ? undefined
        : await withoutEffect(project, { pullRequest: open, tip, state });
    if (noChange !== undefined) {
      const { action, pullRequest } = await withdrawProposal(forge, branches, noChange);
      return { ...unmoved, pullRequest: pullRequest?.number, action, title: pullRequest?.title, noChange };
    }
    const { builtAt, change } = refresh;
    const proposal = refreshProposal({ config, fleet, baseVersion: version, builtAt, now });
    const { action, pullRequest } = await proposeChanges(forge, proposal, { tip, changes: [change], again });
    return { ...unmoved, pullRequest: pullRequest.number, action, title: pullRequest.title };
  }
  if (heldDigest !== undefined && (await proposesOther(project, { fleet, head, held: heldDigest }))) {
    const open = await forge.pullRequests.find({ head, base: fleet.branch });
    return { ...unmoved, pullRequest: open?.number, action: 'unchanged', title: open?.title };
  }
  const { action, pullRequest } = await withdrawProposal(
    forge,
    { head, base: fleet.branch },
    held.blocked === undefined
      ? `Closed: \`${fleet.branch}\` pins what the base's tag points at (\`${digest}\`), and no new build is due.`
      : `Closed: ${held.blocked}.`,
  );
  return { ...unmoved, pullRequest: pullRequest?.number, action, title: pullRequest?.title };
}

/** The packages of the image that our branch builds on a base; undefined until it is built, or if it proposes another base. */
async function builtOn(project: Parts, fleet: Fleet, base: Digest): Promise<BuiltPackages | undefined> {
  const commit = await project.forge.branches.resolve(baseBranch(fleet.name));
  if (commit === undefined) return undefined;
  const state = await project.state.readFleet(fleet.name).catch((error: unknown) => {
    // A base is proposed also if the state cannot be believed: a release will be refused.
    if (!(error instanceof InputError)) throw error;
    return undefined;
  });
  if (state === undefined) return undefined;
  const built = await compareBuiltPackages(project, { commit, state });
  return built?.candidate.base.reference.digest === base ? built : undefined;
}

/** An open pull request that proposes another base than the one that upstream holds back stays valid. */
async function proposesOther(
  { config, forge }: Parts,
  { fleet, head, held }: { readonly fleet: Fleet; readonly head: string; readonly held: Digest },
): Promise<boolean> {
  const open = await forge.pullRequests.find({ head, base: fleet.branch });
  if (open === undefined) return false;
  const text = await forge.branches.readFile(open.headCommit, config.containerfile);
  if (text === undefined) return false;
  const { reference } = findBase(parseContainerfile(text, config.containerfile), config.base);
  return reference.kind === 'digest' && reference.digest !== held;
}

async function readPin(
  { config, forge }: Pick<Parts, 'config' | 'forge'>,
  fleet: Fleet,
  tip: Sha,
): Promise<{ readonly text: string; readonly pinned: Reference }> {
  const text = await forge.branches.readFile(tip, config.containerfile);
  if (text === undefined) {
    throw new InputError({
      where: config.containerfile,
      problem: `branch ${fleet.branch} has no such file`,
      remedy: 'Add it there, or set containerfile in coxswain.yaml.',
    });
  }
  return { text, pinned: findBase(parseContainerfile(text, config.containerfile), config.base).reference };
}
