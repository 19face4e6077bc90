import { defined } from '../host/defined.ts';
import { InputError } from '../host/errors.ts';
import { nearest } from '../host/nearest.ts';
import type { BranchStore, Sha } from '../world/forge/forge.ts';
import { isFullHash } from '../world/git/full-hash.ts';
import { shortCommit } from '../world/git/short-commit.ts';
import type { Config, Fleet } from './configuration/config.ts';

/** The fleet that a flag names. @throws InputError */
export function findFleet(config: Config, name: string, field = '--fleet'): Fleet {
  const fleet = Object.hasOwn(config.fleets, name) ? config.fleets[name] : undefined;
  if (fleet !== undefined) return fleet;
  const names = Object.keys(config.fleets);
  const meant = nearest(name, names);
  throw new InputError({
    field,
    problem: `${config.file} has no such fleet`,
    found: name,
    expected: `one of ${names.join(', ')}`,
    ...defined({ remedy: meant && `Did you mean ${meant}?` }),
  });
}

/** Fleets that get no releases from another fleet: a change of the base is proposed to these. */
export function entryFleets(config: Config): Fleet[] {
  return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom === undefined);
}

/** Fleets that are promoted from this one. */
export function nextFleets(config: Config, fleet: Fleet): Fleet[] {
  return Object.values(config.fleets).filter((other) => other.promoteFrom === fleet.name);
}

/** The commit that a fleet's branch is at; git in the checkout can read it. @throws InputError when there is no such branch */
export async function fleetTip(branches: BranchStore, fleet: Fleet): Promise<Sha> {
  const tip = await branches.resolve(fleet.branch);
  if (tip !== undefined) {
    await branches.fetchCommit(tip);
    return tip;
  }
  throw new InputError({
    field: `fleets.${fleet.name}.branch`,
    problem: 'this repository has no such branch',
    found: fleet.branch,
    remedy: `Create it from another branch: git branch ${fleet.branch} …, and with a remote: git push origin ${fleet.branch}.`,
  });
}

/**
 * Why a commit can no longer be released; undefined while it is the newest of the fleet's branch. A run that waited
 * for its reviewers finds out here that another change was merged meanwhile, which they did not see.
 */
export async function overtaken(
  branches: BranchStore,
  fleet: Fleet,
  commit: Sha,
): Promise<string | undefined> {
  const tip = await fleetTip(branches, fleet);
  if (tip === commit) return undefined;
  return `commit ${shortCommit(commit)} is no longer the newest of branch ${fleet.branch}. ${shortCommit(tip)} is the newest, and has a run of its own`;
}

/**
 * The commit that a release of a fleet is made from.
 * @param commit one on the fleet's branch; default: its newest
 * @throws InputError for a commit that is not on the branch: it would bypass the fleet's review
 */
export async function releaseCommit(
  branches: BranchStore,
  fleet: Fleet,
  commit: string | undefined,
): Promise<Sha> {
  if (commit !== undefined && !isFullHash(commit)) {
    throw new InputError({
      field: '--commit',
      problem: 'not a full commit name',
      found: commit,
      expected: '40 (SHA-256: 64) hexadecimal digits, as git rev-parse prints them',
    });
  }
  const tip = await fleetTip(branches, fleet);
  if (commit === undefined) return tip;
  if (await branches.isAncestor(commit, tip)) return commit;
  throw new InputError({
    field: '--commit',
    problem: `this commit is not on branch ${fleet.branch}, which fleet ${fleet.name} is released from`,
    found: commit,
    remedy: `Merge it into ${fleet.branch} first.`,
  });
}
