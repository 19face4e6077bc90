import { buildGraph } from '../../guidance/graph.ts';
import { nextOpening } from '../../guidance/progress.ts';
import { rolloutOf } from '../../guidance/throttle.ts';
import type { Ring } from '../../project/configuration/rings.ts';
import { nextRingLook } from '../operations/ring-notes.ts';
import type { SiteFleet } from './input.ts';

/**
 * The first second after `now` at which any published graph differs from what it is now, or undefined if only a
 * change of the state will make it differ. Before that second it is useless to render again. While a ring waits for
 * the success of another one, it is the next full hour.
 * @param now UNIX seconds
 */
export function nextChangeDue(
  fleets: readonly SiteFleet[],
  rings: readonly Ring[],
  now: number,
): number | undefined {
  const warinesses = new Set(rings.map(({ wariness }) => wariness));
  const moments = fleets.flatMap(({ state: { releases, updates } }) => {
    const basearches = new Set(
      releases.releases.flatMap((release) => release['oci-images']?.map((each) => each.architecture) ?? []),
    );
    return [...basearches].flatMap((basearch) => {
      const graph = buildGraph(releases, updates, { basearch, scheme: 'oci' });
      // A release that no node can reach is never offered.
      const targets = [...new Set(graph.edges.map(([, to]) => to))].map((to) => graph.nodes[to]);
      return targets.flatMap((node) => {
        const rollout = node === undefined ? undefined : rolloutOf(node);
        if (rollout === undefined) return [];
        return [...warinesses].map((wariness) => nextOpening(rollout, wariness, now));
      });
    });
  });
  const looks = fleets.map(({ state: { updates, operations = {} } }) =>
    nextRingLook({ updates, operations }, [...warinesses], now),
  );
  const due = [...moments, ...looks].filter((moment) => moment !== undefined);
  return due.length === 0 ? undefined : due.reduce((one, other) => Math.min(one, other));
}
