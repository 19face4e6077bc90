import { defined } from '../host/defined.ts';
import { type Graph, type GraphNode, withoutWaysOutOfDeadends } from './graph.ts';
import type { Rollout } from './metadata.ts';
import { nodeKeys } from './node-keys.ts';
import { rolloutProgress } from './progress.ts';

/**
 * The graph that upstream's policy engine gives a client of this wariness at this time: without the edges to releases
 * whose rollout has not reached it. All nodes stay, because a node must find itself.
 *
 * Wariness 0 is above no progress, so it is offered a rollout even before its start: upstream's quirk, and how its
 * release engineers preview a rollout before it begins. Canaries that should wait for the start use 0.001.
 * @param options.now UNIX seconds
 * @param options.wariness 0 (first) to 1 (last)
 */
export function throttleGraph(
  graph: Graph,
  options: { readonly now: number; readonly wariness: number },
): Graph {
  const hidden = graph.nodes.map((node) => {
    const rollout = rolloutOf(node);
    return rollout !== undefined && options.wariness > rolloutProgress(rollout, options.now);
  });
  return withoutWaysOutOfDeadends({
    nodes: graph.nodes,
    edges: graph.edges.filter(([, to]) => !hidden[to]),
  });
}

/** The rollout that a node's metadata describes, if any; what does not parse counts as absent, as it does upstream. */
export function rolloutOf(node: GraphNode): Rollout | undefined {
  if (node.metadata[nodeKeys.rollout] === undefined) return undefined;
  const startEpoch = wholeNumber(node.metadata[nodeKeys.startEpoch], /^[+-]?\d+$/);
  const startValue = Number(node.metadata[nodeKeys.startValue] ?? 'NaN');
  const duration = wholeNumber(node.metadata[nodeKeys.durationMinutes], /^\+?\d+$/);
  return {
    ...defined({ start_epoch: startEpoch }),
    ...defined({ start_percentage: Number.isNaN(startValue) ? undefined : startValue }),
    ...defined({ duration_minutes: duration }),
  };
}

function wholeNumber(text: string | undefined, pattern: RegExp): number | undefined {
  return text !== undefined && pattern.test(text) ? Number(text) : undefined;
}
