import type { Config } from '../../project/configuration/config.ts';
import { followOffer } from '../../release/follow-offer.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import { endExpiredPauses } from '../../release/operations/pause-rollout.ts';
import { stepRings } from '../../release/operations/ring-steps.ts';
import { checkOwnFolder } from '../../release/published/publishers/own-folder.ts';
import type { FleetArtifact } from '../../release/published/publishers/publisher.ts';
import { pinState } from '../../release/state/pinned-state.ts';
import type { FleetState, State } from '../../release/state/state.ts';
import type { Sha } from '../../world/forge/forge.ts';
import type { PublishAnswer, PublishOptions, PublishParts } from './publication.ts';
import { publishOnce } from './publish-once.ts';
import { recordReplacement } from './replacement.ts';

/**
 * Resumes rollouts whose pause has ended, opens rings whose time has come, then publishes the state branch: files in a folder, and an artifact for each
 * fleet.
 * @throws InputError, before anything is published, for a dirty state branch, for an image that production cannot
 *   serve, and for guidance that is less than what was published last
 */
export async function publishUpdates(project: PublishParts, options: PublishOptions): Promise<PublishAnswer> {
  const { forge, config } = project;
  await checkOwnFolder(options.folder);
  const written = new Set<string>();
  const artifacts = new Map<string, FleetArtifact>();
  const tagged = new Set<string>();
  const resumed: { fleet: string; what: string }[] = [];
  if (options.replace !== undefined) await recordReplacement(project, options.replace, options);
  for (;;) {
    const settled = await settleAll(project, options);
    resumed.push(...settled.resumed);
    const { commit } = settled;
    const hasMoved = async () => (await forge.branches.resolve(config.stateBranch)) !== commit;
    const pinned = pinState(project, commit);
    let answer: Omit<PublishAnswer, 'resumed'>;
    try {
      answer = await publishOnce(pinned, options, chosenFleets(config, options));
    } catch (error) {
      // What we read may have been outdated already.
      if (await hasMoved()) continue;
      throw error;
    }
    for (const path of answer.written) written.add(path);
    for (const tag of answer.tagged) tagged.add(tag);
    for (const artifact of answer.artifacts) {
      const changed = artifact.changed || artifacts.get(artifact.fleet)?.changed === true;
      artifacts.set(artifact.fleet, { ...artifact, changed });
    }
    // We may have overwritten a newer publication. The run that ends last corrects that.
    if (await hasMoved()) continue;
    await followOffer(pinned);
    return {
      written: [...written],
      unchanged: answer.unchanged.filter((path) => !written.has(path)),
      artifacts: [...artifacts.values()],
      tagged: [...tagged],
      resumed,
      nextChange: answer.nextChange,
    };
  }
}

function chosenFleets(config: Config, { fleets }: PublishOptions): string[] {
  return Object.keys(config.fleets).filter((name) => fleets.length === 0 || fleets.includes(name));
}

/** What of a fleet is due: pauses that have ended, rings that open. */
function settle(
  current: FleetState,
  { state, fleet, now }: { readonly state: State; readonly fleet: string; readonly now: number },
): { readonly state: FleetState; readonly done: readonly string[] } {
  const settled = endExpiredPauses(current, now);
  const steps = stepRings(settled.state, state.ringGates(fleet), { now });
  return { state: steps.state, done: [...settled.done, ...steps.done] };
}

/** Writes what is due. @returns the commit of the state branch then, and what went on */
async function settleAll(
  project: PublishParts,
  options: PublishOptions,
): Promise<{ readonly commit: Sha | undefined; readonly resumed: PublishAnswer['resumed'] }> {
  const { config, forge, state } = project;
  const { now } = options;
  const seen = await forge.branches.resolve(config.stateBranch);
  const pinned = state.at(seen);
  const resumed: { fleet: string; what: string }[] = [];
  let commit = seen;
  for (const fleet of chosenFleets(config, options)) {
    // Nearly always nothing is due, and then the remote is not asked again.
    const current = await pinned.readFleet(fleet);
    if (settle(current, { state, fleet, now }).state === current) continue;
    const changed = await settleRollouts(state, fleet, now);
    commit = changed.commit;
    if (changed.what !== undefined) resumed.push({ fleet, what: changed.what });
  }
  return { commit, resumed };
}

/** @returns what went on, undefined if nothing did */
async function settleRollouts(
  state: State,
  fleet: string,
  now: number,
): Promise<{ readonly commit: Sha | undefined; readonly what: string | undefined }> {
  let done: readonly string[] = [];
  const change = (current: FleetState) => {
    const settled = settle(current, { state, fleet, now });
    done = settled.done;
    return settled.state;
  };
  const order = { fleet, by: 'coxswain publish-updates', now };
  const { commit } = await state.changeFleet(
    fleet,
    () => commitMessage(order, done.join('; '), undefined),
    change,
  );
  return { commit, what: done.length === 0 ? undefined : done.join('; ') };
}
