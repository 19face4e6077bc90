import { InputError, messageOf } from '../../host/errors.ts';
import type { Project } from '../../release/project.ts';
import type { SiteInput } from '../../release/published/input.ts';
import { readPageFacts } from '../../release/published/page-facts.ts';
import type { FleetState } from '../../release/state/state.ts';
import { rehearsedBranches } from './pinned-branches.ts';
import { fleetOf, type Snapshot } from './state-snapshot.ts';

/** The site as publish-updates would make it of one state, without its stamps. */
export interface LiveSite {
  readonly input: SiteInput;
  /** By name of the fleet; those that cannot be read are absent. */
  readonly states: ReadonlyMap<string, FleetState>;
  /** Why a fleet cannot be read. */
  readonly problems: readonly string[];
}

/** @param now UNIX seconds */
export async function readLiveSite(project: Project, snapshot: Snapshot, now: number): Promise<LiveSite> {
  const { config, forge } = project;
  const states = new Map<string, FleetState>();
  const problems: string[] = [];
  for (const name of Object.keys(config.fleets)) {
    try {
      states.set(name, fleetOf(snapshot, config, name));
    } catch (error) {
      // The other fleets can still be steered.
      if (!(error instanceof InputError)) throw error;
      problems.push(`${name}: ${messageOf(error)}`);
    }
  }
  const { branches } = rehearsedBranches(forge.branches, {
    stateBranch: config.stateBranch,
    at: snapshot.commit,
  });
  const pinned = { ...project, forge: { ...forge, branches }, state: project.openStateOn(branches) };
  const fleets = [...states].map(([name, state]) => ({ name, state }));
  const { facts, ...page } = await readPageFacts(pinned, fleets, now);
  return {
    states,
    problems,
    input: {
      fleets: fleets.map((fleet) => {
        const known = facts.get(fleet.name);
        return known === undefined ? fleet : { ...fleet, facts: known };
      }),
      architectures: config.architectures,
      rings: config.rings,
      stream: config.stream,
      now,
      url: config.publish.url,
      ...page,
    },
  };
}
