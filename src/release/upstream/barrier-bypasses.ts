import { InputError } from '../../host/errors.ts';
import type { Fleet } from '../../project/configuration/config.ts';
import { shortCommit } from '../../world/git/short-commit.ts';
import type { FleetState } from '../state/state.ts';
import { type BarrierBypass, baseOf } from './inherited-barriers.ts';

/**
 * @param options.source the fleet that this one is promoted from
 * @throws InputError that names the release that has to come first
 */
export function refuseBarrierBypasses(
  result: { readonly state: FleetState; readonly open: readonly BarrierBypass[] },
  options: {
    readonly fleet: Fleet;
    readonly version: string;
    readonly source: FleetState | undefined;
  },
): void {
  const [detour] = result.open;
  if (detour === undefined) return;
  const { fleet, version } = options;
  const { barrier, from } = detour;
  const base = (each: string) => `${each} (on base ${baseOf(result.state, each)})`;
  throw new InputError({
    where: `fleet ${fleet.name}`,
    problem: `you need a release on base ${barrier.version} before ${version}: that base is a barrier upstream (${barrier.reason}), and nodes on ${base(from)} would go around it to ${base(detour.to)}`,
    remedy: remedy(barrier.version, options),
  });
}

function remedy(
  needed: string,
  { fleet, source }: { readonly fleet: Fleet; readonly source: FleetState | undefined },
): string {
  const there = Object.values(source?.records ?? {}).find((record) => record.baseVersion === needed);
  if (there !== undefined) {
    return `Fleet ${fleet.promoteFrom} has ${there.version} on it: promote that first (commit ${shortCommit(there.commit)}).`;
  }
  const where =
    fleet.promoteFrom === undefined ? '' : `, and promote it from ${fleet.promoteFrom} to ${fleet.name}`;
  return `coxswain watch-base --base-version ${needed} makes the pull request for it${where}. If no node is that old, mark those releases instead: coxswain edit-updates --fleet ${fleet.name} --action deadend for the older releases.`;
}
