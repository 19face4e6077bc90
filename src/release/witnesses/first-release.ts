import { InputError } from '../../host/errors.ts';
import type { Log } from '../../host/log.ts';
import type { Config } from '../../project/configuration/config.ts';
import type { PublishedFiles } from '../published/published-files.ts';
import { askWitness, type Testimony } from './testimony.ts';

/** Returns if the fleet has no release anywhere. @throws InputError if it has, or if that is not certain */
export type ConfirmFirstRelease = (
  fleet: string,
  state: { /** Whether the state branch exists. */ readonly branchExists: boolean },
) => Promise<void>;

/**
 * Decides whether a fleet without any release on the state branch is really new. A fresh clone, a typo in
 * `state-branch` and a deleted branch look the same as a new fleet, so the other witnesses are asked. Each fleet is
 * asked about once.
 * @param options.firstRelease the operator says that it is new: a witness that gives no answer then does not matter
 */
export function firstReleaseCheck(options: {
  readonly config: Pick<Config, 'stateBranch'>;
  readonly witnesses: readonly PublishedFiles[];
  readonly firstRelease: boolean;
  readonly log: Log;
}): ConfirmFirstRelease {
  const asked = new Map<string, Promise<void>>();
  return (fleet, state) => {
    const answer = asked.get(fleet) ?? confirm(fleet, state.branchExists, options);
    asked.set(fleet, answer);
    return answer;
  };
}

async function confirm(
  fleet: string,
  branchExists: boolean,
  { config, witnesses, firstRelease, log }: Parameters<typeof firstReleaseCheck>[0],
): Promise<void> {
  const branch = config.stateBranch;
  const heard = await Promise.all(witnesses.map((witness) => askWitness(witness, fleet)));
  const knowing = heard.find((testimony) => testimony.answer === 'releases');
  if (knowing !== undefined) throw lostState({ fleet, branch, branchExists, knowing });
  const silent = heard.find((testimony) => testimony.answer === 'none');
  // A state branch and a witness that both have "no release yet" agree.
  const isSettled = branchExists && heard.some(({ answer }) => answer === 'no release');
  if (silent !== undefined && !firstRelease && !isSettled) {
    throw new InputError({
      where: `fleet ${fleet}`,
      problem: `branch ${branch} has no release of this fleet, and ${silent.witness} gives no answer, so that this may not be its first release (${silent.why.replace(/\.$/, '')})`,
      remedy:
        'Run the same command again when it answers. If this is the first release of the fleet, add --first-release.',
    });
  }
  const names = [`branch ${branch}`, ...heard.filter(({ answer }) => answer !== 'none').map(nameOf)];
  log.info(`fleet ${fleet}: first release (no release in ${names.join(', ')})`);
}

function nameOf({ witness }: Testimony): string {
  return witness;
}

function lostState(facts: {
  readonly fleet: string;
  readonly branch: string;
  readonly branchExists: boolean;
  readonly knowing: Testimony & { readonly answer: 'releases' };
}): InputError {
  const { fleet, branch, branchExists, knowing } = facts;
  const { witness, versions } = knowing;
  const count = versions.length === 1 ? '1 release' : `${versions.length} releases`;
  return new InputError({
    where: `fleet ${fleet}`,
    problem: `${branchExists ? `branch ${branch} has no release of this fleet` : `branch ${branch} does not exist`}, but ${witness} has ${count} (the newest is ${versions.at(-1)})`,
    remedy: `Fetch the branch (git fetch origin ${branch}:${branch}), or correct state-branch in coxswain.yaml. If the branch was lost, restore it: coxswain restore-state.`,
  });
}
