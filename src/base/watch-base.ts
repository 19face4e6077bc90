import type { Config, Fleet } from '../config/config.ts';
import { findBase, repinBase } from '../containerfile/base.ts';
import { parseContainerfile } from '../containerfile/parse.ts';
import { entryFleets, fleetTip } from '../fleets/fleets.ts';
import { baseBranch } from '../forge/branch-names.ts';
import type { Forge, Sha } from '../forge/forge.ts';
import { type ProposalAction, proposeChanges, withdrawProposal } from '../forge/propose.ts';
import { InputError } from '../host/errors.ts';
import type { RegistryClient } from '../registry/client.ts';
import type { Digest, Reference } from '../registry/reference.ts';
import type { State } from '../state/state.ts';
import { readNewBase, readPinnedBase, resolveBase, versionOfTag } from './base-image.ts';
import { refreshProposal, repinProposal } from './base-proposal.ts';
import { dueRefresh } from './refresh.ts';

/** What was found and done for one fleet. */
export interface BaseAnswer {
  readonly fleet: string;
  /** The fleet's branch does not pin what the base's tag points at. */
  readonly moved: boolean;
  readonly base: {
    /** undefined where nothing is pinned. */
    readonly from: Digest | undefined;
    readonly to: Digest;
    readonly fromVersion: string | undefined;
    readonly toVersion: string | undefined;
  };
  readonly pullRequest: number | undefined;
  readonly action: ProposalAction;
  /** Title of that pull request. */
  readonly title: string | undefined;
}

interface Parts {
  readonly config: Config;
  readonly client: RegistryClient;
  readonly forge: Forge;
  readonly state: State;
}

/** Looks at the base, and keeps one pull request for each fleet where releases come in. */
export async function watchBase(project: Parts, now: number): Promise<BaseAnswer[]> {
  const digest = await resolveBase(project.client, project.config);
  const answers: BaseAnswer[] = [];
  for (const fleet of entryFleets(project.config)) {
    answers.push(await watchFor(project, { fleet, digest, now }));
  }
  return answers;
}

async function watchFor(
  project: Parts,
  { fleet, digest, now }: { readonly fleet: Fleet; readonly digest: Digest; readonly now: number },
): Promise<BaseAnswer> {
  const { config, client, forge } = project;
  const tip = await fleetTip(forge.branches, fleet);
  const { text, pinned } = await readPin(project, fleet, tip);
  const from = pinned.kind === 'digest' ? pinned.digest : undefined;
  if (from !== digest) {
    const [before, after] = [
      await readPinnedBase(client, config, pinned),
      await readNewBase(client, config, digest),
    ];
    const content = repinBase(text, config.containerfile, config.base, after.pin);
    const proposal = repinProposal({ config, fleet, from: before, to: after });
    const { action, pullRequest } = await proposeChanges(forge, proposal, {
      tip,
      changes: [{ path: config.containerfile, content }],
    });
    return {
      fleet: fleet.name,
      moved: true,
      base: { from, to: digest, fromVersion: before?.version, toVersion: after.version },
      pullRequest: pullRequest.number,
      action,
      title: pullRequest.title,
    };
  }
  const version = versionOfTag(config, pinned);
  const base = { from, to: digest, fromVersion: version, toVersion: version };
  const unmoved = { fleet: fleet.name, moved: false, base };
  const head = baseBranch(fleet.name);
  const refresh = await dueRefresh(forge.branches, {
    state: await project.state.readFleet(fleet.name),
    tip,
    proposed: await forge.branches.resolve(head),
    refresh: config.refresh,
    now,
  });
  if (refresh !== undefined) {
    const proposal = refreshProposal({ config, fleet, baseVersion: version, builtAt: refresh.builtAt });
    const { action, pullRequest } = await proposeChanges(forge, proposal, { tip, changes: [refresh.change] });
    return { ...unmoved, pullRequest: pullRequest.number, action, title: pullRequest.title };
  }
  const { action, pullRequest } = await withdrawProposal(
    forge,
    { head, base: fleet.branch },
    `Closed: \`${fleet.branch}\` pins what the base's tag points at (\`${digest}\`), and no new build is due.`,
  );
  return { ...unmoved, pullRequest: pullRequest?.number, action, title: pullRequest?.title };
}

async function readPin(
  { config, forge }: Parts,
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
