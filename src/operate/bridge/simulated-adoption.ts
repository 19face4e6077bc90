import { simulateRollout } from '../../guidance/simulation/simulate.ts';
import { defaultFleetModel } from '../../guidance/simulation/simulation.ts';
import type { Guidance } from '../../guidance/update-paths.ts';

/** How many of the simulated nodes run a release over time. */
export interface AdoptionCurve {
  /** Seconds since the change. */
  readonly times: readonly number[];
  /** Shares, 0 to 1, at these times. */
  readonly shares: readonly number[];
}

/** Enough for a smooth line, and quick. */
const nodes = 1000;

/**
 * The simulated adoption of a release from now on: most nodes run the release before it, some run older ones, and all
 * have their own wariness.
 * @param options.now UNIX seconds
 */
export function adoptionCurve(
  guidance: Guidance,
  options: { readonly basearch: string; readonly target: string; readonly now: number },
): AdoptionCurve {
  const { basearch, target, now } = options;
  const none = { times: [0], shares: [0] };
  const known = guidance.releases.releases
    .filter(
      (release) => release['oci-images']?.some(({ architecture }) => architecture === basearch) === true,
    )
    .map(({ version }) => version);
  // The oldest release has no older nodes that could go to it.
  if (known.indexOf(target) < 1) return none;
  const { curve } = simulateRollout({
    releases: guidance.releases,
    updates: guidance.updates,
    basearch,
    now,
    target,
    seed: 1,
    fleet: { ...defaultFleetModel, nodes, start: [{ version: 'spread', share: 0.2 }] },
  });
  return { times: curve.times, shares: curve.adopted.map((count) => count / nodes) };
}
