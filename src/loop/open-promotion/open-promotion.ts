import { defined } from '../../host/defined.ts';
import { InputError } from '../../host/errors.ts';
import type { Config, Fleet } from '../../project/configuration/config.ts';
import { findFleet, fleetTip } from '../../project/fleets.ts';
import { chooseRelease } from '../../release/gates/choose-release.ts';
import { findPromotion, syncExternalHolds } from '../../release/gates/external-holds.ts';
import type { Exception } from '../../release/gates/gate.ts';
import { recordUrgency } from '../../release/gates/urgent.ts';
import type { FleetState, ReleaseRecord } from '../../release/state/state.ts';
import { promotionBranch } from '../../world/forge/branch-names.ts';
import type { Forge, Sha } from '../../world/forge/forge.ts';
import { withdrawProposal } from '../../world/forge/propose-changes.ts';
import { untilNotStale } from '../../world/forge/retry.ts';
import type { PromotionAnswer } from './promotion-answer.ts';
import { type PromotionParts, propose } from './propose-release.ts';

/** Fleets that are promoted from another one. @throws InputError for one that is not */
export function promotionTargets(config: Config, name: string | undefined): Fleet[] {
  if (name === undefined) {
    return Object.values(config.fleets).filter((fleet) => fleet.promoteFrom !== undefined);
  }
  const fleet = findFleet(config, name);
  if (fleet.promoteFrom !== undefined) return [fleet];
  throw new InputError({
    field: '--fleet',
    problem: `fleet ${name} is promoted from no other: it has no promote-from in ${config.file}`,
    found: name,
  });
}

/**
 * Keeps the pull request by which a fleet gets what its source fleet runs; merges it if that is configured and all
 * gates are green.
 * @param options.now UNIX seconds
 * @param options.urgent why the source's newest release need not soak
 */
export async function openPromotion(
  project: PromotionParts,
  target: Fleet,
  options: { readonly now: number; readonly urgent?: Exception | undefined },
): Promise<PromotionAnswer> {
  const { config, forge, state, log } = project;
  const { now } = options;
  const source = findFleet(config, target.promoteFrom ?? '', `fleets.${target.name}.promote-from`);
  for (const fleet of [source, target]) {
    for (const warning of await syncExternalHolds(project, fleet, now)) log.warn(`${fleet.name}: ${warning}`);
  }
  const request = await findPromotion(project, target);
  await recordUrgency(state, { source, target, request, asked: options.urgent, now });
  // If a branch moves meanwhile, everything is evaluated again.
  return untilNotStale(() => promote(project, { source, target, now }, forge));
}

async function promote(
  project: PromotionParts,
  edge: { readonly source: Fleet; readonly target: Fleet; readonly now: number },
  forge: Forge,
): Promise<PromotionAnswer> {
  const { config, state } = project;
  const { source, target, now } = edge;
  const stateCommit = await forge.branches.resolve(config.stateBranch);
  const [from, to] = [await state.readFleet(source.name), await state.readFleet(target.name)];
  const tip = await fleetTip(forge.branches, target);
  const chosen = chooseRelease(from, to, { target, now });
  const record = chosen === undefined ? undefined : recordOf(config, from, source, chosen.version);
  const nothing = await nothingToPromote(forge, { source, target, record, tip, to });
  if (record === undefined || nothing !== undefined) {
    const branches = { head: promotionBranch(source.name, target.name), base: target.branch };
    const { action, pullRequest } = await withdrawProposal(forge, branches, `Closed: ${nothing}.`);
    return {
      fleet: target.name,
      from: source.name,
      version: record?.version,
      action,
      pullRequest: pullRequest?.number,
      ready: false,
      gates: [],
      ...defined({ reason: nothing }),
    };
  }
  const release = { record, state: from, urgent: chosen?.urgent };
  return propose(project, { ...edge, release, tip, to, stateCommit });
}

function recordOf(config: Config, state: FleetState, source: Fleet, version: string): ReleaseRecord {
  const record = state.records[version];
  if (record !== undefined) return record;
  throw new InputError({
    where: `${config.stateBranch}: fleets/${source.name}/records/${version}.json`,
    problem: `release ${version} has no record, so the commit to promote is not known`,
    remedy: 'Release a new version with coxswain start-rollout.',
  });
}

/** Why there is nothing to promote, as a clause. */
async function nothingToPromote(
  forge: Forge,
  options: {
    readonly source: Fleet;
    readonly target: Fleet;
    readonly record: ReleaseRecord | undefined;
    readonly tip: Sha;
    readonly to: FleetState;
  },
): Promise<string | undefined> {
  const { source, target, record, tip, to } = options;
  if (record === undefined) return `fleet ${source.name} has no release yet`;
  if (to.releases.releases.some((release) => release.version === record.version)) {
    return `fleet ${target.name} has ${record.version} already`;
  }
  if (await forge.branches.contains(tip, record.commit)) {
    return `${record.version} is merged into ${target.branch} already; promote-image and start-rollout for ${target.name} do the rest`;
  }
  return undefined;
}
