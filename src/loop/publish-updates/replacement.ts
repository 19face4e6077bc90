import { InputError } from '../../host/errors.ts';
import { commitMessage } from '../../release/operations/edit-fleet.ts';
import type { FleetState } from '../../release/state/state.ts';
import type { PublishOptions, PublishParts } from './publication.ts';

/**
 * Records on the state branch that what was published may be replaced by less: one commit for each fleet. From then on
 * older publications are not compared with.
 */
export async function recordReplacement(
  { state, config, forge }: PublishParts,
  { reason, by }: { readonly reason: string; readonly by: string },
  { fleets, now }: PublishOptions,
): Promise<void> {
  const removed = fleets.length === 0 ? await removedFleets({ config, forge }) : [];
  const chosen = fleets.length === 0 ? Object.keys(config.fleets) : fleets;
  for (const fleet of [...chosen, ...removed]) {
    const message = commitMessage({ fleet, by, now }, 'replace what was published', reason);
    await state.changeFleet(fleet, message, (before) => {
      const replaced = before.operations.replaced ?? [];
      return {
        ...before,
        operations: { ...before.operations, replaced: [...replaced, { reason, by, at: now }] },
      };
    });
  }
}

/** When an operator last replaced what was published for a fleet, UNIX seconds. */
export function replacedAt({ operations }: Pick<FleetState, 'operations'>): number | undefined {
  return operations.replaced?.at(-1)?.at;
}

/**
 * Refuses to leave out a fleet that has releases and is no longer in the configuration: a whole site is deployed, so
 * its graphs would be gone. @throws InputError
 */
export async function refuseRemovedFleets(project: PublishParts): Promise<void> {
  const { state, config } = project;
  for (const fleet of await removedFleets(project)) {
    const known = await state.readFleet(fleet);
    if (known.releases.releases.length === 0 || replacedAt(known) !== undefined) continue;
    throw new InputError({
      where: config.file,
      field: 'fleets',
      problem: `branch ${config.stateBranch} has ${known.releases.releases.length} releases of fleet ${fleet}, which is not configured: its graphs would no longer be published`,
      expected: `fleet ${fleet}, or another fleet that the state branch knows`,
      remedy: 'If the fleet has no nodes any longer, publish once with --replace-published REASON.',
    });
  }
}

/** Fleets on the state branch that coxswain.yaml does not name. */
async function removedFleets({ config, forge }: Pick<PublishParts, 'config' | 'forge'>): Promise<string[]> {
  const commit = await forge.branches.resolve(config.stateBranch);
  const paths = commit === undefined ? [] : await forge.branches.listFiles(commit, 'fleets');
  const names = new Set(paths.map((path) => path.split('/')[1] ?? ''));
  return [...names].filter((name) => name !== '' && config.fleets[name] === undefined);
}
