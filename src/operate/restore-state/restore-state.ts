import { parseReleaseIndex } from '../../guidance/releases.ts';
import { InputError } from '../../host/errors.ts';
import type { Project } from '../../release/project.ts';
import { requireSignedGuidance } from '../../release/published/guidance-signature.ts';
import { filesInArtifacts, type PublishedFiles } from '../../release/published/published-files.ts';
import { fleetFolder, parseFleet } from '../../release/state/fleet-files.ts';
import { stateReadme } from '../../release/state/state.ts';
import { bundlePath, type FleetTexts, parseBundle } from '../../release/state/state-bundle.ts';
import type { FileChange, Sha } from '../../world/forge/forge.ts';
import { untilNotStale } from '../../world/forge/retry.ts';
import type { Digest } from '../../world/registry/reference.ts';

/** What restore-state did. */
export interface RestoreAnswer {
  readonly fleets: readonly RestoredFleet[];
  /** Whether there was anything to restore. */
  readonly changed: boolean;
  /** Where the state branch is; undefined if it does not exist. */
  readonly stateCommit: Sha | undefined;
}

export interface RestoredFleet {
  readonly fleet: string;
  /** Its source, for messages. */
  readonly artifact: string;
  readonly outcome: 'restored' | 'complete' | 'no artifact';
  readonly releases: number;
}

type Parts = Pick<Project, 'config' | 'root' | 'forge' | 'client'>;

/**
 * Restores fleets on the state branch from their artifacts, byte for byte, by one commit. Changes since the last
 * publication are not in the artifact. A fleet that the branch has completely is left alone.
 * @param options.fleets names
 * @throws InputError if an artifact holds no state, lacks a signature that publish.signed-by asks for, or has other releases than the branch; nothing is written then
 */
export async function restoreState(
  { config, root, forge, client }: Parts,
  options: { readonly fleets: readonly string[]; readonly rehearse: boolean },
): Promise<RestoreAnswer> {
  const { branches } = forge;
  const branch = config.stateBranch;
  return untilNotStale(async () => {
    const commit = await branches.resolve(branch);
    const signed = new Map<string, Digest>();
    for (const fleet of options.fleets) {
      const digest = await requireSignedGuidance(client, { config, root }, fleet);
      if (digest !== undefined) signed.set(fleet, digest);
    }
    const artifacts = filesInArtifacts(client, config, signed);
    const fleets: RestoredFleet[] = [];
    const changes: FileChange[] = [];
    for (const fleet of options.fleets) {
      const artifact = artifacts.whereIs(fleet);
      const texts = await readTexts(artifacts, fleet);
      if (texts === undefined || texts.size === 0) {
        fleets.push({ fleet, artifact, outcome: 'no artifact', releases: 0 });
        continue;
      }
      const state = parseFleet(texts, { fleet, config, commit: undefined });
      const releases = state.releases.releases.map(({ version }) => version);
      const current =
        commit === undefined
          ? new Map<string, string>()
          : await branches.readFolder(commit, fleetFolder(fleet));
      const known = versionsOf(current, fleet);
      refuseOther(known, releases, { fleet, branch, artifact });
      const hasAll = known.length > 0 && known.length === releases.length;
      const lost = hasAll ? missingFiles(current, texts, fleet) : difference(current, texts);
      changes.push(...lost);
      fleets.push({
        fleet,
        artifact,
        outcome: lost.length === 0 ? 'complete' : 'restored',
        releases: releases.length,
      });
    }
    if (changes.length === 0 || options.rehearse) {
      return { fleets, changed: changes.length > 0, stateCommit: commit };
    }
    if (commit === undefined) changes.push({ path: 'README.md', content: stateReadme });
    const restored = fleets.filter(({ outcome }) => outcome === 'restored');
    const made = await branches.commit({
      branch,
      parent: commit,
      changes,
      message: `${restored.map(({ fleet }) => fleet).join(', ')}: restore from the artifact\n\n${restored.map(({ artifact }) => `Artifact: ${artifact}\n`).join('')}`,
    });
    return { fleets, changed: true, stateCommit: made };
  });
}

/** undefined if there is no artifact. */
async function readTexts(artifacts: PublishedFiles, fleet: string): Promise<FleetTexts | undefined> {
  const where = artifacts.whereIs(fleet);
  const bundle = await artifacts.read(bundlePath(fleet));
  if (bundle !== undefined) return parseBundle(bundle, { fleet, where });
  if ((await artifacts.read(`${fleet}/releases.json`)) === undefined) return undefined;
  throw new InputError({
    where,
    problem: 'this artifact has no state, only what nodes read',
    expected: `a file ${bundlePath(fleet)}`,
    remedy:
      'An earlier version of Coxswain made it. Look for the state branch in another clone (git reflog).',
  });
}

function versionsOf(files: ReadonlyMap<string, string>, fleet: string): string[] {
  const path = `${fleetFolder(fleet)}/releases.json`;
  const text = files.get(path);
  return text === undefined ? [] : parseReleaseIndex(text, path).releases.map(({ version }) => version);
}

/** The branch may have less than the artifact, never something else. */
function refuseOther(
  known: readonly string[],
  releases: readonly string[],
  about: { readonly fleet: string; readonly branch: string; readonly artifact: string },
): void {
  const position = known.findIndex((version, index) => releases[index] !== version);
  if (position < 0) return;
  throw new InputError({
    where: `fleet ${about.fleet}`,
    problem: `branch ${about.branch} has release ${known[position]} at position ${position}, and ${about.artifact} has ${releases[position] ?? 'none'} there`,
    expected: 'a branch that has less than the artifact',
    remedy:
      'Nothing is restored over newer or other releases. Correct the branch by hand: git log, git revert.',
  });
}

/** A branch that has all releases may be newer than the artifact, so only files that it lost are restored. */
function missingFiles(current: ReadonlyMap<string, string>, wanted: FleetTexts, fleet: string): FileChange[] {
  // No operations.json means that no operation is in force.
  const optional = `${fleetFolder(fleet)}/operations.json`;
  return [...wanted]
    .filter(([path]) => !current.has(path) && path !== optional)
    .map(([path, content]) => ({ path, content }));
}

function difference(current: ReadonlyMap<string, string>, wanted: FleetTexts): FileChange[] {
  return [
    ...[...wanted]
      .filter(([path, text]) => current.get(path) !== text)
      .map(([path, content]) => ({ path, content })),
    ...[...current.keys()].filter((path) => !wanted.has(path)).map((path) => ({ path, content: null })),
  ];
}
